// SPDX-License-Identifier: BSL-1.0
// The cross-entropy between softmax(logits) and classes given by number, for each row:
// [..., classes] x [...] of int32 or int64 -> [...].
//
//     tensor loss = reduce_mean(sparse_softmax_cross_entropy(logits, labels));
//
// Stable for large logits. A label outside of [0, classes) makes its row NaN, and its gradient, unless nothing depends
// on the row: a mask (nn/losses.hpp) leaves it out.
#pragma once

#include <ambit/contract/losses.hpp>
#include <ambit/ops/losses.hpp>

namespace AMBIT_NAMESPACE::op_parts {

/// What the loss and its gradient check alike.
constexpr inferred check_logits_and_labels(const op_call& call) {
    const tensor_spec& logits = call.operand(0);
    const tensor_spec& labels = call.operand(1);
    if (!is_floating(logits.type)) return refuses(mistake::op_dtype, "logits must be float32 or float64", logits);
    const bool has_a_label_a_class = labels.extents == logits.extents;
    if (labels.type != dtype::int32 && labels.type != dtype::int64)
        return hinted(refuses(mistake::op_dtype, "labels must be int32 or int64: one number of a class a row", logits),
                      has_a_label_a_class ? "softmax_cross_entropy takes a probability for each class"
                                          : "cast(labels, int32) makes numbers of classes whole");
    tensor_spec rows{{}, logits.type};
    for (int axis = 0; axis + 1 < logits.extents.rank(); ++axis) rows.extents.append(logits.extents[axis]);
    if (logits.extents.rank() < 1 || labels.extents != rows.extents)
        return hinted(refuses(mistake::op_shape, "logits are [..., classes], labels [...]", rows),
                      has_a_label_a_class ? "softmax_cross_entropy takes a label for each class, cast to float32" : "");
    return yields(rows);
}

struct sparse_softmax_cross_entropy_op : compute_op {
    static constexpr std::string_view name = "sparse_softmax_cross_entropy";
    using kernel = kernel_tag::softmax_cross_entropy;
    static constexpr void gradient(gradient_call& call);
    static constexpr inferred infer(const op_call& call) { return check_logits_and_labels(call); }
    static constexpr axis_geometry geometry(const op_call& call, const tensor_spec&) {
        return along_axis(call.extents(0), call.extents(0).rank() - 1);
    }
    /// For each logit a difference, an exponential and a term of a sum.
    static constexpr std::int64_t flops(const op_call& call, const tensor_spec&) {
        return 3 * call.extents(0).elements();
    }
};
inline constexpr op_info sparse_softmax_cross_entropy_info = describe<sparse_softmax_cross_entropy_op>();

/// The gradient of sparse_softmax_cross_entropy by its logits. Operands are logits, labels, and the upstream gradient
/// of each row. It has no gradient itself: compose log and softmax where one is needed.
struct softmax_cross_entropy_gradient_op : compute_op {
    static constexpr std::string_view name = "softmax_cross_entropy_gradient";
    using kernel = kernel_tag::softmax_cross_entropy_gradient;
    static constexpr inferred infer(const op_call& call) {
        const inferred rows = check_logits_and_labels(call);
        if (rows.fault != mistake::none) return rows;
        if (call.operand(2) != rows.result) return refuses(mistake::op_shape, "one gradient a row", call.operand(0));
        return yields(call.operand(0));
    }
    static constexpr axis_geometry geometry(const op_call& call, const tensor_spec&) {
        return along_axis(call.extents(0), call.extents(0).rank() - 1);
    }
    /// For each logit a difference, an exponential, a term of a sum, a quotient and a product.
    static constexpr std::int64_t flops(const op_call& call, const tensor_spec&) {
        return 5 * call.extents(0).elements();
    }
};
inline constexpr op_info softmax_cross_entropy_gradient_info = describe<softmax_cross_entropy_gradient_op>();

}  // namespace ambit::op_parts

namespace AMBIT_NAMESPACE {

template <> struct op_of<&op_parts::sparse_softmax_cross_entropy_info> {
    using type = op_parts::sparse_softmax_cross_entropy_op;
};
template <> struct op_of<&op_parts::softmax_cross_entropy_gradient_info> {
    using type = op_parts::softmax_cross_entropy_gradient_op;
};

constexpr tensor sparse_softmax_cross_entropy(const tensor& logits, const tensor& labels, const op_options& options,
                                              const location& at) {
    return make_op(op_parts::sparse_softmax_cross_entropy_info, {logits, labels}, no_attributes{}, options, at);
}

}  // namespace ambit

namespace AMBIT_NAMESPACE::op_parts {

constexpr void sparse_softmax_cross_entropy_op::gradient(gradient_call& call) {
    call.give(0, make_op(softmax_cross_entropy_gradient_info, {call.operand(0), call.operand(1), call.upstream()},
                         no_attributes{}, {}, {}));
}

}  // namespace ambit::op_parts
