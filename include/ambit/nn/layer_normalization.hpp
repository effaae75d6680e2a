// SPDX-License-Identifier: BSL-1.0
// Layer normalization: the features of each example have mean 0 and variance 1, then a factor and an offset each that
// are learnt. Source: J. L. Ba, J. R. Kiros, G. E. Hinton, "Layer normalization", 2016.
//
//     tensor h = layer_normalization(s, "norm", x);             // [batch, time, 64]: over the 64; norm/gamma [64]
#pragma once

#include <ambit/nn/named_layer.hpp>
#include <ambit/nn/normalize.hpp>
#include <ambit/ops/all.hpp>
#include <ambit/ops/refusal.hpp>

#include <cstdint>
#include <string_view>

namespace AMBIT_NAMESPACE {

struct layer_normalization_options {
    std::int64_t axis = -1;  ///< moments are over this axis and those after it
    double epsilon = 1e-3;   ///< added to variances: at least 0
    AMBIT_NO_OPTION(eps, "the option is .epsilon = 1e-3")
    bool center = true;      ///< with beta
    bool scale = true;       ///< with gamma
    initializer_option gamma = ones();
    initializer_option beta = zeros();
};

/// float32 or float64. The variables `gamma` and `beta`, in a scope of this name, have the extents of the axes that are
/// normalized, and the dtype of `x`.
///
///     tensor h = layer_normalization(s, "norm", x);             // [8, 20, 64] -> [8, 20, 64]
constexpr tensor layer_normalization(scope& s, std::string_view name, const tensor& x,
                                     const layer_normalization_options& o = {},
                                     const location& at = location::current()) {
    const graph_parts::line_of_call here(s, at);
    constexpr std::string_view op = "layer_normalization";
    auto layer = s.variable_scope(name);
    const int axis = normalize_axis(o.axis, x.shape().rank());
    if (!is_floating(x.dtype()))
        return op_parts::refuse<mistake::op_dtype, "the operand must be float32 or float64">(x, op, at);
    if (axis < 0)
        return op_parts::refuse<mistake::op_option, "the first normalized axis lies outside of the operand">(
            x, op, at);
    graph_parts::option_ranges ranges(x, op, at);
    ranges.from("epsilon", o.epsilon, 0);
    if (!ranges.all_fit()) return x.builder()->inert(x.spec());

    const dtype type = x.dtype();
    axes over;
    shape features;
    for (int i = axis; i < x.shape().rank(); ++i) {
        over.append(i);
        features.append(x.shape()[i]);
    }
    normalize_options by{.epsilon = o.epsilon, .name = op};
    if (o.scale) by.gamma = layer.get_variable("gamma", features, {.initializer = o.gamma, .dtype = type}, at);
    if (o.center) by.beta = layer.get_variable("beta", features, {.initializer = o.beta, .dtype = type}, at);
    const mean_and_variance of = moments(x, {.axes = over, .keep_dims = true}, at);
    return normalize(x, of.mean, of.variance, by, at);
}

AMBIT_NAMED_LAYER(layer_normalization, "layer_normalization(s, \"norm\", x)")

}  // namespace ambit
