// SPDX-License-Identifier: BSL-1.0
// Scalar twins of the functions that xsimd has for batches. The meaning of an op is one template over both:
//
//     template <class V> static constexpr V apply(V x) { using max; return max(V(0), x); }
//
// For a batch, argument-dependent lookup finds xsimd's function of the same name.
#pragma once

#include <ambit/core/build.hpp>
#include <ambit/core/standard.hpp>

#include <concepts>
#include <cstdint>
#include <type_traits>

namespace AMBIT_NAMESPACE::math {

template <class T>
concept scalar = std::integral<T> || std::floating_point<T>;

/// `float` of a float and of a batch of floats.
template <class V> struct element_of {
    using type = V;
};
template <class V>
    requires requires { typename V::value_type; }
struct element_of<V> {
    using type = typename V::value_type;
};
template <class V> using element_of_t = typename element_of<V>::type;

template <scalar T> constexpr T select(bool condition, T then, T otherwise) { return condition ? then : otherwise; }

/// Of bool and of masks. xsimd 8.1 compares masks as the numbers that their bits would be, where a true lane is NaN,
/// and its ^ is | with AVX-512.
template <class M> constexpr M opposite(const M& a) {
    if constexpr (std::same_as<M, bool>) return !a;
    else return ~a;
}
template <class M> constexpr M exclusive_or(const M& a, const M& b) {
    if constexpr (std::same_as<M, bool>) return a != b;
    else return (a || b) && opposite(a && b);
}

// Between a name and its arguments: some systems' headers define min and max as macros.
#define AMBIT_NO_MACRO

/// As the vector instruction: the second argument where the two are not ordered.
template <scalar T> constexpr T min AMBIT_NO_MACRO(T a, T b) { return a < b ? a : b; }
template <scalar T> constexpr T max AMBIT_NO_MACRO(T a, T b) { return a > b ? a : b; }

/// The same for numbers and batches of them, whatever macros there are.
template <class V> constexpr V min_of(const V& a, const V& b) { return min AMBIT_NO_MACRO(a, b); }
template <class V> constexpr V max_of(const V& a, const V& b) { return max AMBIT_NO_MACRO(a, b); }

/// `a == b`, of floating-point numbers meant as it stands. The one place where -Wfloat-equal, which some users have,
/// finds nothing: everywhere else it would be right.
#if defined(__GNUC__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wfloat-equal"
#endif
template <class V> constexpr auto equals(const V& a, const std::type_identity_t<V>& b) { return a == b; }
#if defined(__GNUC__)
#pragma GCC diagnostic pop
#endif

template <std::floating_point T> constexpr bool isnan(T x) { return !equals(x, x); }
template <std::integral T> constexpr bool isnan(T) { return false; }

/// The product of batches; kernels/vectors/simd.hpp has another one for those of which xsimd's overflows.
template <class V> struct product_of {
    static constexpr V apply(const V& a, const V& b) { return a * b; }
};

/// `a · b + c` of batches; kernels/vectors/simd.hpp has those that round once.
template <class V> struct product_sum_of {
    static constexpr V apply(const V& a, const V& b, const V& c) { return a * b + c; }
};

/// `n / d` of lanes of floats, d > 0, where neither d nor its inverse is too small to be a normal number; that of
/// kernels/vectors/simd.hpp is off by up to 1.1 units in the last place.
template <class V> struct quotient_of {
    static constexpr V apply(const V& n, const V& d) { return n / d; }
};

/// Of lanes of floats (kernels/vectors): `nearest(x)`, the whole numbers next to x, |x| < 2^22, and `times(p, n)`,
/// p · 2^n for whole n between -152 and 130, rounded once; and `in_last_bits(s)`, 2^n for whole n between -126 and 127
/// of s = 1.5 · 2^23 + bias + n, whose last bits are those of an exponent.
template <class V> struct power_of_two_of;

/// Of lanes of floats that are angles (kernels/vectors): `size(x)`, |x|; `is_any_above(x, limit)`; `each(x, f)`, f of one
/// lane after the other; `with_signs(y, n, x)`, y with its sign changed where n, a whole number, is odd, and again where x
/// is negative.
template <class V> struct angle_lanes_of;

/// Sum, difference and product that wrap around for integers, where C++ leaves overflow undefined.
template <class V> constexpr V wrapping_add(const V& a, const V& b) {
    if constexpr (std::integral<V>)
        return static_cast<V>(static_cast<std::uint64_t>(a) + static_cast<std::uint64_t>(b));
    else return a + b;
}
template <class V> constexpr V wrapping_sub(const V& a, const V& b) {
    if constexpr (std::integral<V>)
        return static_cast<V>(static_cast<std::uint64_t>(a) - static_cast<std::uint64_t>(b));
    else return a - b;
}
template <class V> constexpr V wrapping_mul(const V& a, const V& b) {
    if constexpr (std::integral<V>)
        return static_cast<V>(static_cast<std::uint64_t>(a) * static_cast<std::uint64_t>(b));
    else return product_of<V>::apply(a, b);
}
/// Turns the sign of a zero, too, which xsimd 8.1's does not with AVX-512.
template <class V> constexpr V negate(const V& x) {
    if constexpr (std::integral<V>) return wrapping_sub(V(0), x);
    else if constexpr (std::floating_point<V>) return -x;
    else return V(static_cast<element_of_t<V>>(-0.0)) - x;
}

}  // namespace ambit::math
