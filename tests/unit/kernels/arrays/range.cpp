// SPDX-License-Identifier: BSL-1.0
#include <ambit/kernels/arrays/range.hpp>

#include "../support.hpp"

#include <catch2/catch.hpp>

#include <bit>

using namespace ambit;
using namespace ambit::contract_parts;
using namespace ambit::kernel_parts;
using namespace kernel_test;

namespace {

constexpr std::int64_t bits(double x) { return std::bit_cast<std::int64_t>(x); }

template <class T, class Geometry> bool is_right(Geometry geometry, double first, double step, double last) {
    const std::int64_t count = value_of(geometry).count;
    guarded<T> out(count);
    range(geometry, out.data());
    for (std::int64_t i = 0; i + 1 < count; ++i)
        if (out[i] != static_cast<T>(first + static_cast<double>(i) * step)) return false;
    return out[count - 1] == static_cast<T>(last) && out.is_intact();
}

}  // namespace

TEMPLATE_TEST_CASE("range, every count", "[kernels][range]", float, double, std::int32_t, std::int64_t, std::uint8_t) {
    for (std::int64_t n = 1; n <= 67; ++n) {
        CAPTURE(n);
        CHECK(is_right<TestType>(range_geometry{n, bits(5), bits(2), bits(100)}, 5, 2, 100));
        CHECK(is_right<TestType>(range_geometry{n, bits(200), bits(-3), bits(1)}, 200, -3, 1));
    }
}

TEST_CASE("range, static count", "[kernels][range]") {
    CHECK(is_right<float>(static_value<range_geometry{33, bits(-1), bits(0.0625), bits(1)}>{}, -1, 0.0625, 1));
    CHECK(is_right<std::int64_t>(static_value<range_geometry{3, bits(0x1p52), bits(1), bits(0x1p53)}>{}, 0x1p52, 1,
                                 0x1p53));
}
