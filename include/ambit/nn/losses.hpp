// SPDX-License-Identifier: BSL-1.0
// Losses and metrics made of ops; that of a classifier is ops/sparse_softmax_cross_entropy.hpp.
#pragma once

#include <ambit/ops/argmax.hpp>
#include <ambit/ops/cast.hpp>
#include <ambit/ops/reduce.hpp>
#include <ambit/ops/square.hpp>
#include <ambit/ops/sub.hpp>
#include <ambit/ops/where_greater.hpp>

namespace ambit {

/// The mean of (predictions - targets)², a scalar.
constexpr tensor mean_squared_error(const tensor& predictions, const tensor& targets,
                                    const location& at = location::current()) {
    const tensor errors = sub(predictions, targets, {}, at);
    return reduce_mean(square(errors), {}, at);
}

/// The share of rows whose largest logit is that of the label, float32: [..., classes] x [...] of int32 or int64.
constexpr tensor accuracy(const tensor& logits, const tensor& labels, const location& at = location::current()) {
    const tensor guess = argmax(logits, -1, {}, at);
    const tensor wanted = labels.dtype() == dtype::int32 ? labels : cast(labels, dtype::int32, {}, at);
    const tensor one = logits.builder()->constant(1, dtype::int32);
    const tensor not_above = where_greater_equal(wanted, guess, one, {}, at);
    const tensor is_right = where_greater_equal(guess, wanted, not_above, {}, at);
    return reduce_mean(cast(is_right, dtype::float32, {}, at), {}, at);
}

}  // namespace ambit
