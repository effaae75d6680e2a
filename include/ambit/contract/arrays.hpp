// SPDX-License-Identifier: BSL-1.0
// What ops that rearrange arrays and their kernels agree on.
#pragma once

#include <ambit/contract/kernel_tags.hpp>
#include <ambit/core/shape.hpp>

#include <cstdint>

namespace AMBIT_NAMESPACE::kernel_tag {

struct transpose : without_epilogue {};  ///< transpose_geometry
struct view : without_copy {};  ///< view_geometry
struct pad : without_epilogue {};  ///< pad_geometry
struct tile : without_epilogue {};  ///< tile_geometry (tile_array.hpp)
struct concat : without_epilogue {};  ///< concat_geometry; up to max_joined operands
struct range : without_epilogue {};  ///< range_geometry; no operand
struct reverse_sequence : without_epilogue {};  ///< sequence_geometry; an array and lengths
struct cast : without_epilogue {};  ///< element count; from the operand's dtype to the result's

}  // namespace ambit::kernel_tag

namespace AMBIT_NAMESPACE::contract_parts {

/// A permutation of axes: axis `d` of the result is axis `permutation[d]` of the operand, whose extents these
/// are.
struct transpose_geometry {
    std::int64_t rank = 0;
    std::int64_t extent[max_rank] = {};
    std::int64_t permutation[max_rank] = {};
    friend constexpr bool operator==(const transpose_geometry&, const transpose_geometry&) = default;
};

/// An operand seen at regular steps: element `i` of the result, row-major over `extent`, is element
/// `start + Σ i[d] * stride[d]` of the operand. A stride may be negative. At least one axis; neighbours that step as
/// one are one.
struct view_geometry {
    std::int64_t rank = 1;
    std::int64_t start = 0;
    std::int64_t extent[max_rank] = {1};
    std::int64_t stride[max_rank] = {1};
    friend constexpr bool operator==(const view_geometry&, const view_geometry&) = default;
};

/// An operand with a value around and between its elements: along axis `d`, `before[d]` places, then the operand's
/// `extent[d]` with `between[d]` places after each but the last, then `after[d]`. At least one axis.
struct pad_geometry {
    std::int64_t rank = 1;
    std::int64_t extent[max_rank] = {1};
    std::int64_t before[max_rank] = {}, between[max_rank] = {}, after[max_rank] = {};
    std::int64_t value = 0;  // the bits of a double
    friend constexpr bool operator==(const pad_geometry&, const pad_geometry&) = default;
};

/// An operand repeated as a whole, `repeats[d]` times along axis `d`. At least one axis.
struct tile_geometry {
    std::int64_t rank = 1;
    std::int64_t extent[max_rank] = {1};
    std::int64_t repeats[max_rank] = {1};
    friend constexpr bool operator==(const tile_geometry&, const tile_geometry&) = default;
};

/// The most arrays that one kernel joins.
inline constexpr int max_joined = 8;

/// Arrays side by side: `outer` times a run of `run[i]` elements of each.
struct concat_geometry {
    std::int64_t outer = 1, count = 0;
    std::int64_t run[max_joined] = {};
    friend constexpr bool operator==(const concat_geometry&, const concat_geometry&) = default;
};

/// `count` numbers from `first` on, `step` apart; the last of them is `last`.
struct range_geometry {
    std::int64_t count = 1;
    std::int64_t first = 0, step = 0, last = 0;  // the bits of doubles
    friend constexpr bool operator==(const range_geometry&, const range_geometry&) = default;
};

/// `[outer, a, middle, b, inner]`: one of the axes a and b counts the sequences, the other one the places in each.
struct sequence_geometry {
    std::int64_t outer = 1, a = 1, middle = 1, b = 1, inner = 1;
    std::int64_t batch_first = 1;  // 1: a counts the sequences
    friend constexpr bool operator==(const sequence_geometry&, const sequence_geometry&) = default;
};

}  // namespace ambit::contract_parts
