// SPDX-License-Identifier: BSL-1.0
// What broadcasting was undone to: sums over the axes along which a value of shape `extents` was repeated.
//
//     tensor gradient = sum_to(upstream, biases.shape());       // [32, 10] -> [10]
#pragma once

#include <ambit/ops/arrays.hpp>
#include <ambit/ops/reductions/reduce.hpp>

namespace AMBIT_NAMESPACE::op_parts {

/// Precondition: `extents` broadcasts to the shape of `x`.
constexpr tensor sum_to(const tensor& x, const shape& extents) {
    const shape from = x.shape();
    if (from == extents) return x;
    reduce_op::attributes summed{};
    const int added = from.rank() - extents.rank();
    for (int axis = 0; axis < from.rank(); ++axis)
        if (axis < added || (extents[axis - added] == 1 && from[axis] != 1)) summed.axis[summed.count++] = axis;
    const tensor sum = summed.count > 0 ? make_op(reduce_sum_info, {x}, summed, {}, {}) : x;
    return sum.shape() == extents ? sum : reshape(sum, extents);
}

}  // namespace ambit::op_parts
