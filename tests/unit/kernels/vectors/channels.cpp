// SPDX-License-Identifier: BSL-1.0
#include <ambit/kernels/vectors/channels.hpp>

#include "../support.hpp"

#include <catch2/catch.hpp>

using namespace ambit;
using namespace ambit::kernel_parts;
using namespace kernel_test;

TEMPLATE_TEST_CASE("every channel is met once, in vectors and a part of one", "[kernels][channels]", float, double) {
    using V = xsimd::batch<TestType>;
    for (std::int64_t channels = 0; channels <= 3 * lanes<V>; ++channels) {
        const operand<TestType> x(channels);
        guarded<TestType> out(channels);
        for_channels<V>(channels, [&]<class Partial>(Partial, std::int64_t first, std::int64_t count) {
            CHECK(Partial::value == (count < lanes<V>));
            const V value = load_channels<Partial::value, V>(x.data() + first, count);
            store_channels<Partial::value>(out.data() + first, value + value, count);
        });
        CAPTURE(channels);
        CHECK(out.is_intact());
        for (std::int64_t i = 0; i < channels; ++i) REQUIRE(out[i] == 2 * x[i]);
    }
}
