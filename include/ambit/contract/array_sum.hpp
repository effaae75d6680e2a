// SPDX-License-Identifier: BSL-1.0
// How arrays are added up in levels (kernels/vectors/array_sum.hpp), and the memory for it.
#pragma once

#include <ambit/core/namespaces.hpp>

#include <cstdint>

namespace AMBIT_NAMESPACE::contract_parts {

/// So many arrays are added up in a level before they go to the next one; how many levels some blocks take.
inline constexpr std::int64_t blocks_of_array = 8;
constexpr std::int64_t array_sum_levels(std::int64_t blocks) {
    std::int64_t levels = 1;
    for (; blocks > blocks_of_array; ++levels) blocks = (blocks + blocks_of_array - 1) / blocks_of_array;
    return levels;
}

/// Sums of `blocks` arrays of `size` elements: all levels but the result.
constexpr std::int64_t array_sum_scratch(std::int64_t blocks, std::int64_t size) {
    return (array_sum_levels(blocks) - 1) * size;
}

}  // namespace ambit::contract_parts
