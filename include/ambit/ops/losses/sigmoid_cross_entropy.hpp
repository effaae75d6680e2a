// SPDX-License-Identifier: BSL-1.0
// The cross-entropy between sigmoid(logits) and probabilities, elementwise with broadcasting: labels of classes that do
// not exclude each other.
//
//     tensor loss = reduce_mean(sigmoid_cross_entropy(logits, labels));
//
// max(x, 0) - x z + log(1 + exp(-|x|)), which neither overflows nor loses small losses. Both operands have gradients.
#pragma once

#include <ambit/math/softplus.hpp>
#include <ambit/ops/arithmetic.hpp>
#include <ambit/ops/functions.hpp>
#include <ambit/ops/losses.hpp>

namespace AMBIT_NAMESPACE::op_parts {

struct sigmoid_cross_entropy_op : elementwise_op {
    static constexpr std::string_view name = "sigmoid_cross_entropy";
    static constexpr void gradient(gradient_call& call);
    static constexpr bool heavy = true, interleaves = true;

    static constexpr inferred infer(const op_call& call) {
        const inferred result = binary_op::infer(call);
        if (result.fault == mistake::none && !is_floating(call.type(0)))
            return refuses(mistake::op_dtype, "the operands must be float32 or float64", result.result);
        return result;
    }

    template <class V> static constexpr V apply(const V& x, const V& z) {
        return (math::max_of(V(0), x) - x * z) + math::softplus_of_negative(x);
    }
};
inline constexpr op_info sigmoid_cross_entropy_info = describe<sigmoid_cross_entropy_op>();

}  // namespace ambit::op_parts

namespace AMBIT_NAMESPACE {

template <> struct op_of<&op_parts::sigmoid_cross_entropy_info> {
    using type = op_parts::sigmoid_cross_entropy_op;
};

constexpr tensor sigmoid_cross_entropy(const graph_parts::operand& logits, const graph_parts::operand& labels,
                                       const op_options& options, const location& at) {
    return graph_parts::make_binary_op(op_parts::sigmoid_cross_entropy_info, logits, labels, options, at);
}

}  // namespace ambit

// They include `op.hpp` alone or headers that end like this one, so they come after what it defines.

namespace AMBIT_NAMESPACE::op_parts {

constexpr void sigmoid_cross_entropy_op::gradient(gradient_call& call) {
    const tensor logits = call.operand(0);
    const tensor labels = call.operand(1);
    if (call.wants(0)) {
        const tensor probability = sigmoid(logits);
        const tensor excess = sub(probability, labels);
        const tensor slope = mul(call.upstream(), excess);
        call.give(0, sum_to(slope, logits.shape()));
    }
    if (call.wants(1)) {
        const tensor slope = mul(call.upstream(), logits);
        const tensor down = neg(slope);
        call.give(1, sum_to(down, labels.shape()));
    }
}

}  // namespace ambit::op_parts
