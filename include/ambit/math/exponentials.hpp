// SPDX-License-Identifier: BSL-1.0
// e^x, tanh x and 1 / (1 + e^-x) of batches of floats, with fewer steps than xsimd's and without a branch; of all else
// the functions of constexpr_math and of xsimd.
//
//     template <class V> static constexpr V apply(const V& x) { return math::tanh_of(x); }
//
// With x = n ln 2 + r, n whole and |r| <= ln 2 / 2, e^x is 2^n e^r. tanh x needs no power: with tanh x/2 = N / Q it is
// 2 N Q / (N² + Q²), of which the nearer to 1 it is the less changes what N and Q are off.
// Largest distances from the exact value in units in the last place, over all floats, with an instruction for a product
// and a sum and without: exp_of 1 and 2, logistic_of 4, tanh_of 4. logistic_of is 0 below -87.3, where the exact
// value is no normal float. NaN stays NaN.
// Coefficients are minimax fits by iteratively reweighted least squares (C. L. Lawson, "Contributions to the theory of
// linear least maximum approximations", 1961).
#pragma once

#include <ambit/math/constexpr_math.hpp>
#include <ambit/math/scalar.hpp>

#include <concepts>
#include <type_traits>

namespace AMBIT_NAMESPACE::math {

namespace detail {

/// Lanes of floats: a batch, or several of them side by side.
template <class V> inline constexpr bool is_float_lanes = !scalar<V> && std::is_same_v<element_of_t<V>, float>;

/// `c0 + x · (c1 + x · (c2 + …))`
template <class V> constexpr V fused_polynomial(const V&, float c) { return V(c); }
template <class V, class... Rest> constexpr V fused_polynomial(const V& x, float c, Rest... rest) {
    return product_sum_of<V>::apply(x, fused_polynomial(x, rest...), V(c));
}

/// Bounds that keep NaN, the second argument of min and max.
template <class V> constexpr V between(float lowest, float largest, const V& x) {
    return max_of(V(lowest), min_of(V(largest), x));
}

/// x as `exponent ln 2 + rest`, or as `-exponent ln 2 + rest` if `sign` is -1; |x| below 128. `shifted` is the exponent
/// and what a sum with rounds to a whole number, 1.5 · 2^23 and a `bias`.
template <class V> struct split_by_ln2 {
    V shifted, exponent, rest;
    constexpr split_by_ln2(const V& x, float sign, float bias = 0)
        : shifted(product_sum_of<V>::apply(x, V(sign * 0x1.715476p+0f), V(0x1.8p23f + bias))),
          exponent(shifted - V(0x1.8p23f + bias)),
          rest(product_sum_of<V>::apply(exponent, V(-sign * 0x1.7f7d1cp-20f),
                                        // 14 bits: the product with an exponent is exact
                                        product_sum_of<V>::apply(exponent, V(-sign * 0x1.62e4p-1f), x))) {}
};

/// tanh(r / 2) for |r| <= 0.35.
template <class V> constexpr V tanh_of_half(const V& r) {
    const V square = r * r;
    return r * fused_polynomial(square, 0.5f, -0x1.555098p-5f, 0x1.0cae3ep-8f);
}

/// tanh 2a, for tanh a = n / q
template <class V> constexpr V double_quotient(const V& n, const V& q) {
    const V product = n * q;
    return quotient_of<V>::apply(product + product, product_sum_of<V>::apply(q, q, V(n * n)));
}

}  // namespace detail

/// e^x
template <class V> constexpr V exp_of(const V& x) {
    if constexpr (detail::is_float_lanes<V>) {
        const detail::split_by_ln2<V> split(detail::between(-104.0f, 89.0f, x), 1.0f);
        const V power = detail::fused_polynomial(split.rest, 1.0f, 1.0f, 0x1.fffffcp-2f, 0x1.555490p-3f, 0x1.5558f4p-5f,
                                                 0x1.123a20p-7f, 0x1.6a23d0p-10f);
        return power_of_two_of<V>::times(power, split.exponent);
    } else {
        return exp(x);
    }
}

/// tanh x
template <class V> constexpr V tanh_of(const V& x) {
    if constexpr (detail::is_float_lanes<V>) {
        constexpr float limit = 0x1.0aa5ecp+3f;  // where the quotient is 1, whether products are fused or not
        const V bounded = detail::between(-limit, limit, x), square = bounded * bounded;
        // Scaled: of numbers that are just below a power of two the least is lost by rounding. By halves: one step less
        // lies on the way.
        const V first = product_sum_of<V>::apply(square, V(0x1.9738c8p-5f), V(0x1.c00000p+0f));
        const V last = product_sum_of<V>::apply(square, V(-0x1.0e4ec6p-23f), V(0x1.1cc378p-13f));
        const V half = bounded * product_sum_of<V>::apply(square * square, last, first);
        return detail::double_quotient(
            half, detail::fused_polynomial(square, 0x1.c00000p+1f, 0x1.9078d6p-2f, 0x1.e461b0p-9f));
    } else {
        return tanh(x);
    }
}

/// The logistic function 1 / (1 + e^-x): with -x = n ln 2 + r and t = tanh(r / 2), (1 - t) / ((1 - t) + 2^n (1 + t)).
template <class V> constexpr V logistic_of(const V& x) {
    if constexpr (detail::is_float_lanes<V>) {
        constexpr float lowest = -87.33654f;  // beyond its opposite the quotient is 1: every power is a float
        const detail::split_by_ln2<V> split(detail::between(lowest, -lowest, x), -1.0f,
                                            power_of_two_of<V>::bias);  // x = -n ln 2 - r
        const V part = detail::tanh_of_half(split.rest);
        const V power = power_of_two_of<V>::in_last_bits(split.shifted);
        const V less = V(1.0f) + part, more = V(1.0f) - part;
        return quotient_of<V>::apply(select(x < V(lowest), V(0.0f), less),
                                     product_sum_of<V>::apply(power, more, less));
    } else {
        return V(1) / (V(1) + exp(-x));
    }
}

}  // namespace ambit::math
