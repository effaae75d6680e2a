// SPDX-License-Identifier: BSL-1.0
// Nodes of a graph that run together as one kernel.
#pragma once

#include <ambit/core/dtype.hpp>
#include <ambit/plan/fused_program.hpp>

#include <cstdint>
#include <type_traits>

namespace AMBIT_NAMESPACE::plan_parts {

/// Nodes that run as one kernel, at the place of the first of them: a kernel and its epilogue, or a fused loop, which
/// may end in a reduction (`reducing_loops.hpp`). Begin, test and end of a loop are groups, too; the
/// first has the values that the iterations share.
struct node_group {
    int root = -1;        // the gemm, convolution, reduction, … ; -1 for a fused loop alone
    int ops = 0;          // elementwise nodes so far
    int last = -1;        // the latest node of the group: all have its shape, but a loop's reduction
    dtype numbers = dtype::none;  // of all its values but those of bool
    bool is_heavy = false;  // one of its elementwise nodes has long code
    int input_count = 0;  // distinct values that the elementwise nodes read
    int inputs[max_fused_inputs] = {};
    int immediate_count = 0;  // distinct numbers, which they do not
    std::int64_t immediates[max_fused_immediates] = {};
};

template <class T> constexpr bool holds(const T* list, int count, const std::type_identity_t<T>& wanted) {
    for (int i = 0; i < count; ++i)
        if (list[i] == wanted) return true;
    return false;
}

}  // namespace ambit::plan_parts
