// SPDX-License-Identifier: BSL-1.0
// Metrics of classifiers; see also ops/losses/in_top_k.hpp and ops/losses/confusion_matrix.hpp.
//
//     tensor right = accuracy(logits, labels);
//     tensor right = accuracy(logits, labels, {.mask = batch_mask});           // of a batch that was filled up
//     tensor close = top_k_accuracy(logits, labels, 5);
#pragma once

#include <ambit/core/whole_number.hpp>
#include <ambit/nn/losses.hpp>
#include <ambit/ops/all.hpp>

namespace AMBIT_NAMESPACE {

struct metric_options {
    tensor mask = {};  ///< [...], 1 (or true) for rows that count, 0 for others; none given: all rows count
};

/// The share of rows whose largest logit is that of the label, float32: [..., classes] x [...] of int32 or int64.
///
///     tensor right = accuracy(logits, labels);                  // [32, 10] x int32[32] -> []
constexpr tensor accuracy(const tensor& logits, const tensor& labels, const metric_options& options = {},
                          const location& at = location::current()) {
    const graph_parts::line_of_call here(logits, at);
    const tensor guess = argmax(logits, -1);
    // In the wider of the two dtypes: a label that int32 does not have is no class.
    const dtype given = labels.dtype();
    const dtype wide = given == dtype::uint8 || given == dtype::boolean ? dtype::int32 : given;
    const tensor guessed = op_parts::of_dtype(guess, wide);
    const tensor wanted = op_parts::of_dtype(labels, wide);
    const tensor rights = cast(ambit::equal(guessed, wanted), dtype::float32);
    return compute_weighted_loss(rights, {.weights = options.mask}, at);
}

/// The share of rows whose label is among the k largest logits, float32, as in_top_k says.
///
///     tensor close = top_k_accuracy(logits, labels, 5);         // [32, 10] x int32[32] -> []
constexpr tensor top_k_accuracy(const tensor& logits, const tensor& labels, core_parts::whole_number k,
                                const metric_options& options = {}, const location& at = location::current()) {
    const graph_parts::line_of_call here(logits, at);
    const tensor hits = in_top_k(logits, labels, k);
    const tensor rights = cast(hits, dtype::float32);
    return compute_weighted_loss(rights, {.weights = options.mask}, at);
}

}  // namespace ambit

namespace AMBIT_NAMESPACE::op_parts {

/// Of those that are weighed, the share of hits; 0 where there are none.
constexpr tensor share_of(const tensor& hits, const tensor& weights, const location& at) {
    const graph_parts::line_of_call here(hits, at);
    const tensor ones = of_dtype(hits, dtype::float32);
    return compute_weighted_loss(ones, {.weights = weights}, at);
}

}  // namespace ambit::op_parts

namespace AMBIT_NAMESPACE {

/// Of what was predicted (1 or true), the share that is so: predictions and labels of 0 and 1, of one shape. A mask
/// goes into both operands.
///
///     tensor right = precision(logits > 0, is_tagged > 0);
constexpr tensor precision(const tensor& predictions, const tensor& labels, const location& at = location::current()) {
    return op_parts::share_of(labels, predictions, at);
}

/// Of what is so (1 or true), the share that was predicted.
///
///     tensor found = recall(logits > 0, is_tagged > 0);
constexpr tensor recall(const tensor& predictions, const tensor& labels, const location& at = location::current()) {
    return op_parts::share_of(predictions, labels, at);
}

}  // namespace ambit
