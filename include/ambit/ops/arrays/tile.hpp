// SPDX-License-Identifier: BSL-1.0
// An array repeated along its axes, as NumPy's `tile` of as many repeats as axes. Any dtype.
//
//     tensor board = tile(square, {4, 4});                      // [2, 2] -> [8, 8]
#pragma once

#include <ambit/contract/arrays.hpp>
#include <ambit/ops/arrays.hpp>
#include <ambit/ops/reductions.hpp>

namespace AMBIT_NAMESPACE::op_parts {

struct tile_op : compute_op {
    static constexpr std::string_view name = "tile";
    static constexpr void gradient(gradient_call& call);
    using kernel = kernel_tag::tile;
    struct attributes {
        shape repeats;
    };

    static constexpr inferred infer(const op_call& call) {
        const tensor_spec& x = call.operand(0);
        const shape repeats = call.attributes<attributes>().repeats;
        if (repeats.rank() != x.extents.rank())
            return refuses(mistake::op_option, "a tile is repeated a number of times along each axis", x);
        tensor_spec result = x;
        for (int axis = 0; axis < repeats.rank(); ++axis) {
            if (repeats[axis] < 1) return refuses(mistake::op_option, "repeats are at least 1", x);
            if (repeats[axis] > max_tensor_bytes / x.extents[axis])
                return exceeds_a_terabyte(x);
            result.extents.set(axis, x.extents[axis] * repeats[axis]);
        }
        return yields_below_a_terabyte(result, x);
    }

    /// An axis that is not repeated belongs to the one before it.
    static constexpr tile_geometry geometry(const op_call& call, const tensor_spec&) {
        const shape& x = call.extents(0);
        const shape repeats = call.attributes<attributes>().repeats;
        tile_geometry g;
        g.rank = 0;
        for (int axis = 0; axis < x.rank(); ++axis) {
            if (g.rank > 0 && repeats[axis] == 1) {
                g.extent[g.rank - 1] *= x[axis];
            } else {
                g.extent[g.rank] = x[axis];
                g.repeats[g.rank++] = repeats[axis];
            }
        }
        if (g.rank == 0) g.rank = 1;
        return g;
    }
};
inline constexpr op_info tile_info = describe<tile_op>();

}  // namespace ambit::op_parts

namespace AMBIT_NAMESPACE {

template <> struct op_of<&op_parts::tile_info> {
    using type = op_parts::tile_op;
};

constexpr tensor tile(const tensor& x, const shape& repeats, const op_options& options, const location& at) {
    return make_op(op_parts::tile_info, {x}, op_parts::tile_op::attributes{repeats}, options, at);
}

}  // namespace ambit

namespace AMBIT_NAMESPACE::op_parts {

/// The sum over the repeats, one axis after the other.
constexpr void tile_op::gradient(gradient_call& call) {
    const shape x = call.operand(0).shape(), repeats = call.attributes<attributes>().repeats;
    shape left = call.result().shape();
    tensor sum = call.upstream();
    for (int axis = 0; axis < x.rank(); ++axis) {
        if (repeats[axis] == 1) continue;
        const axis_geometry along = along_axis(left, axis);
        sum = reshape(sum, {along.outer, repeats[axis], x[axis] * along.inner});
        sum = reduce_sum(sum, {.axes = 1});
        left.set(axis, x[axis]);
    }
    call.give(0, sum.shape() == x ? sum : reshape(sum, x));
}

}  // namespace ambit::op_parts
