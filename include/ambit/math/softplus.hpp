// SPDX-License-Identifier: BSL-1.0
// log(1 + e^x) of scalars and batches, which neither overflows nor loses what is small.
//
//     template <class V> static constexpr V apply(const V& x) { return math::softplus_of(x); }
//
// Of lanes of floats within 4 units in the last place of the exact value, over all floats; where that is no normal float
// within 1e-44. NaN stays NaN. The polynomial is a fit as those of math/exponentials.hpp are.
#pragma once

#include <ambit/math/exponentials.hpp>
#include <ambit/math/lane_math.hpp>

namespace AMBIT_NAMESPACE::math {

/// log(1 + e^-|x|)
template <class V> constexpr V softplus_of_negative(const V& x) {
    const V power = exp_of(min_of(negate(x), x));
    if constexpr (detail::is_float_lanes<V>) {
        // 2 artanh(s) for s = p / (2 + p) <= 1/3
        const V s = power / (power + V(2.0f)), square = s * s;
        const V series =
            detail::fused_polynomial(square, 0x1.555502p-1f, 0x1.99d1cap-2f, 0x1.1ec06ep-2f, 0x1.1ec91ap-2f);
        return product_sum_of<V>::apply(V(s * square), series, V(s + s));
    } else {
        return log1p_of(power);
    }
}

/// max keeps NaN, its second argument.
template <class V> constexpr V softplus_of(const V& x) {
    return max_of(V(element_of_t<V>(0)), x) + softplus_of_negative(x);
}

}  // namespace ambit::math
