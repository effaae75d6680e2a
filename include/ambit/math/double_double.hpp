// SPDX-License-Identifier: BSL-1.0
// Floating-point arithmetic that no compiler may change: products that are never fused, and sums and products
// of twice the precision of a double.
//
//     const double y = c + product(a, b);                      // two roundings, with any -ffp-contract
//     const double_double p = two_product(a, b);         // p.high + p.low is a * b
//
// Rounding is to nearest. The same bits in constant evaluation and at run time.
#pragma once

#include <ambit/core/build.hpp>

#include <bit>
#include <cstdint>
#include <limits>
#include <type_traits>

#if defined(__FAST_MATH__) || defined(__ASSOCIATIVE_MATH__) || defined(__RECIPROCAL_MATH__) || __FINITE_MATH_ONLY__
#error "[ambit] -ffast-math reorders arithmetic: initial values and checks would change. Build without it."
#endif
static_assert(std::numeric_limits<double>::is_iec559 && __FLT_EVAL_METHOD__ == 0,
              "[ambit] needs IEEE 754 doubles without excess precision (on x86: SSE, not x87)");

namespace AMBIT_NAMESPACE::math {

/// `a * b`, rounded before anything is added to it. Compilers contract `a * b + c` to a fused multiply-add,
/// each in its own places. `__builtin_assoc_barrier` (g++ 12) is lost when a loop is vectorized and
/// `__arithmetic_fence` (clang 16) is ignored outside fast-math, so the product passes through an empty piece
/// of assembly; no loop with it is vectorized.
constexpr double product(double a, double b) {
    if (std::is_constant_evaluated()) return a * b;
    double rounded = a * b;
#if defined(__x86_64__)
    asm("" : "+x"(rounded));
#elif defined(__aarch64__)
    asm("" : "+w"(rounded));
#else
    asm("" : "+m"(rounded));
#endif
    return rounded;
}

/// An unevaluated sum, `|low|` at most half a unit in the last place of `high`: about 106 bits.
/// Source: T. J. Dekker, "A floating-point technique for extending the available precision", 1971.
struct double_double {
    double high = 0, low = 0;
};

/// Exact; needs `|a| >= |b|` or a = 0.
constexpr double_double quick_two_sum(double a, double b) {
    const double sum = a + b;
    return {sum, b - (sum - a)};
}

/// Exact.
constexpr double_double two_sum(double a, double b) {
    const double sum = a + b, b_there = sum - a;
    return {sum, (a - (sum - b_there)) + (b - b_there)};
}

/// The upper 26 of 53 bits.
constexpr double upper_half(double x) {
    return std::bit_cast<double>(std::bit_cast<std::uint64_t>(x) & ~std::uint64_t{0x7FFFFFF});
}

/// Exact but for the last of 107 bits; the factors stay far from overflow and their product from underflow. A
/// plain
/// `*` stands where the product is exact: fused or not, the sum is the same.
constexpr double_double two_product(double a, double b) {
    const double a_high = upper_half(a), a_low = a - a_high;
    const double b_high = upper_half(b), b_low = b - b_high;
    const double high = product(a, b);
    return {high, (((a_high * b_high - high) + a_high * b_low) + a_low * b_high) + product(a_low, b_low)};
}

constexpr double_double operator+(double_double a, double_double b) {
    const double_double sum = two_sum(a.high, b.high);
    return quick_two_sum(sum.high, sum.low + (a.low + b.low));
}

constexpr double_double operator*(double_double a, double_double b) {
    const double_double leading = two_product(a.high, b.high);
    return quick_two_sum(leading.high, leading.low + (product(a.high, b.low) + product(a.low, b.high)));
}

constexpr double_double operator/(double_double a, double_double b) {
    const double quotient = a.high / b.high;
    const double_double there = two_product(quotient, b.high);
    const double rest = ((a.high - there.high) - there.low) + (a.low - product(quotient, b.low));
    return quick_two_sum(quotient, rest / b.high);
}

}  // namespace ambit::math
