// SPDX-License-Identifier: BSL-1.0
// Minus the logarithm of the probability of each row's class: [..., classes] x [...] of int32 or int64 -> [...].
//
//     tensor loss = reduce_mean(negative_log_likelihood(log_softmax(logits), labels));
//
// It is batch_gather of one element of each row, negated.
#pragma once

#include <ambit/ops/arithmetic.hpp>
#include <ambit/ops/arrays.hpp>
#include <ambit/ops/lookup.hpp>
#include <ambit/ops/losses.hpp>
#include <ambit/ops/refusal.hpp>

namespace AMBIT_NAMESPACE {

constexpr tensor negative_log_likelihood(const tensor& log_probabilities, const tensor& labels,
                                         const op_options& options, const location& at) {
    const std::string_view name = options.name.empty() ? std::string_view("negative_log_likelihood") : options.name;
    if (refused_parts::is_without_graph({log_probabilities, labels}))
        return refused_parts::without_graph({log_probabilities, labels});
    if (!is_floating(log_probabilities.dtype()))
        return op_parts::refuse<mistake::op_dtype, "log probabilities must be float32 or float64">(
            {log_probabilities, labels}, name, at);
    if (labels.dtype() != int32 && labels.dtype() != int64)
        return op_parts::refuse<mistake::op_dtype, "labels must be int32 or int64: one number of a class a row">(
            {log_probabilities, labels}, name, at);
    shape rows = labels.shape();
    if (rows.rank() < core_parts::max_rank && log_probabilities.shape().rank() > 0)
        rows.append(log_probabilities.shape()[-1]);
    if (rows != log_probabilities.shape() || log_probabilities.shape().rank() == 0)
        return op_parts::refuse<mistake::op_shape, "log probabilities are [..., classes], labels [...]">(
            {log_probabilities, labels}, name, at);
    const graph_parts::line_of_call here(log_probabilities, at);
    const tensor one_each = batch_gather(log_probabilities, expand_dims(labels, -1));
    const tensor chosen = squeeze(one_each, -1);
    return neg(chosen, {name}, at);
}

}  // namespace ambit
