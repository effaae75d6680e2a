// SPDX-License-Identifier: BSL-1.0
// What ops share that take slices at indices known at run time, or put them there: gather and scatter.
//
//     gathered({1000, 64}, 0, {32, 5}) == shape{32, 5, 64}
#pragma once

#include <ambit/ops/op.hpp>

namespace AMBIT_NAMESPACE::op_parts {

constexpr bool is_index(dtype type) { return type == dtype::int32 || type == dtype::int64; }

/// `extents` with the axes of `indices` in place of one; of more than `max_rank` axes none.
constexpr shape gathered(const shape& extents, int axis, const shape& indices) {
    shape result;
    if (extents.rank() - 1 + indices.rank() > max_rank) return result;
    for (int i = 0; i < axis; ++i) result.append(extents[i]);
    for (int i = 0; i < indices.rank(); ++i) result.append(indices[i]);
    for (int i = axis + 1; i < extents.rank(); ++i) result.append(extents[i]);
    return result;
}

}  // namespace ambit::op_parts
