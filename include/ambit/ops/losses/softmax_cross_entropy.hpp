// SPDX-License-Identifier: BSL-1.0
// The cross-entropy between softmax(logits) and probabilities of the classes, for each row:
// [..., classes] x [..., classes] -> [...]. Classes given by number: ops/losses/sparse_softmax_cross_entropy.hpp.
//
//     tensor loss = reduce_mean(softmax_cross_entropy(logits, smooth_labels));
//
// Σ z (log Σ exp(x) - x), stable for large logits. The labels z need not add up to 1; where one is 0 nothing is added,
// even if its logit is minus infinity. Both operands have gradients.
#pragma once

#include <ambit/contract/losses.hpp>
#include <ambit/ops/arithmetic.hpp>
#include <ambit/ops/arrays.hpp>
#include <ambit/ops/functions.hpp>
#include <ambit/ops/losses.hpp>
#include <ambit/ops/reductions.hpp>

namespace AMBIT_NAMESPACE::op_parts {

struct softmax_cross_entropy_op : compute_op {
    static constexpr std::string_view name = "softmax_cross_entropy";
    using kernel = kernel_tag::softmax_cross_entropy_of_probabilities;
    static constexpr void gradient(gradient_call& call);

    static constexpr inferred infer(const op_call& call) {
        const tensor_spec& logits = call.operand(0);
        if (!is_floating(logits.type)) return refuses(mistake::op_dtype, "logits must be float32 or float64", logits);
        tensor_spec rows{{}, logits.type};
        for (int axis = 0; axis + 1 < logits.extents.rank(); ++axis) rows.extents.append(logits.extents[axis]);
        if (call.type(1) != logits.type)
            return hinted(refuses(mistake::op_dtype, "labels must be probabilities of the logits' dtype", rows),
                          call.extents(1) == rows.extents
                              ? "sparse_softmax_cross_entropy takes the number of a class a row"
                              : "cast(labels, float32) makes 0 and 1 of one-hot rows");
        if (logits.extents.rank() < 1 || call.extents(1) != logits.extents)
            return hinted(refuses(mistake::op_shape, "logits and labels are both [..., classes]", rows),
                          call.extents(1) == rows.extents
                              ? "sparse_softmax_cross_entropy takes the number of a class a row, cast to int32"
                              : "");
        return yields(rows);
    }
    static constexpr axis_geometry geometry(const op_call& call, const tensor_spec&) {
        return along_axis(call.extents(0), call.extents(0).rank() - 1);
    }
    /// For each logit a difference, an exponential, a term of a sum and its share of the loss.
    static constexpr std::int64_t flops(const op_call& call, const tensor_spec&) {
        return 5 * call.extents(0).elements();
    }
};
inline constexpr op_info softmax_cross_entropy_info = describe<softmax_cross_entropy_op>();

}  // namespace ambit::op_parts

namespace AMBIT_NAMESPACE {

template <> struct op_of<&op_parts::softmax_cross_entropy_info> {
    using type = op_parts::softmax_cross_entropy_op;
};

constexpr tensor softmax_cross_entropy(const tensor& logits, const tensor& labels, const op_options& options,
                                       const location& at) {
    return make_op(op_parts::softmax_cross_entropy_info, {logits, labels}, no_attributes{}, options, at);
}

}  // namespace ambit

namespace AMBIT_NAMESPACE::op_parts {

constexpr void softmax_cross_entropy_op::gradient(gradient_call& call) {
    const tensor logits = call.operand(0);
    const tensor labels = call.operand(1);
    shape column = call.upstream().shape();
    column.append(1);
    const tensor by_row = reshape(call.upstream(), column);
    if (call.wants(0)) {
        const tensor total = reduce_sum(labels, {.axes = -1, .keep_dims = true});
        const tensor probabilities = softmax(logits);
        const tensor expected = mul(probabilities, total);
        const tensor excess = sub(expected, labels);
        call.give(0, mul(excess, by_row));
    }
    if (call.wants(1)) {
        const tensor log_probabilities = log_softmax(logits);
        const tensor down = neg(by_row);
        call.give(1, mul(log_probabilities, down));
    }
}

}  // namespace ambit::op_parts
