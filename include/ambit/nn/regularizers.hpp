// SPDX-License-Identifier: BSL-1.0
// Losses that keep variables small, as options of scopes and variables, and their sum. Source of the definitions:
// TensorFlow 1's `tf.contrib.layers`.
//
//     auto encoder = s.variable_scope("encoder", {.regularizer = l2_regularizer(5e-4)});
//     tensor loss = data_loss + regularization_loss(s);
#pragma once

#include <ambit/graph/collect.hpp>
#include <ambit/ops/all.hpp>
#include <ambit/ops/refusal.hpp>

#include <string_view>

namespace AMBIT_NAMESPACE::op_parts {

constexpr tensor l2_loss(const tensor& values, double scale) {
    if (const option_fault off = outside("scale", scale, range_of::from(0)))
        return refuse(off, values, "l2_regularizer", {});
    const tensor squares = square(values);
    const tensor sum = reduce_sum(squares);
    return mul(sum, 0.5 * scale, {.name = "l2_regularizer"});
}
constexpr tensor l1_loss(const tensor& values, double scale) {
    if (const option_fault off = outside("scale", scale, range_of::from(0)))
        return refuse(off, values, "l1_regularizer", {});
    const tensor magnitudes = abs(values);
    const tensor sum = reduce_sum(magnitudes);
    return mul(sum, scale, {.name = "l1_regularizer"});
}

}  // namespace ambit::op_parts

namespace AMBIT_NAMESPACE {

/// scale · Σ w² / 2, with a scale of at least 0
///
///     variable weights = s.get_variable("weights", {784, 10}, {.regularizer = l2_regularizer(5e-4)});
constexpr regularizer l2_regularizer(double scale) { return {&op_parts::l2_loss, scale}; }

/// scale · Σ |w|, with a scale of at least 0
///
///     variable weights = s.get_variable("weights", {784, 10}, {.regularizer = l1_regularizer(1e-5)});
constexpr regularizer l1_regularizer(double scale) { return {&op_parts::l1_loss, scale}; }

/// The sum of the regularization losses of all variables, or of those below a prefix from the root; float32, 0 if there
/// are none.
///
///     tensor loss = data_loss + regularization_loss(s);
constexpr tensor regularization_loss(scope& s, std::string_view prefix = {}) {
    const core_parts::buffer<tensor> losses = s.root().regularization_losses(prefix);
    if (losses.empty()) return s.builder()->constant(0, float32);
    tensor total = losses[0];
    for (int i = 1; i < losses.size(); ++i) total = total + losses[i];
    return total;
}

}  // namespace ambit
