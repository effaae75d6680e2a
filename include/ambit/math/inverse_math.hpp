// SPDX-License-Identifier: BSL-1.0
// Inverse trigonometric functions, hyperbolic ones and their inverses, of scalars and batches: one text for both, so
// that a rest of a vector is computed like the vector.
//
//     template <class V> static constexpr V apply(const V& x) { return math::atan_of(x); }
//
// Within 5 units in the last place of the exact value; special values are those of C. What lies outside of a domain is
// bounded first: a NaN that arithmetic makes is no constant to clang.
#pragma once

#include <ambit/math/lane_math.hpp>

namespace AMBIT_NAMESPACE::math {

namespace detail {

inline constexpr double pi = 0x1.921fb54442d18p+1, ln2 = 0x1.62e42fefa39efp-1;

/// `c0 + x * (c1 + …)` in the precision of V.
template <class V> constexpr V horner(const V&, double c) { return V(static_cast<element_of_t<V>>(c)); }
template <class V, class... Rest> constexpr V horner(const V& x, double c, Rest... rest) {
    return V(static_cast<element_of_t<V>>(c)) + x * horner(x, rest...);
}

/// The arc whose tangent is t, for t from 1 - √2 to √2 - 1: Chebyshev fits of (atan(t) / t - 1) / t² in t²; errors
/// below 3e-9 and 2e-19.
template <class V> constexpr V arc_near_zero(const V& t) {
    const V square = t * t;
    if constexpr (sizeof(element_of_t<V>) == sizeof(float))
        return t + t * (square * horner(square, -0x1.555554471c837p-2, 0x1.9997309f05b1ap-3, -0x1.24202d48482b1p-3,
                                        0x1.b80f870f131a5p-4, -0x1.08432cf780520p-4));
    else
        return t + t * (square * horner(square, -0x1.5555555555555p-2, 0x1.9999999999953p-3, -0x1.249249248d7dcp-3,
                                        0x1.c71c71c303dbbp-4, -0x1.745d165dc9713p-4, 0x1.3b1392d519db1p-4,
                                        -0x1.110e87b4357d2p-4, 0x1.e19a0bfa3eef9p-5, -0x1.ac7a5a79b3f26p-5,
                                        0x1.74dccfb93fff0p-5, -0x1.1b311bb48c215p-5, 0x1.0acd9e91a5a35p-6));
}

/// The arc whose tangent is a / b, neither below 0, not both 0 or both infinite. With the angle 0, π/4 or π/2 taken
/// out, the tangent of what is left is a quotient of sums of the two.
template <class V> constexpr V arc_of_quotient(const V& a, const V& b) {
    using T = element_of_t<V>;
    const auto is_high = V(T(0.4142135623730951)) * a > b;
    const auto is_low = V(T(0.4142135623730951)) * b >= a;
    const V above = select(is_high, negate(b), select(is_low, a, a - b));
    const V below = select(is_high, a, select(is_low, b, a + b));
    const V turned = select(is_high, V(T(pi / 2)), select(is_low, V(T(0)), V(T(pi / 4))));
    return turned + arc_near_zero(V(above / below));
}

template <class V> constexpr V with_sign(const V& size, const V& x) {
    if constexpr (scalar<V>) return bits_of(static_cast<double>(x)) >= sign_bit ? -size : size;
    else return copysign(size, x);
}
template <class V> constexpr auto has_sign(const V& x) {
    if constexpr (scalar<V>) return bits_of(static_cast<double>(x)) >= sign_bit;
    else return copysign(V(element_of_t<V>(1)), x) < V(element_of_t<V>(0));
}

}  // namespace detail

/// Batches have theirs, which loses the last places.
template <class V> constexpr V atan_of(const V& x) {
    using T = element_of_t<V>;
    // Beyond the bound all arcs are π/2; NaN stays, min's second argument.
    const V size = min_of(V(T(1e30)), V(abs(x)));
    return detail::with_sign(detail::arc_of_quotient(size, V(T(1))), x);
}

/// The angle of the point (x, y), from -π to π.
template <class V> constexpr V atan2_of(const V& y, const V& x) {
    using T = element_of_t<V>;
    const V a = abs(y), b = abs(x), zero(T(0)), most((std::numeric_limits<T>::max)());
    const V larger = max_of(a, b);
    // 0 / 0 is taken for 0 / 1, infinity / infinity for 1 / 1; large and small numbers are brought near 1.
    const auto is_zero = equals(larger, zero);
    const auto is_infinite = larger > most;
    const V scale = select(larger > V(T(1)), V(T(0.25)), V(T(4)));
    const V top = select(is_infinite, select(a > most, V(T(1)), zero), a * scale);
    const V side = select(is_infinite, select(b > most, V(T(1)), zero), select(is_zero, V(T(1)), b * scale));
    const V arc = detail::arc_of_quotient(top, side);
    const V angle = detail::with_sign(select(detail::has_sign(x), V(T(detail::pi)) - arc, arc), y);
    return select(equals(a, a), select(equals(b, b), angle, b), a);  // NaN stays NaN
}

template <class V> constexpr V asin_of(const V& x) {
    using T = element_of_t<V>;
    const V one(T(1)), size = abs(x), bounded = min_of(one, size);
    const V arc = detail::arc_of_quotient(bounded, V(sqrt(V((one - bounded) * (one + bounded)))));
    return select(size <= one, detail::with_sign(arc, x), V(std::numeric_limits<T>::quiet_NaN()));
}
template <class V> constexpr V acos_of(const V& x) {
    using T = element_of_t<V>;
    const V one(T(1)), bounded = min_of(one, max_of(V(T(-1)), x));
    const V half = detail::arc_of_quotient(V(sqrt(V(one - bounded))), V(sqrt(V(one + bounded))));
    return select(abs(x) <= one, half + half, V(std::numeric_limits<T>::quiet_NaN()));
}

template <class V> constexpr V sinh_of(const V& x) {
    using T = element_of_t<V>;
    const V size = abs(x), half(T(0.5));
    const V less = expm1_of(V(min_of(V(T(20)), size)));  // beyond, infinity by infinity would come
    const V root = exp(V(size * half));
    const V near_zero = half * (less + less / (less + V(T(1))));
    return detail::with_sign(select(size < V(T(20)), near_zero, (half * root) * root), x);
}
template <class V> constexpr V cosh_of(const V& x) {
    using T = element_of_t<V>;
    const V root = exp(V(abs(x) * V(T(0.5)))), half(T(0.5));
    const V grown = half * root * root;  // the other half is its inverse, and counts for nothing where this overflows
    return grown + V(T(0.25)) / grown;
}

template <class V> constexpr V asinh_of(const V& x) {
    using T = element_of_t<V>;
    const V size = abs(x), one(T(1)), limit(T(1e8));
    const V bounded = min_of(limit, size), square = bounded * bounded;
    const V near_zero = log1p_of(V(bounded + square / (one + V(sqrt(V(one + square))))));
    return detail::with_sign(select(size > limit, V(log(size)) + V(T(detail::ln2)), near_zero), x);
}
template <class V> constexpr V acosh_of(const V& x) {
    using T = element_of_t<V>;
    const V one(T(1)), limit(T(1e8)), more = max_of(one, min_of(limit, x)) - one;
    const V near_one = log1p_of(V(more + V(sqrt(V(more * (more + V(T(2))))))));
    const V result = select(x > limit, V(log(V(max_of(one, x)))) + V(T(detail::ln2)), near_one);
    return select(x >= one, result, V(std::numeric_limits<T>::quiet_NaN()));
}
template <class V> constexpr V atanh_of(const V& x) {
    using T = element_of_t<V>;
    const V size = abs(x), one(T(1));
    const V result = V(T(0.5)) * log1p_of(V((size + size) / select(size < one, V(one - size), one)));
    const V inside = detail::with_sign(result, x);
    const V edge = detail::with_sign(V(std::numeric_limits<T>::infinity()), x);
    return select(size < one, inside, select(equals(size, one), edge, V(std::numeric_limits<T>::quiet_NaN())));
}

}  // namespace ambit::math
