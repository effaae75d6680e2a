// SPDX-License-Identifier: BSL-1.0
// exp(x) divided by its sum along one axis, computed from x minus its maximum, so that nothing overflows.
//
//     tensor probabilities = softmax(logits);                   // along the last axis
//     tensor over_rows     = softmax(logits, {.axis = 0});
#pragma once

#include <ambit/contract/functions.hpp>
#include <ambit/ops/arithmetic.hpp>
#include <ambit/ops/functions.hpp>
#include <ambit/ops/reductions.hpp>

#include <concepts>

namespace AMBIT_NAMESPACE::op_parts {

struct softmax_op : compute_op {
    static constexpr std::string_view name = "softmax";
    static constexpr void gradient(gradient_call& call);
    using kernel = kernel_tag::softmax;
    struct attributes {
        std::int64_t axis;
    };

    static constexpr inferred infer(const op_call& call) {
        const tensor_spec& x = call.operand(0);
        if (!is_floating(x.type)) return refuses(mistake::op_dtype, "the operand must be float32 or float64", x);
        if (normalize_axis(call.attributes<attributes>().axis, x.extents.rank()) < 0)
            return refuses(mistake::op_option, "the axis lies outside of the operand", x);
        return yields(x);
    }

    static constexpr axis_geometry geometry(const op_call& call, const tensor_spec&) {
        const shape& x = call.extents(0);
        return along_axis(x, normalize_axis(call.attributes<attributes>().axis, x.rank()));
    }
    /// For each element a difference, an exponential, a term of a sum and a quotient.
    static constexpr std::int64_t flops(const op_call& call, const tensor_spec&) {
        return 4 * call.extents(0).elements();
    }
};
inline constexpr op_info softmax_info = describe<softmax_op>();

}  // namespace ambit::op_parts

namespace AMBIT_NAMESPACE {

template <> struct op_of<&op_parts::softmax_info> {
    using type = op_parts::softmax_op;
};

constexpr tensor softmax(const tensor& x, const softmax_options& options, const location& at) {
    return make_op(op_parts::softmax_info, {x}, op_parts::softmax_op::attributes{options.axis}, {options.name}, at);
}

}  // namespace ambit

namespace AMBIT_NAMESPACE::op_parts {

constexpr void softmax_op::gradient(gradient_call& call) {
    const std::int64_t axis = call.attributes<attributes>().axis;
    const tensor product = mul(call.upstream(), call.result());
    const tensor sum = reduce_sum(product, {.axes = axis, .keep_dims = true});
    const tensor centred = sub(call.upstream(), sum);
    call.give(0, mul(centred, call.result()));
}

}  // namespace ambit::op_parts
