// SPDX-License-Identifier: BSL-1.0
// A chain of elementwise ops as a flat structural value: what is fused into one loop, or into the epilogue of a gemm
// or a convolution. Kernels are keyed by it, so equal chains share one instantiation.
//
// Values are numbered: first the accumulator if there is one, then the inputs, the immediates, and the result of each
// op. An immediate is a number of the program's own: no operand, no memory.
#pragma once

#include <ambit/contract/arithmetic.hpp>
#include <ambit/graph/frozen_graph.hpp>

#include <cstddef>
#include <cstdint>

namespace AMBIT_NAMESPACE::plan_parts {

/// The most ops that are fused.
inline constexpr int max_fused_ops = 12;

/// The most different numbers that one group's ops take.
inline constexpr int max_fused_immediates = 8;
static_assert(1 + max_fused_inputs + max_fused_immediates + max_fused_ops < 32);  // a bit for each value

/// The most values that one group stores: every op, and the accumulator.
inline constexpr int max_fused_outputs = max_fused_ops + 1;

struct fused_op {
    const op_info* op = nullptr;
    std::int64_t words[max_fused_words] = {};
    std::int32_t operand[max_fused_operands] = {};
    std::int32_t operands = 0;
    std::int32_t filler = 0;
};

struct fused_program {
    std::int32_t has_accumulator = 0;
    std::int32_t inputs = 0;
    std::int32_t immediates = 0;
    std::int32_t ops = 0;
    std::int64_t immediate[max_fused_immediates] = {};  // words of constants, of the dtype of the loop
    fused_op op[max_fused_ops] = {};
    std::int32_t output[max_fused_outputs] = {};  // the numbers of the values that are stored
    std::int32_t outputs = 0;
    std::int32_t masks = 0;  // bit n: value n is bool; all others are of one other dtype
    std::int32_t filler = 0;

    constexpr int first_immediate() const { return has_accumulator + inputs; }
    constexpr int first_op() const { return first_immediate() + immediates; }
    constexpr bool is_mask(std::size_t value) const { return (masks >> value & 1) != 0; }
};

/// How an epilogue, or a loop that ends in a reduction, reads its inputs: input `i` of row `r`, column `c` is element
/// `r * row[i] + c * column[i]`, with `column` 0 or 1.
struct epilogue_layout {
    std::int64_t row[max_fused_inputs] = {};
    std::int64_t column[max_fused_inputs] = {};
};

/// The stride of each axis of an operand that is broadcast to `result`, 0 where it does not move.
struct broadcast_strides {
    std::int64_t axis[max_rank] = {};
};
constexpr broadcast_strides strides_in(const shape& operand, const shape& result) {
    broadcast_strides strides;
    std::int64_t step = 1;
    for (int back = 1; back <= operand.rank(); ++back) {
        if (operand[-back] != 1) strides.axis[result.rank() - back] = step;
        step *= operand[-back];
    }
    return strides;
}

/// The stride of an operand along some axes seen as one; -1 where they do not move as one.
constexpr std::int64_t stride_as_one(const broadcast_strides& strides, const shape& result, int begin, int end) {
    std::int64_t stride = 0, expected = -1;  // of the next axis outwards, once one has been seen
    for (int axis = end - 1; axis >= begin; --axis) {
        if (result[axis] == 1) continue;
        if (expected < 0) stride = strides.axis[axis];
        else if (strides.axis[axis] != expected) return -1;
        expected = strides.axis[axis] * result[axis];
    }
    return stride;
}

/// Row and column stride of an operand that is broadcast to `result`, seen as rows of its axes from some one on: in an
/// epilogue, of the last one. `fits` is false if these axes, or those in front of them, do not move as one.
struct row_access {
    bool fits = true;
    std::int64_t row = 0;
    std::int64_t column = 0;
};
constexpr row_access rows_of(const shape& operand, const shape& result, int first_of_row) {
    const broadcast_strides strides = strides_in(operand, result);
    row_access access;
    access.row = stride_as_one(strides, result, 0, first_of_row);
    access.column = stride_as_one(strides, result, first_of_row, result.rank());
    access.fits = access.row >= 0 && access.column >= 0;
    return access;
}
constexpr row_access rows_of(const shape& operand, const shape& result) {
    return rows_of(operand, result, result.rank() - 1);
}

/// The first of the last axes of an array that make up rows of so many elements.
constexpr int first_axis_of_row(const shape& extents, std::int64_t elements) {
    int axis = extents.rank();
    for (std::int64_t found = 1; found < elements; found *= extents[axis]) --axis;
    return axis;
}

}  // namespace ambit::plan_parts
