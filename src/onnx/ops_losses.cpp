// SPDX-License-Identifier: BSL-1.0
// Losses of classifiers: classes lie along axis 1, and places behind it have losses of their own.
#include "importing.hpp"

namespace AMBIT_NAMESPACE::onnx_parts {

namespace {

/// -weight of the label · log probability of the label, reduced as the node says.
tensor likelihood_loss(const node_call& call, const tensor& log_probabilities, int weights) {
    const dtype type = log_probabilities.dtype();
    const tensor labels = call.x(1);
    // Places that are ignored, and labels that are no class, become rows of zeros.
    const tensor chosen = one_hot(labels, log_probabilities.shape()[1], {.axis = 1, .dtype = type});
    tensor weight =
        call.has(weights)
            ? reduce_sum(chosen * reshape(call.x(weights),
                                          [&] {
                                              integers extents(
                                                  static_cast<std::size_t>(log_probabilities.shape().rank()), 1);
                                              extents[1] = log_probabilities.shape()[1];
                                              return shape_of(extents);
                                          }()),
                         {.axes = 1})
            : ones_like(reduce_sum(chosen, {.axes = 1}));
    if (call.says("ignore_index"))
        weight = where(equal(labels, call.integer("ignore_index", 0)), zeros_like(weight), weight);
    // Not by products: an infinite one of another class, or of a place that does not count, would become NaN.
    const tensor nothing = zeros_like(log_probabilities);
    const tensor picked = reduce_sum(where(not_equal(chosen, 0), log_probabilities, nothing), {.axes = 1});
    const tensor loss = where(equal(weight, 0), zeros_like(weight), neg(picked) * weight);
    const std::string reduction = call.text("reduction", "mean");
    if (reduction == "none") return loss;
    if (reduction == "sum") return reduce_sum(loss);
    return reduce_sum(loss) / reduce_sum(weight);
}

void negative_log_likelihood_loss(node_call& call) { call.give(likelihood_loss(call, call.x(0), 2)); }

void softmax_cross_entropy_loss(node_call& call) {
    const tensor log_probabilities = log_softmax(call.x(0), {.axis = 1});
    call.give(likelihood_loss(call, log_probabilities, 2));
    call.give(log_probabilities, call.type(0), 1);
}

}  // namespace

void add_losses(op_table& table) {
    table.add("NegativeLogLikelihoodLoss", &negative_log_likelihood_loss);
    table.add("SoftmaxCrossEntropyLoss", &softmax_cross_entropy_loss);
}

}  // namespace ambit::onnx_parts
