// SPDX-License-Identifier: BSL-1.0
// Losses of each element or row, and what tells how good predictions are. Means of them, with weights and masks, are in
// nn/losses.hpp and nn/metrics.hpp.
//
//     tensor loss = reduce_mean(sparse_softmax_cross_entropy(logits, labels));
//
// Operands of other shapes or dtypes than those said are refused (op_shape, op_dtype), with a hint at what fits.
#pragma once

#include <ambit/core/whole_number.hpp>
#include <ambit/ops/op.hpp>

#include <cstdint>

// losses/ defines each function in the file of its name.

namespace AMBIT_NAMESPACE {

/// The cross-entropy between softmax(logits) and probabilities of the classes, for each row: [..., classes] x [...,
/// classes] -> [...]. Σ z (log Σ e^x - x), stable for large logits. float32 or float64, both of one dtype. The labels z
/// need not add up to 1; where one is 0 nothing is added, even if its logit is minus infinity. Both operands have
/// gradients. TensorFlow's `softmax_cross_entropy_with_logits`.
///
///     tensor losses = softmax_cross_entropy(logits, probabilities);  // [32, 10] x [32, 10] -> [32]
constexpr tensor softmax_cross_entropy(const tensor& logits, const tensor& labels, const op_options& options = {},
                                       const location& at = location::current());

/// The cross-entropy between softmax(logits) and classes given by number, for each row: [..., classes] of float32 or
/// float64 x [...] of int32 or int64 -> [...]. Stable for large logits. A label outside of [0, classes) makes its row
/// NaN, and its gradient, unless nothing depends on the row: a mask (nn/losses.hpp) leaves it out. The logits have a
/// gradient: (softmax - label as one-hot) g. TensorFlow's `sparse_softmax_cross_entropy_with_logits`.
///
///     tensor loss = reduce_mean(sparse_softmax_cross_entropy(logits, labels));  // [32, 10] x int32[32] -> []
constexpr tensor sparse_softmax_cross_entropy(const tensor& logits, const tensor& labels,
                                              const op_options& options = {}, const location& at = location::current());

/// Minus the logarithm of the probability of each row's class: [..., classes] of float32 or float64, logarithms, x
/// [...] of int32 or int64 -> [...]. A label outside of [0, classes) makes its row NaN. Gradient: -g at the class.
/// After `log_softmax` it is what `sparse_softmax_cross_entropy` computes at once. PyTorch's `nll_loss`, of each row.
///
///     tensor losses = negative_log_likelihood(log_softmax(logits), labels);
constexpr tensor negative_log_likelihood(const tensor& log_probabilities, const tensor& labels,
                                         const op_options& options = {}, const location& at = location::current());

/// The cross-entropy between sigmoid(logits) and probabilities, of each pair of elements, which are broadcast: labels
/// of classes that do not exclude each other. max(x, 0) - x z + log(1 + e^-|x|), which neither overflows nor loses
/// small losses. float32 or float64. Gradients: g (sigmoid(x) - z) by the logits, -g x by the labels. TensorFlow's
/// `sigmoid_cross_entropy_with_logits`.
///
///     tensor loss = reduce_mean(sigmoid_cross_entropy(logits, is_tagged));  // [32, 10] x [32, 10] -> []
constexpr tensor sigmoid_cross_entropy(const graph_parts::operand& logits, const graph_parts::operand& labels,
                                       const op_options& options = {}, const location& at = location::current());

/// x²/2 up to a distance of `delta` from 0, and a line behind it: delta (|x| - delta/2). float32 or float64; delta is
/// above 0. Gradient: g times x limited to [-delta, delta]. Source: P. J. Huber, "Robust estimation of a location
/// parameter", 1964.
///
///     tensor losses = huber(predictions - targets, 1.5);
constexpr tensor huber(const tensor& x, double delta, const op_options& options = {},
                       const location& at = location::current());

/// Whether the class of each row is among its k largest predictions: [..., classes] x [...] of int32 or int64 -> bool
/// [...]. Fewer than k predictions exceed that of the class: all equals of the k-th are in. False for a label outside
/// of [0, classes), and where the prediction of the class is not finite. No gradient. TensorFlow's `in_top_k`.
///
///     tensor hits = in_top_k(logits, labels, 5);                // [32, 10] x int32[32] -> bool[32]
constexpr tensor in_top_k(const tensor& predictions, const tensor& labels, core_parts::whole_number k,
                          const op_options& options = {}, const location& at = location::current());

/// How often each class (row) was taken for each class (column): labels and predictions, int32 or int64 of one shape ->
/// int32 [classes, classes]. What has a label or a prediction outside of [0, classes) is left out: a label of -1 masks
/// an example. No gradient. TensorFlow's `confusion_matrix`.
///
///     tensor mistaken = confusion_matrix(labels, argmax(logits, -1), 10);
constexpr tensor confusion_matrix(const tensor& labels, const tensor& predictions, core_parts::whole_number classes,
                                  const op_options& options = {}, const location& at = location::current());

}  // namespace ambit
