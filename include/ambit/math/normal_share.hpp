// SPDX-License-Identifier: BSL-1.0
// The error function and gelu, x times the share of a standard normal distribution below x, of scalars and batches.
//
//     template <class V> static constexpr V apply(const V& x) { return math::erf_of(x); }
//
// Of lanes of floats as tanh_of is (math/exponentials.hpp): n / q is tanh(artanh(erf x) / 2). Largest distances from the
// exact value over all floats, with an instruction for a product and a sum and without: erf_of 4 units in the last
// place; gelu_of and gelu_by_tanh_of 4 of the result above 0, and below, where x / 2 and what it loses nearly
// cancel, 4 of x / 2. Below -5.5 and -5 gelu is 0. NaN stays NaN.
#pragma once

#include <ambit/math/exponentials.hpp>
#include <ambit/math/lane_math.hpp>

namespace AMBIT_NAMESPACE::math {

inline constexpr double sqrt_half = 0.70710678118654752440, sqrt_2_over_pi = 0.79788456080286535588;
inline constexpr double gelu_cubic = 0.044715;

/// The error function. xsimd's for doubles is off by up to 70 units in the last place.
template <class V> constexpr V erf_of(const V& x) {
    if constexpr (scalar<V>) {
        return erf(x);
    } else if constexpr (detail::is_float_lanes<V>) {
        constexpr float limit = 0x1.e7ffb2p+1f;  // where the quotient is 1, whether products are fused or not
        const V bounded = detail::between(-limit, limit, x), square = bounded * bounded;
        const V half = bounded * detail::fused_polynomial(square, 0x1.f87144p-1f, 0x1.291254p-3f, 0x1.225f02p-6f,
                                                          0x1.3adaf2p-11f, -0x1.b4c2d6p-18f);
        return detail::double_quotient(
            half, detail::fused_polynomial(square, 0x1.bf0cecp+0f, 0x1.22236ap-2f, 0x1.02273cp-4f, 0x1.11c188p-8f));
    } else {
        const V one(1.0), size = abs(x), square = x * x;
        const V middle = one - detail::erfc_middle(size);
        const V outside = one - exp(-square) * detail::scaled_erfc(size);
        const V beyond = select(size < V(2.125), middle, outside);
        return select(size < V(0.875), x + x * detail::erf_series(square), select(x < V(0.0), -beyond, beyond));
    }
}

namespace detail {

/// Lanes of floats bounded for gelu: `factor` is x, but 0 below `-limit`; `bounded` is that, but at most `limit`.
template <class V> struct gelu_argument {
    V factor, bounded, square;
    constexpr gelu_argument(const V& x, float limit)
        : factor(select(x < V(-limit), V(0.0f), x)), bounded(min_of(V(limit), factor)), square(bounded * bounded) {}

    /// x/2 (1 + tanh 2a), for tanh a = n / q
    constexpr V result(const V& n, const V& q) const {
        const V half_share = (n * q) / product_sum_of<V>::apply(q, q, V(n * n));
        return product_sum_of<V>::apply(factor, half_share, V(factor * V(0.5f)));
    }
};

/// Below -40 all is 0 in either form, and minus infinity times 0 would not be. max keeps NaN, its second argument.
template <class V> constexpr V not_below_40(const V& x) { return max_of(V(element_of_t<V>(-40)), x); }

}  // namespace detail

/// x/2 (1 + erf(x/√2))
template <class V> constexpr V gelu_of(const V& x) {
    if constexpr (detail::is_float_lanes<V>) {
        const detail::gelu_argument<V> argument(x, 5.5f);
        const V half = argument.bounded * detail::fused_polynomial(argument.square, 0x1.807eb6p-1f, 0x1.bd5430p-5f,
                                                                   0x1.b6e270p-9f, 0x1.cbe8dep-15f, -0x1.3c01b6p-22f);
        return argument.result(half, detail::fused_polynomial(argument.square, 0x1.e1e49ap+0f, 0x1.340708p-3f,
                                                              0x1.14d068p-6f, 0x1.1ec340p-11f));
    } else {
        using T = element_of_t<V>;
        const V from = detail::not_below_40(x);
        return V(T(0.5)) * from * (V(T(1)) + erf_of(V(from * V(static_cast<T>(sqrt_half)))));
    }
}

/// x/2 (1 + tanh(√(2/π) (x + 0.044715 x³)))
template <class V> constexpr V gelu_by_tanh_of(const V& x) {
    if constexpr (detail::is_float_lanes<V>) {
        const detail::gelu_argument<V> argument(x, 5.0f);
        const V half = argument.bounded * detail::fused_polynomial(argument.square, 0x1.807eb6p-1f, 0x1.78e002p-5f,
                                                                   0x1.633530p-10f, 0x1.fbf9b2p-15f, -0x1.265d12p-21f);
        return argument.result(half, detail::fused_polynomial(argument.square, 0x1.e1e49ap+0f, 0x1.0c4ee6p-3f,
                                                              0x1.79d094p-7f, 0x1.52a26cp-12f));
    } else {
        using T = element_of_t<V>;
        const V from = detail::not_below_40(x), bounded = min_of(V(T(40)), from);
        const V cube = V(static_cast<T>(gelu_cubic)) * bounded * bounded * bounded;
        const V inner = V(static_cast<T>(sqrt_2_over_pi)) * (bounded + cube);
        return V(T(0.5)) * from * (V(T(1)) + tanh_of(inner));
    }
}

}  // namespace ambit::math
