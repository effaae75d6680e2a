// SPDX-License-Identifier: BSL-1.0
// More functions whose meaning ops share between scalars and batches (math/scalar.hpp, math/constexpr_math.hpp): what
// xsimd 8.1 lacks, or has with too large an error or a wrong special value.
//
//     template <class V> static constexpr V apply(const V& x) { return expm1_of(x); }
//
// Scalars are computed like those of constexpr_math, below 1 unit in the last place of the exact value.
#pragma once

#include <ambit/math/constexpr_math.hpp>

#include <concepts>
#include <cstddef>

namespace AMBIT_NAMESPACE::math {

/// The integers next to x: not below it, and the nearest, the even one of two.
constexpr double ceil(double x) { return -floor(-x); }
constexpr float ceil(float x) { return -floor(-x); }
constexpr double nearbyint(double x) {
    if (!(fabs(x) < 0x1p52)) return x;
    const double shift = detail::bits_of(x) >= detail::sign_bit ? -0x1p52 : 0x1p52;
    const double rounded = (x + shift) - shift;
    return equals(rounded, 0) ? detail::from_bits(detail::bits_of(x) & detail::sign_bit) : rounded;
}
constexpr float nearbyint(float x) { return static_cast<float>(nearbyint(static_cast<double>(x))); }

/// e^x - 1
constexpr double expm1(double x) {
    if (isnan(x) || equals(x, 0)) return x;
    if (x > 0x1.62e42fefa39efp+9) return infinity;
    if (x < -40) return -1;
    if (fabs(x) < 0x1p-54) return x;
    const detail::exponential e = detail::exponential_of({x, 0});
    if (e.exponent > 1000) return detail::rounded(e);
    const double scale = detail::power_of_two(e.exponent);
    const double_double scaled{scale * e.fraction.high, scale * e.fraction.low};
    const double_double sum = two_sum(scale, -1.0) + scaled;
    return sum.high + sum.low;
}
constexpr float expm1(float x) { return to_float(expm1(static_cast<double>(x))); }

/// log(1 + x)
constexpr double log1p(double x) {
    if (!(x > -1) || equals(x, infinity)) return equals(x, -1) ? -infinity : x < -1 ? not_a_number : x;
    if (fabs(x) < 0x1p-54) return x;
    const double_double sum = two_sum(1.0, x);
    const double_double log = detail::extended_log(sum.high) + double_double{sum.low / sum.high, 0};
    return log.high + log.low;
}
constexpr float log1p(float x) { return static_cast<float>(log1p(static_cast<double>(x))); }

/// What x was rounded to, a zero with the sign of x: xsimd 8.1 loses that where it does not round by SSE 4.1.
template <class V> constexpr V with_sign_of([[maybe_unused]] const V& x, const V& rounded) {
#if !defined(__SSE4_1__)
    if constexpr (!scalar<V>) return copysign(rounded, x);
    else
#endif
        return rounded;
}

/// `f(a, b)` of each lane of two batches, or of two scalars: for functions that have no vector code.
template <class F, class V> constexpr V each_lane(const F& f, const V& a, const V& b) {
    if constexpr (scalar<V>) {
        return f(a, b);
    } else {
        element_of_t<V> left[V::size], right[V::size];
        a.store_unaligned(left);
        b.store_unaligned(right);
        for (std::size_t i = 0; i < V::size; ++i) left[i] = f(left[i], right[i]);
        return V::load_unaligned(left);
    }
}

/// x to the power of y, as C's: the C library's at run time, but in a reproducible build.
template <std::floating_point T> constexpr T power(T x, T y) {
#if !defined(AMBIT_REPRODUCIBLE)
    if (!std::is_constant_evaluated()) {
        if constexpr (sizeof(T) == sizeof(float)) return __builtin_powf(x, y);
        else return __builtin_pow(x, y);
    }
#endif
    return pow(x, y);
}

// xsimd's two lose the sign of -0.
template <class V> constexpr V expm1_of(const V& x) {
    if constexpr (scalar<V>) return expm1(x);
    else return select(x == V(element_of_t<V>(0)), x, expm1(x));
}
template <class V> constexpr V log1p_of(const V& x) {
    if constexpr (scalar<V>) return log1p(x);
    else return select(x == V(element_of_t<V>(0)), x, log1p(x));
}

}  // namespace ambit::math
