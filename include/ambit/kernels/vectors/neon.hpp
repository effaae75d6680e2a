// SPDX-License-Identifier: BSL-1.0
// Quotients and square roots of floats on AArch64, which has instructions for them. xsimd 8.1 takes estimates there and
// refines them, as 32-bit processors must: a quotient is off by 2 units in the last place, x / infinity is NaN.
#pragma once

#include <xsimd/xsimd.hpp>

#if XSIMD_WITH_NEON64

namespace xsimd {

/// What `a / b` of batches calls.
template <>
[[gnu::always_inline]] inline batch<float, neon64>& batch<float, neon64>::operator/=(
    const batch<float, neon64>& divisor) noexcept {
    return *this = batch<float, neon64>(vdivq_f32(*this, divisor));
}

/// Found by its argument, before xsimd's template.
[[gnu::always_inline]] inline batch<float, neon64> sqrt(const batch<float, neon64>& x) noexcept {
    return vsqrtq_f32(x);
}

}  // namespace xsimd

#endif
