// SPDX-License-Identifier: BSL-1.0
// Operands of benchmarks: floats at a multiple of 64 bytes, the same for every contender.
//
//     const numbers a = uniform(32 * 784, -1, 1, 7);            // the same values in every run
//     numbers out = unset(32 * 500);                            // NaN until someone writes them
#pragma once

#include <xsimd/memory/xsimd_aligned_allocator.hpp>

#include <cstddef>
#include <limits>
#include <random>
#include <vector>

namespace bench {

using numbers = std::vector<float, xsimd::aligned_allocator<float, 64>>;

/// Values in [low, high), fixed by `seed`.
inline numbers uniform(std::size_t count, float low, float high, unsigned seed) {
    std::mt19937 bits(seed);
    numbers values(count);
    for (float& x : values) x = low + (high - low) * static_cast<float>(bits() >> 8) * 0x1p-24f;
    return values;
}

/// A place for results that no check accepts before it is written.
inline numbers unset(std::size_t count) { return numbers(count, std::numeric_limits<float>::quiet_NaN()); }

}  // namespace bench
