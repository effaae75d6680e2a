// SPDX-License-Identifier: BSL-1.0
// A value repeated along axes of extent 1, and along new ones in front, as NumPy's `broadcast_to`.
//
//     tensor rows = broadcast_to(biases, {32, 10});             // [10] -> [32, 10]
#pragma once

#include <ambit/ops/arrays.hpp>

namespace AMBIT_NAMESPACE::op_parts {

struct broadcast_to_op : elementwise_op {
    static constexpr std::string_view name = "broadcast_to";
    static constexpr void gradient(gradient_call& call);
    /// For the shape rule alone: the meaning takes none.
    struct target {
        shape extents;
    };

    static constexpr inferred infer(const op_call& call) {
        const tensor_spec& x = call.operand(0);
        const tensor_spec result{call.attributes<target>().extents, x.type};
        if (!is_legal(result.extents))
            return refuses(mistake::op_shape, "extents are at least 1 and stay below a terabyte", x);
        if (!are_broadcastable(x.extents, result.extents) || broadcast(x.extents, result.extents) != result.extents)
            return refuses(mistake::op_shape, "extents of the operand must be equal, or 1, from the last axis on",
                           result);
        return yields(result);
    }

    template <class V> static constexpr V apply(const V& x) { return x; }
};
inline constexpr op_info broadcast_to_info = describe<broadcast_to_op>();

}  // namespace ambit::op_parts

namespace AMBIT_NAMESPACE {

template <> struct op_of<&op_parts::broadcast_to_info> {
    using type = op_parts::broadcast_to_op;
};

constexpr tensor broadcast_to(const tensor& x, const shape& extents, const op_options& options, const location& at) {
    return make_op(op_parts::broadcast_to_info, {x}, op_parts::broadcast_to_op::target{extents}, options, at);
}

}  // namespace ambit

namespace AMBIT_NAMESPACE::op_parts {

constexpr void broadcast_to_op::gradient(gradient_call& call) {
    call.give(0, sum_to(call.upstream(), call.operand(0).shape()));
}

}  // namespace ambit::op_parts
