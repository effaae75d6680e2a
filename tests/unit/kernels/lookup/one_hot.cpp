// SPDX-License-Identifier: BSL-1.0
#include <ambit/kernels/lookup/one_hot.hpp>

#include "../support.hpp"

#include <catch2/catch.hpp>

#include <bit>

using namespace ambit;
using namespace ambit::contract_parts;
using namespace ambit::kernel_parts;
using namespace kernel_test;

namespace {

template <class T, class Index, class Geometry> bool is_right(Geometry geometry) {
    const one_hot_geometry g = value_of(geometry);
    std::vector<Index> at;
    for (std::int64_t i = 0; i < g.outer * g.inner; ++i)
        at.push_back(static_cast<Index>(i * 3 % (g.depth + 2) - (std::is_signed_v<Index> ? 1 : 0)));
    guarded<T> out(g.outer * g.depth * g.inner);
    one_hot(geometry, at.data(), out.data());
    for (std::int64_t i = 0; i < out.size(); ++i) {
        const std::int64_t o = i / (g.depth * g.inner), d = i / g.inner % g.depth, e = i % g.inner;
        const bool is_on = static_cast<std::int64_t>(at[static_cast<std::size_t>(o * g.inner + e)]) == d;
        if (out[i] != static_cast<T>(std::bit_cast<double>(is_on ? g.on : g.off))) return false;
    }
    return out.is_intact();
}

constexpr std::int64_t one = std::bit_cast<std::int64_t>(1.0), three = std::bit_cast<std::int64_t>(3.0);

}  // namespace

TEMPLATE_TEST_CASE("one_hot, every depth", "[kernels][one_hot]", float, double, std::int32_t, std::uint8_t) {
    for (std::int64_t n = 1; n <= 37; ++n) {
        CAPTURE(n);
        CHECK(is_right<TestType, std::int32_t>(one_hot_geometry{5, n, 1, one, 0}));
        CHECK(is_right<TestType, std::int64_t>(one_hot_geometry{n, 4, 3, three, one}));
        CHECK(is_right<TestType, std::uint8_t>(one_hot_geometry{2, 3, n, one, three}));
    }
}

TEST_CASE("one_hot, static extents", "[kernels][one_hot]") {
    CHECK(is_right<float, std::int32_t>(static_value<one_hot_geometry{32, 10, 1, one, 0}>{}));
    CHECK(is_right<std::uint16_t, std::int64_t>(static_value<one_hot_geometry{1, 5, 7, one, 0}>{}));
}
