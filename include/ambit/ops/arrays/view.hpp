// SPDX-License-Identifier: BSL-1.0
// What ops share whose result is their operand seen at regular steps along each axis: slices and reversals.
//
//     struct slice_op : view_op { …  steps_of(call) … };
#pragma once

#include <ambit/contract/arrays.hpp>
#include <ambit/ops/op.hpp>

namespace AMBIT_NAMESPACE::op_parts {

/// Which places of an axis are taken: `count` of them from `first` on, `step` apart.
struct axis_steps {
    std::int64_t first = 0, count = 1, step = 1;
};

/// The places of all axes.
struct view_steps {
    axis_steps axis[max_rank] = {};
};

/// Every place of every axis.
constexpr view_steps whole_view(const shape& x) {
    view_steps steps;
    for (int axis = 0; axis < x.rank(); ++axis) steps.axis[axis].count = x[axis];
    return steps;
}

constexpr shape viewed_shape(const view_steps& steps, int rank) {
    shape result;
    for (int axis = 0; axis < rank; ++axis) result.append(steps.axis[axis].count);
    return result;
}

constexpr view_geometry viewed_geometry(const view_steps& steps, const shape& x) {
    view_geometry g;
    std::int64_t stride[max_rank] = {}, elements = 1;
    for (int axis = x.rank() - 1; axis >= 0; --axis) {
        stride[axis] = elements;
        elements *= x[axis];
    }
    g.rank = 0;
    for (int axis = 0; axis < x.rank(); ++axis) {
        const axis_steps& along = steps.axis[axis];
        g.start += along.first * stride[axis];
        if (along.count == 1) continue;
        const std::int64_t step = along.step * stride[axis];
        if (g.rank > 0 && g.stride[g.rank - 1] == step * along.count) {
            g.extent[g.rank - 1] *= along.count;
        } else {
            g.extent[g.rank++] = along.count;
        }
        g.stride[g.rank - 1] = step;
    }
    if (g.rank == 0) g.rank = 1;
    return g;
}

struct view_op : compute_op {
    using kernel = kernel_tag::view;
};

/// How a loss changes with what was seen: the upstream gradient where it was, zeros elsewhere (ops/arrays/pad.hpp).
constexpr tensor unview(const tensor& upstream, const view_steps& steps, const shape& x);

}  // namespace ambit::op_parts
