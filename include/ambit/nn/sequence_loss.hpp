// SPDX-License-Identifier: BSL-1.0
// The loss of sequences of classes, of which only the steps before each end count.
//
//     tensor loss = sequence_loss(s, logits, targets, {.sequence_length = lengths});   // [batch, time, classes]
//     tensor bits = loss / std::numbers::ln2;                                          // a step
//
// TensorFlow 1's `sequence_loss` and `sequence_mask`.
#pragma once

#include <ambit/core/whole_number.hpp>
#include <ambit/nn/losses.hpp>
#include <ambit/ops/all.hpp>
#include <ambit/ops/refusal.hpp>

#include <cstdint>
#include <string_view>

namespace AMBIT_NAMESPACE {

struct sequence_loss_options {
    tensor sequence_length = {};  ///< int32 or int64 [batch]: how many steps count; none given: all
    reduction_option reduction = ambit::reduction::mean;  ///< over the steps that count
};

/// Whether a step comes before the end: int32 or int64 [batch] -> bool [batch, steps].
///
///     tensor counts = sequence_mask(s, lengths, 20);            // int32[32] -> bool[32, 20]
constexpr tensor sequence_mask(scope& s, const tensor& lengths, core_parts::whole_number steps,
                               const location& at = location::current()) {
    const graph_parts::line_of_call here(s, at);
    if (lengths.dtype() != dtype::int32 && lengths.dtype() != dtype::int64)
        return op_parts::refuse<mistake::op_dtype, "lengths of sequences are int32 or int64">(lengths, "sequence_mask",
                                                                                              at);
    if (lengths.shape().rank() != 1)
        return op_parts::refuse<mistake::op_shape, "there is a length for each sequence, [batch]">(lengths,
                                                                                                   "sequence_mask", at);
    const tensor step = range(s, 0, steps.value, 1, {.dtype = lengths.dtype()}, at);
    return less(step, expand_dims(lengths, -1), {}, at);
}

/// The cross-entropy of softmax(logits), [batch, time, classes] of float32 or float64, and the classes' numbers, int32
/// or int64 [batch, time]. What stands behind an end may be no class.
///
///     // [32, 20, 50], int32[32, 20] and int32[32] -> []
///     tensor loss = sequence_loss(s, logits, words, {.sequence_length = lengths});
constexpr tensor sequence_loss(scope& s, const tensor& logits, const tensor& targets,
                               const sequence_loss_options& o = {}, const location& at = location::current()) {
    const graph_parts::line_of_call here(s, at);
    if (logits.shape().rank() != 3)
        return op_parts::refuse<mistake::op_shape, "logits of sequences are [batch, time, classes]">(
            logits, "sequence_loss", at);
    const tensor losses = sparse_softmax_cross_entropy(logits, targets, {}, at);
    loss_options by{.weights = {}, .reduction = o.reduction};
    if (o.sequence_length.builder() != nullptr) by.weights = sequence_mask(s, o.sequence_length, logits.shape()[1], at);
    return compute_weighted_loss(losses, by, at);
}

}  // namespace ambit
