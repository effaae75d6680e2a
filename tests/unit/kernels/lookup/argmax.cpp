// SPDX-License-Identifier: BSL-1.0
#include <ambit/kernels/lookup/argmax.hpp>

#include "../support.hpp"

#include <catch2/catch.hpp>

using namespace ambit;
using namespace ambit::contract_parts;
using namespace ambit::kernel_parts;
using namespace kernel_test;

namespace {

// The minimum is the maximum of what is negated; unsigned numbers are turned around.
template <class T> T opposite(T x) {
    if constexpr (std::is_unsigned_v<T>) return static_cast<T>(std::numeric_limits<T>::max() - x);
    else return -x;
}
template <class T, class Geometry> bool is_minimum_right(Geometry geometry) {
    const axis_geometry g = value_of(geometry);
    operand<T> x(g.outer * g.extent * g.inner);
    guarded<std::int32_t> least(g.outer * g.inner), largest(g.outer * g.inner);
    argmin(geometry, x.data(), least.data());
    for (std::int64_t i = 0; i < g.outer * g.extent * g.inner; ++i) x[i] = opposite(x[i]);
    scalar::argmax(g, x.data(), largest.data());
    return least.is_intact() && are_identical(least, largest);
}

template <class T, class Geometry> bool is_right(Geometry geometry) {
    const axis_geometry g = value_of(geometry);
    const operand<T> x(g.outer * g.extent * g.inner);
    guarded<std::int32_t> out(g.outer * g.inner);
    argmax(geometry, x.data(), out.data());
    bool right = out.is_intact();
    for (std::int64_t o = 0; o < g.outer; ++o)
        for (std::int64_t i = 0; i < g.inner; ++i) {
            const std::int64_t found = out[o * g.inner + i];
            const auto at = [&](std::int64_t e) { return x[(o * g.extent + e) * g.inner + i]; };
            right = right && found >= 0 && found < g.extent;
            for (std::int64_t e = 0; right && e < g.extent; ++e)
                right = e < found ? at(e) < at(found) : at(e) <= at(found);
        }
    return right;
}

}  // namespace

TEMPLATE_TEST_CASE("argmax and argmin, every length, first of equals", "[kernels][argmax]", float, double,
                   std::int32_t,
                   std::uint8_t) {
    for (std::int64_t n = 1; n <= 140; ++n) {
        CAPTURE(n);
        CHECK(is_right<TestType>(axis_geometry{3, n, 1}));
        CHECK(is_right<TestType>(axis_geometry{2, n, 3}));
        CHECK(is_minimum_right<TestType>(axis_geometry{3, n, 1}));
        CHECK(is_minimum_right<TestType>(axis_geometry{2, n, 3}));
    }
    CHECK(is_right<TestType>(static_value<axis_geometry{4, 10, 1}>{}));
    CHECK(is_right<TestType>(static_value<axis_geometry{2, 99, 1}>{}));
    CHECK(is_right<TestType>(static_value<axis_geometry{2, 5, 7}>{}));
    CHECK(is_minimum_right<TestType>(static_value<axis_geometry{2, 99, 1}>{}));
}

TEST_CASE("the first NaN is the maximum and the minimum", "[kernels][argmax]") {
    for (std::size_t n : {1u, 7u, 32u, 100u})
        for (std::size_t at = 0; at < n; ++at) {
            std::vector<float> x(n, 1.0f);
            x[at] = std::numeric_limits<float>::quiet_NaN();
            x[n - 1] = at + 1 < n ? std::numeric_limits<float>::infinity() : x[n - 1];
            std::int32_t out = -1;
            argmax(axis_geometry{1, static_cast<std::int64_t>(n), 1}, x.data(), &out);
            REQUIRE(out == static_cast<std::int32_t>(at));
            argmin(axis_geometry{1, static_cast<std::int64_t>(n), 1}, x.data(), &out);
            REQUIRE(out == static_cast<std::int32_t>(at));
        }
}
