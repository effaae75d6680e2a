// SPDX-License-Identifier: BSL-1.0
// Adds a vector along the last axis: [..., n] + [n] -> [..., n].
//
//     tensor h = bias_add(matmul(x, weights), biases);
#pragma once

#include <ambit/math/scalar.hpp>
#include <ambit/ops/arithmetic.hpp>

namespace AMBIT_NAMESPACE::op_parts {

struct bias_add_op : elementwise_op {
    static constexpr std::string_view name = "bias_add";
    static constexpr void gradient(gradient_call& call);

    static constexpr inferred infer(const op_call& call) {
        const tensor_spec& x = call.operand(0);
        const shape& bias = call.extents(1);
        if (x.type != call.type(1) || x.type == dtype::boolean)
            return refuses(mistake::op_dtype, "both operands must be numbers of one dtype", x);
        if (bias.rank() != 1 || x.extents.rank() < 1 || x.extents[-1] != bias[0])
            return refuses(mistake::op_shape, "the bias is a vector as long as the last axis", x);
        return yields(x);
    }

    template <class V> static constexpr V apply(const V& x, const V& bias) {
        using math::wrapping_add;
        return wrapping_add(x, bias);
    }
};
inline constexpr op_info bias_add_info = describe<bias_add_op>();

}  // namespace ambit::op_parts

namespace AMBIT_NAMESPACE {

template <> struct op_of<&op_parts::bias_add_info> {
    using type = op_parts::bias_add_op;
};

constexpr tensor bias_add(const tensor& x, const tensor& bias, const op_options& options, const location& at) {
    return make_op(op_parts::bias_add_info, {x, bias}, no_attributes{}, options, at);
}

}  // namespace ambit

namespace AMBIT_NAMESPACE::op_parts {

constexpr void bias_add_op::gradient(gradient_call& call) {
    if (call.wants(0)) call.give(0, call.upstream());
    if (call.wants(1)) call.give(1, sum_to(call.upstream(), call.operand(1).shape()));
}

}  // namespace ambit::op_parts
