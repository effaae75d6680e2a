// SPDX-License-Identifier: BSL-1.0
// Axes of extent 1 added and taken away, and several axes made one. Copies nothing; any dtype.
//
//     tensor column = expand_dims(row, 1);                      // [5] -> [5, 1]
//     tensor flat   = squeeze(x, {0});                          // [1, 5, 1] -> [5, 1]; without a list, all: [5]
//     tensor rows   = flatten(images);                          // [32, 28, 28, 1] -> [32, 784]
#pragma once

#include <ambit/ops/arrays.hpp>

namespace AMBIT_NAMESPACE::op_parts {

/// A new axis of extent 1.
struct expand_dims_op {
    static constexpr std::string_view name = "expand_dims";
    static constexpr void gradient(gradient_call& call);
    static constexpr op_role role = op_role::alias;
    struct attributes {
        std::int64_t axis;  // of the result
    };

    static constexpr inferred infer(const op_call& call) {
        const tensor_spec& x = call.operand(0);
        const int rank = x.extents.rank();
        if (rank == max_rank) return refuses(mistake::op_shape, "a tensor has at most 8 axes", x);
        const int axis = normalize_axis(call.attributes<attributes>().axis, rank + 1);
        if (axis < 0) return refuses(mistake::op_option, "the new axis lies outside of the result", x);
        tensor_spec result{{}, x.type};
        for (int i = 0; i <= rank; ++i) result.extents.append(i == axis ? 1 : x.extents[i - (i > axis ? 1 : 0)]);
        return yields(result);
    }
};
inline constexpr op_info expand_dims_info = describe<expand_dims_op>();

/// Axes of extent 1 left out.
struct squeeze_op {
    static constexpr std::string_view name = "squeeze";
    static constexpr void gradient(gradient_call& call);
    static constexpr op_role role = op_role::alias;
    struct attributes {
        ambit::axes axes;  // none: all of extent 1
    };

    static constexpr inferred infer(const op_call& call) {
        const tensor_spec& x = call.operand(0);
        const auto a = call.attributes<attributes>();
        bool removed[max_rank] = {};
        for (int i = 0; i < a.axes.size(); ++i) {
            const int axis = normalize_axis(a.axes[i], x.extents.rank());
            if (axis < 0) return refuses(mistake::op_option, "an axis lies outside of the operand", x);
            if (x.extents[axis] != 1) return refuses(mistake::op_shape, "an axis that is left out has extent 1", x);
            removed[axis] = true;
        }
        tensor_spec result{{}, x.type};
        for (int axis = 0; axis < x.extents.rank(); ++axis)
            if (a.axes.size() > 0 ? !removed[axis] : x.extents[axis] != 1) result.extents.append(x.extents[axis]);
        return yields(result);
    }
};
inline constexpr op_info squeeze_info = describe<squeeze_op>();

}  // namespace ambit::op_parts

namespace AMBIT_NAMESPACE {

template <> struct op_of<&op_parts::expand_dims_info> {
    using type = op_parts::expand_dims_op;
};
template <> struct op_of<&op_parts::squeeze_info> {
    using type = op_parts::squeeze_op;
};

constexpr tensor expand_dims(const tensor& x, core_parts::whole_number axis, const op_options& options,
                             const location& at) {
    return make_op(op_parts::expand_dims_info, {x}, op_parts::expand_dims_op::attributes{axis}, options, at);
}

constexpr tensor squeeze(const tensor& x, const axes& removed, const op_options& options, const location& at) {
    return make_op(op_parts::squeeze_info, {x}, op_parts::squeeze_op::attributes{removed}, options, at);
}

constexpr tensor flatten(const tensor& x, const op_options& options, const location& at) {
    if (refused_parts::is_without_graph({x})) return refused_parts::without_graph({x});
    const shape rows{x.shape().rank() > 0 ? x.shape()[0] : 1, -1};
    return reshape(x, rows, {options.name.empty() ? "flatten" : options.name}, at);
}

}  // namespace ambit

namespace AMBIT_NAMESPACE::op_parts {

constexpr void expand_dims_op::gradient(gradient_call& call) {
    call.give(0, reshape(call.upstream(), call.operand(0).shape()));
}

constexpr void squeeze_op::gradient(gradient_call& call) {
    call.give(0, reshape(call.upstream(), call.operand(0).shape()));
}

}  // namespace ambit::op_parts
