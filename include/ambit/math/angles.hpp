// SPDX-License-Identifier: BSL-1.0
// Sine and cosine of lanes of floats by one polynomial and without a quarter turn to choose; of all else the functions
// of constexpr_math and of xsimd.
//
//     template <class V> static constexpr V apply(const V& x) { return math::sin_of(x); }
//
// x = n π + r, n whole for the sine and half of an odd number for the cosine, |r| <= π / 2: the result is sin r, with
// its sign changed where n is odd. π is four numbers, of which the products with n are exact, or rounded once with the
// sum; beyond what that is good for each lane is a number of its own. Within 3 units in the last place of the exact
// value, over all floats; NaN stays NaN. The polynomial is a fit as those of
// math/exponentials.hpp are.
#pragma once

#include <ambit/math/constexpr_math.hpp>
#include <ambit/math/exponentials.hpp>

#include <cstddef>

namespace AMBIT_NAMESPACE::math {

namespace detail {

#if defined(AMBIT_FUSES_PRODUCTS)
inline constexpr float largest_angle = 5e4f;
#else
inline constexpr float largest_angle = 400;
#endif

/// x - n π
template <class V> constexpr V without_half_turns(const V& x, const V& n) {
    V rest = product_sum_of<V>::apply(n, V(-0x1.921ep+1f), x);
    rest = product_sum_of<V>::apply(n, V(-0x1.b544p-15f), rest);
    rest = product_sum_of<V>::apply(n, V(-0x1.0b46p-33f), rest);
    return product_sum_of<V>::apply(n, V(-0x1.1a6264p-53f), rest);
}

/// sin r for |r| <= π / 2, at most 1.
template <class V> constexpr V sine_of_rest(const V& r) {
    const V square = r * r;
    const V series = fused_polynomial(square, -0x1.55554cp-3f, 0x1.110edap-7f, -0x1.9f70f0p-13f, 0x1.5dc902p-19f);
    return between(-1.0f, 1.0f, V(product_sum_of<V>::apply(V(r * square), series, r)));
}

inline constexpr float over_pi = 0x1.45f306p-2f;

}  // namespace detail

/// The sine of an angle in radians; NaN of an infinite one.
template <class V> constexpr V sin_of(const V& x) {
    if constexpr (detail::is_float_lanes<V>) {
        const V size = angle_lanes_of<V>::size(x);
        if (angle_lanes_of<V>::is_any_above(size, detail::largest_angle))
            return angle_lanes_of<V>::each(x, [](float angle) { return sin(angle); });
        const V turns = power_of_two_of<V>::nearest(size * V(detail::over_pi));
        const V rest = detail::without_half_turns(size, turns);
        return angle_lanes_of<V>::with_signs(detail::sine_of_rest(rest), turns, x);
    } else {
        return sin(x);
    }
}

/// The cosine of an angle in radians; NaN of an infinite one.
template <class V> constexpr V cos_of(const V& x) {
    if constexpr (detail::is_float_lanes<V>) {
        const V size = angle_lanes_of<V>::size(x);
        if (angle_lanes_of<V>::is_any_above(size, detail::largest_angle))
            return angle_lanes_of<V>::each(x, [](float angle) { return cos(angle); });
        // cos x is the sine of x + π / 2; n is so the number before half of an odd one.
        const V turns = power_of_two_of<V>::nearest(product_sum_of<V>::apply(size, V(detail::over_pi), V(0.5f)));
        const V rest = detail::without_half_turns(size, V(turns - V(0.5f)));
        return angle_lanes_of<V>::with_signs(detail::sine_of_rest(rest), turns, V(1.0f));
    } else {
        return cos(x);
    }
}

}  // namespace ambit::math
