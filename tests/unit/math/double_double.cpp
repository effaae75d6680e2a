// SPDX-License-Identifier: BSL-1.0
#include <ambit/math/double_double.hpp>

#include <catch2/catch.hpp>

#include <bit>
#include <cmath>
#include <cstdint>

using namespace ambit::math;

namespace {

constexpr bool is(double_double x, double high, double low) { return x.high == high && x.low == low; }

// 2^-60 is what a fused multiply-add would keep of the square of 1 + 2^-30.
constexpr double above_one = 1 + 0x1p-30, rounded_square = 1 + 0x1p-29;

}  // namespace

TEST_CASE("sums and products in two parts are exact", "[core][double_double]") {
    STATIC_REQUIRE(is(quick_two_sum(1, 0x1p-60), 1, 0x1p-60));
    STATIC_REQUIRE(is(two_sum(0x1p-60, 1), 1, 0x1p-60));
    STATIC_REQUIRE(is(two_sum(1e16, -1e16), 0, 0));
    STATIC_REQUIRE(is(two_product(above_one, above_one), rounded_square, 0x1p-60));
    STATIC_REQUIRE(is(two_product(3, 7), 21, 0));
    STATIC_REQUIRE(is(double_double{1, 0x1p-60} + double_double{-1, 0x1p-60}, 0x1p-59, 0));
    STATIC_REQUIRE(is(double_double{above_one, 0} * double_double{above_one, 0}, rounded_square, 0x1p-60));
    STATIC_REQUIRE(is(double_double{1, 0} / double_double{4, 0}, 0.25, 0));
    // 1/3: the rest of the division times 3 gives back what the quotient lost.
    constexpr double_double third = double_double{1, 0} / double_double{3, 0};
    STATIC_REQUIRE(is(third, 0x1.5555555555555p-2, 0x1.5555555555555p-56));
}

TEST_CASE("a product is rounded before it is added", "[core][double_double]") {
    STATIC_REQUIRE(product(above_one, above_one) - rounded_square == 0);

    volatile double hidden = above_one;
    const double a = hidden;
    CHECK(product(a, a) - rounded_square == 0);

    // A loop that the compiler would like to vectorize.
    double factors[64], sums[64];
    for (double& factor : factors) factor = hidden;
    for (double& sum : sums) sum = -rounded_square;
    for (int i = 0; i < 64; ++i) sums[i] += product(factors[i], factors[i]);
    for (const double sum : sums) REQUIRE(sum == 0);
}

TEST_CASE("the two parts hold what one double loses, at run time too", "[core][double_double]") {
    std::uint64_t state = 1;
    const auto next = [&] {  // 53 random bits in [1, 2)
        state = state * 6364136223846793005u + 1442695040888963407u;
        return std::bit_cast<double>((state >> 12) | 0x3FF0000000000000u);
    };
    for (int i = 0; i < 10'000; ++i) {
        const double a = next(), b = next();
        const double_double p = two_product(a, b);
        REQUIRE(p.high == a * b);
        REQUIRE(std::fabs(p.low - std::fma(a, b, -p.high)) <= 0x1p-104);  // fma is the exact remainder
        const double_double s = two_sum(a * 0x1p-20, b);
        REQUIRE(s.high == a * 0x1p-20 + b);
        REQUIRE(static_cast<long double>(a) * 0x1p-20L + static_cast<long double>(b) -
                    static_cast<long double>(s.high) ==
                Approx(s.low).margin(0x1p-64));
    }
}
