// SPDX-License-Identifier: BSL-1.0
// Where shapes fail to broadcast, in words for a report.
//
//     unlike_axis({spec(float32, {2, 4}), spec(float32, {3})})     // aligned from the right, axis -1 is 4 and 3
#pragma once

#include <ambit/core/list_view.hpp>
#include <ambit/core/short_text.hpp>
#include <ambit/core/tensor_spec.hpp>
#include <ambit/diagnostics/words.hpp>

#include <cstdint>

namespace AMBIT_NAMESPACE::graph_parts {

/// The extent of an axis counted from the last one, 1 for the last; 1 where there is none.
constexpr std::int64_t extent_from_right(const tensor_spec& x, int axis) {
    return axis <= x.extents.rank() ? x.extents[-axis] : 1;
}

/// The first axis from the right that is neither equal nor 1, with its extents, and a column where a vector would fit
/// as one; empty if the shapes broadcast.
constexpr short_text unlike_axis(core_parts::list_view<tensor_spec> operands) {
    short_text words;
    for (int axis = 1; axis <= core_parts::max_rank; ++axis) {
        std::int64_t extent = 1;
        for (const tensor_spec& x : operands) {
            const std::int64_t other = extent_from_right(x, axis);
            if (other == 1 || other == extent) continue;
            if (extent == 1) {
                extent = other;
                continue;
            }
            words += "aligned from the right, axis -";
            append_number(words, axis);
            words += " is ";
            append_number(words, extent);
            words += " and ";
            append_number(words, other);
            if (operands.size() != 2 || axis != 1) return words;
            for (std::size_t i = 0; i < 2; ++i)
                if (operands[i].extents.rank() == 1 && extent_from_right(operands[1 - i], 2) == operands[i].extents[0])
                    words += "; expand_dims(vector, -1) makes a column, which fits";
            return words;
        }
    }
    return words;
}

}  // namespace ambit::graph_parts
