// SPDX-License-Identifier: BSL-1.0
// Batch normalization: each channel has mean 0 and variance 1 over the batch, then a factor and an offset that are
// learnt. Source: S. Ioffe, C. Szegedy, "Batch normalization: accelerating deep network training by reducing internal
// covariate shift", 2015.
//
//     tensor h = batch_normalization(s, "norm", conv2d(x, weights), {.training = is_training});
//
// In training, moments are the batch's, and `minimize` runs the updates of the moving averages, which are in the
// `updates` collection: whoever trains otherwise asks for `s.updates()`. In evaluation, moments are those averages. A
// module built for training, batch 32, and one built for evaluation, batch 1, share their variables:
//
//     norm/gamma, norm/beta                       trainable, 1 and 0 at first
//     norm/moving_mean, norm/moving_variance      not trainable, 0 and 1 at first
//
// Variances are those of the batch itself, not of a sample: no n - 1, neither in the averages.
#pragma once

#include <ambit/graph/collect.hpp>
#include <ambit/nn/named_layer.hpp>
#include <ambit/nn/normalize.hpp>
#include <ambit/ops/all.hpp>
#include <ambit/ops/refusal.hpp>

#include <cstdint>
#include <string_view>

namespace AMBIT_NAMESPACE {

struct batch_normalization_options {
    std::int64_t axis = -1;     ///< of the channels
    double momentum = 0.99;     ///< what a step leaves of the moving averages, from 0 to 1
    double epsilon = 1e-3;      ///< added to variances: at least 0
    AMBIT_NO_OPTION(eps, "the option is .epsilon = 1e-3")
    bool center = true;         ///< with beta
    bool scale = true;          ///< with gamma
    bool training = true;
    AMBIT_NO_OPTION(is_training, "the option is .training = true")
    initializer_option gamma = ones();
    initializer_option beta = zeros();
};

/// float32 or float64, of rank 2 or more; variables have its dtype.
///
///     tensor h = relu(batch_normalization(s, "norm", x, {.training = true}));  // [32, 14, 14, 16] -> [32, 14, 14, 16]
constexpr tensor batch_normalization(scope& s, std::string_view name, const tensor& x,
                                     const batch_normalization_options& o = {},
                                     const location& at = location::current()) {
    const graph_parts::line_of_call here(s, at);
    constexpr std::string_view op = "batch_normalization";
    auto layer = s.variable_scope(name);
    const int rank = x.shape().rank(), axis = normalize_axis(o.axis, rank);
    if (!is_floating(x.dtype()))
        return op_parts::refuse<mistake::op_dtype, "the operand must be float32 or float64">(x, op, at);
    if (rank < 2)
        return op_parts::refuse<mistake::op_shape, "the operand has a batch and channels: rank 2 or more">(
            x, op, at);
    if (axis < 0)
        return op_parts::refuse<mistake::op_option, "the axis of the channels lies outside of the operand">(
            x, op, at);
    graph_parts::option_ranges ranges(x, op, at);
    ranges.from_to("momentum", o.momentum, 0, 1);
    ranges.from("epsilon", o.epsilon, 0);
    if (!ranges.all_fit()) return x.builder()->inert(x.spec());

    const std::int64_t channels = x.shape()[axis];
    const dtype type = x.dtype();
    axes others;
    shape wide;  // of what is one value a channel, so that it is broadcast to x
    for (int i = 0; i < rank; ++i) {
        if (i != axis) others.append(i);
        if (i >= axis) wide.append(i == axis ? channels : 1);
    }
    const auto along = [&](const tensor& t) { return wide.rank() > 1 ? reshape(t, wide) : t; };
    normalize_options by{.epsilon = o.epsilon, .name = op};
    if (o.scale) {
        const variable gamma = layer.get_variable("gamma", {channels}, {.initializer = o.gamma, .dtype = type}, at);
        by.gamma = along(gamma);
    }
    if (o.center) {
        const variable beta = layer.get_variable("beta", {channels}, {.initializer = o.beta, .dtype = type}, at);
        by.beta = along(beta);
    }
    const variable moving_mean = layer.get_variable(
        "moving_mean", {channels}, {.initializer = zeros(), .dtype = type, .trainable = false}, at);
    const variable moving_variance = layer.get_variable(
        "moving_variance", {channels}, {.initializer = ones(), .dtype = type, .trainable = false}, at);
    if (!o.training) {
        const tensor mean = along(moving_mean);
        const tensor variance = along(moving_variance);
        return normalize(x, mean, variance, by, at);
    }
    const mean_and_variance batch = moments(x, {.axes = others}, at);
    const tensor next_mean = moving_average(moving_mean, batch.mean, o.momentum);
    layer.add_to_collection(collections::updates, assign(moving_mean, next_mean));
    const tensor next_variance = moving_average(moving_variance, batch.variance, o.momentum);
    layer.add_to_collection(collections::updates, assign(moving_variance, next_variance));
    const tensor mean = along(batch.mean);
    const tensor variance = along(batch.variance);
    return normalize(x, mean, variance, by, at);
}

AMBIT_NAMED_LAYER(batch_normalization, "batch_normalization(s, \"norm\", x)")

}  // namespace ambit
