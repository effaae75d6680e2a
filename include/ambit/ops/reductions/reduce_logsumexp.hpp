// SPDX-License-Identifier: BSL-1.0
// log Σ exp(x) over some axes, or over all, computed from x minus its maximum, so that nothing overflows.
//
//     tensor evidence = reduce_logsumexp(log_likelihoods, {.axes = -1});        // [32, 10] -> [32]
//
// Minus infinity adds nothing: alone it is the result. NaN if any element is.
#pragma once

#include <ambit/contract/reductions.hpp>
#include <ambit/ops/arithmetic.hpp>
#include <ambit/ops/control.hpp>
#include <ambit/ops/functions.hpp>
#include <ambit/ops/reductions.hpp>
#include <ambit/ops/reductions/reduce.hpp>

namespace AMBIT_NAMESPACE::op_parts {

struct reduce_logsumexp_op : reduce_op {
    static constexpr std::string_view name = "reduce_logsumexp";
    static constexpr void gradient(gradient_call& call);
    using kernel = kernel_tag::logsumexp;
    static constexpr inferred infer(const op_call& call) { return reduce_mean_op::infer(call); }
};
inline constexpr op_info reduce_logsumexp_info = describe<reduce_logsumexp_op>();

}  // namespace ambit::op_parts

namespace AMBIT_NAMESPACE {

template <> struct op_of<&op_parts::reduce_logsumexp_info> {
    using type = op_parts::reduce_logsumexp_op;
};

constexpr tensor reduce_logsumexp(const tensor& x, const reduce_options& options, const location& at) {
    return make_op(op_parts::reduce_logsumexp_info, {x}, op_parts::reduce_op::attributes_from(options), {options.name},
                   at);
}

}  // namespace ambit

namespace AMBIT_NAMESPACE::op_parts {

/// softmax(x). Where x is large the result has no digits left for the logarithm: what the powers add up to is taken
/// from themselves.
constexpr void reduce_logsumexp_op::gradient(gradient_call& call) {
    const tensor total = spread(call, stop_gradient(call.result()));
    const tensor powers = exp(sub(call.operand(0), total));
    const tensor sum = make_op(reduce_sum_info, {powers}, call.attributes<attributes>(), {}, {});
    const tensor share = div(call.upstream(), sum);
    call.give(0, mul(powers, spread(call, share)));
}

}  // namespace ambit::op_parts
