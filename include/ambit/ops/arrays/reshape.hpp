// SPDX-License-Identifier: BSL-1.0
// The same elements in the same order under another shape; one extent may be -1, "what is left". Copies nothing.
//
//     tensor rows = reshape(image, {32, -1});                   // [32, 28, 28, 1] -> [32, 784]
#pragma once

#include <ambit/ops/arrays.hpp>

namespace AMBIT_NAMESPACE::op_parts {

struct reshape_op {
    static constexpr std::string_view name = "reshape";
    static constexpr void gradient(gradient_call& call);
    static constexpr op_role role = op_role::alias;
    struct attributes {
        shape extents;  // one may be -1
    };

    static constexpr inferred infer(const op_call& call) {
        const tensor_spec& x = call.operand(0);
        const shape to = call.attributes<attributes>().extents;
        tensor_spec result{to, x.type};
        std::int64_t known = 1;
        int open_axis = -1;
        for (int axis = 0; axis < to.rank(); ++axis) {
            if (to[axis] == -1) {
                if (open_axis >= 0) return refuses(mistake::op_option, "at most one extent may be -1", x);
                open_axis = axis;
            } else if (to[axis] < 1 || to[axis] > max_tensor_bytes / known) {
                return refuses(mistake::op_option, "extents are at least 1, or -1 for what is left", x);
            } else {
                known *= to[axis];
            }
        }
        const std::int64_t elements = x.extents.elements();
        if (open_axis >= 0) result.extents.set(open_axis, elements / known > 0 ? elements / known : 1);
        if (result.extents.elements() != elements)
            return refuses(mistake::op_shape, "the number of elements must stay the same", result);
        return yields(result);
    }
};
inline constexpr op_info reshape_info = describe<reshape_op>();

}  // namespace ambit::op_parts

namespace AMBIT_NAMESPACE {

template <> struct op_of<&op_parts::reshape_info> {
    using type = op_parts::reshape_op;
};

constexpr tensor reshape(const tensor& x, const shape& extents, const op_options& options, const location& at) {
    return make_op(op_parts::reshape_info, {x}, op_parts::reshape_op::attributes{extents}, options, at);
}

}  // namespace ambit

namespace AMBIT_NAMESPACE::op_parts {

constexpr void reshape_op::gradient(gradient_call& call) {
    call.give(0, reshape(call.upstream(), call.operand(0).shape()));
}

}  // namespace ambit::op_parts
