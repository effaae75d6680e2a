// SPDX-License-Identifier: BSL-1.0
#include <ambit/math/lane_math.hpp>

#include "../../support/numbers.hpp"

#include <catch2/catch.hpp>

#include <cmath>
#include <limits>

namespace math = ambit::math;
using ambit_test::numbers;
using ambit_test::same_bits;
using ambit_test::ulps;

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity(), nan_value = std::numeric_limits<double>::quiet_NaN();

std::vector<double> operands() {
    std::vector<double> all{0.0, -0.0, infinity, -infinity, nan_value, 1e300, -1e300, 5e-324, -5e-324, 1e-17, -1e-17,
                            0.5, -0.5, 1.5, 2.5, -2.5, 4503599627370496.5, -0.75, 709.7, 710.5, -41, -0.9999999};
    for (const double x : numbers<double>(3000, 1, -2, 2)) all.push_back(x);
    for (const double x : numbers<double>(3000, 2, -60, 700)) all.push_back(x);
    for (const double x : numbers<double>(3000, 3, 0, 1)) all.push_back(std::ldexp(x, -static_cast<int>(1e3 * x) % 60));
    return all;
}

}  // namespace

TEST_CASE("rounding to integers, in the compiler and at run time", "[core]") {
    STATIC_REQUIRE(math::ceil(0.25) == 1);
    STATIC_REQUIRE(math::ceil(-1.75) == -1);
    STATIC_REQUIRE(math::nearbyint(2.5) == 2);
    STATIC_REQUIRE(math::nearbyint(3.5F) == 4);
    STATIC_REQUIRE(math::nearbyint(-0.75) == -1);
    for (const double x : operands()) {
        CAPTURE(x);
        CHECK((same_bits(math::ceil(x), std::ceil(x)) || x != x));
        CHECK((same_bits(math::nearbyint(x), std::nearbyint(x)) || x != x));
        const float narrow = static_cast<float>(x);
        CHECK((same_bits(math::ceil(narrow), std::ceil(narrow)) || x != x));
        CHECK((same_bits(math::nearbyint(narrow), std::nearbyint(narrow)) || x != x));
    }
}

TEST_CASE("expm1 and log1p are within a unit in the last place", "[core]") {
    STATIC_REQUIRE(math::expm1(0.0) == 0);
    STATIC_REQUIRE(math::expm1(1e-30) == 1e-30);
    STATIC_REQUIRE(math::log1p(-1.0) == -infinity);
    STATIC_REQUIRE(math::log1p(1e-30) == 1e-30);
    for (const double x : operands()) {
        CAPTURE(x);
        const auto grown = static_cast<double>(std::expm1(static_cast<long double>(x)));
        const auto logarithm = static_cast<double>(std::log1p(static_cast<long double>(x)));
        CHECK(ulps(math::expm1(x), grown) <= 1);
        CHECK(ulps(math::log1p(x), logarithm) <= 1);
        if (x == 0) CHECK((same_bits(math::expm1(x), x) && same_bits(math::log1p(x), x)));
        const float narrow = static_cast<float>(x);
        CHECK(ulps(math::expm1(narrow), static_cast<float>(std::expm1(static_cast<double>(narrow)))) <= 1);
        CHECK(ulps(math::log1p(narrow), static_cast<float>(std::log1p(static_cast<double>(narrow)))) <= 1);
    }
}

TEST_CASE("a power is that of C, at run time and in the compiler", "[core]") {
    STATIC_REQUIRE(math::power(2.0, 10.0) == 1024);
    STATIC_REQUIRE(math::power(0.0F, -1.0F) == std::numeric_limits<float>::infinity());
    for (const double x : numbers<double>(200, 1, -3, 9))
        for (const double y : {-3.0, -0.5, 0.0, 1.0, 2.0, 2.5}) {
            CAPTURE(x, y);
            const double wanted = std::pow(x, y);
            CHECK((same_bits(math::power(x, y), wanted) || wanted != wanted));
            CHECK(ulps(math::power(x, y), math::pow(x, y)) <= 1);
        }
}
