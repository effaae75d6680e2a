// SPDX-License-Identifier: BSL-1.0
// The logarithm of softmax along one axis, computed from x minus its maximum: finite where log(softmax(x)) would be
// the logarithm of zero.
//
//     tensor log_probabilities = log_softmax(logits);           // along the last axis
//     tensor over_rows         = log_softmax(logits, {.axis = 0});
#pragma once

#include <ambit/contract/functions.hpp>
#include <ambit/ops/arithmetic.hpp>
#include <ambit/ops/functions.hpp>
#include <ambit/ops/functions/softmax.hpp>
#include <ambit/ops/reductions.hpp>

#include <concepts>

namespace AMBIT_NAMESPACE::op_parts {

struct log_softmax_op : compute_op {
    static constexpr std::string_view name = "log_softmax";
    static constexpr void gradient(gradient_call& call);
    using kernel = kernel_tag::log_softmax;
    using attributes = softmax_op::attributes;
    static constexpr inferred infer(const op_call& call) { return softmax_op::infer(call); }
    static constexpr axis_geometry geometry(const op_call& call, const tensor_spec& result) {
        return softmax_op::geometry(call, result);
    }
    static constexpr std::int64_t flops(const op_call& call, const tensor_spec& result) {
        return softmax_op::flops(call, result);
    }
};
inline constexpr op_info log_softmax_info = describe<log_softmax_op>();

}  // namespace ambit::op_parts

namespace AMBIT_NAMESPACE {

template <> struct op_of<&op_parts::log_softmax_info> {
    using type = op_parts::log_softmax_op;
};

constexpr tensor log_softmax(const tensor& x, const softmax_options& options, const location& at) {
    return make_op(op_parts::log_softmax_info, {x}, op_parts::log_softmax_op::attributes{options.axis}, {options.name},
                   at);
}

}  // namespace ambit

namespace AMBIT_NAMESPACE::op_parts {

constexpr void log_softmax_op::gradient(gradient_call& call) {
    const std::int64_t axis = call.attributes<attributes>().axis;
    const tensor sum = reduce_sum(call.upstream(), {.axes = axis, .keep_dims = true});
    const tensor probabilities = exp(call.result());
    const tensor share = mul(probabilities, sum);
    call.give(0, sub(call.upstream(), share));
}

}  // namespace ambit::op_parts
