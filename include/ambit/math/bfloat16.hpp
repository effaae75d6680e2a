// SPDX-License-Identifier: BSL-1.0
// bfloat16, the upper half of a float32: 8 bits of the significand instead of 24, the same exponents.
//
//     static_assert(from_bfloat16(to_bfloat16(1.0f)) == 1.0f);
#pragma once

#include <ambit/core/namespaces.hpp>

#include <bit>
#include <cstdint>

namespace AMBIT_NAMESPACE::math {

constexpr float from_bfloat16(std::uint16_t bits) {
    return std::bit_cast<float>(static_cast<std::uint32_t>(bits) << 16);
}

/// The nearest one, of two that are as near the even one: off by at most 2^-8 of a normal value. A value above the
/// largest by half a step becomes infinite. Precondition: `x` is no NaN.
constexpr std::uint16_t to_bfloat16(float x) {
    const auto bits = std::bit_cast<std::uint32_t>(x);
    return static_cast<std::uint16_t>((bits + 0x7FFFU + (bits >> 16 & 1U)) >> 16);
}

}  // namespace ambit::math
