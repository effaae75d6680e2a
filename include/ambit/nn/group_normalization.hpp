// SPDX-License-Identifier: BSL-1.0
// Group normalization: the channels of an image in groups; each group of each image has mean 0 and variance 1, whatever
// the batch is. Source: Y. Wu, K. He, "Group normalization", 2018.
//
//     tensor h = group_normalization(s, "norm", x, {.groups = 8});     // [n, h, w, 64]: moments of h · w · 8 elements
//
// As many groups as channels is instance normalization; one group, layer normalization of the whole image.
#pragma once

#include <ambit/core/whole_number.hpp>
#include <ambit/nn/named_layer.hpp>
#include <ambit/nn/normalize.hpp>
#include <ambit/ops/all.hpp>
#include <ambit/ops/refusal.hpp>

#include <cstdint>
#include <string_view>

namespace AMBIT_NAMESPACE {

struct group_normalization_options {
    core_parts::whole_number groups = 32;
    double epsilon = 1e-3;  ///< added to variances: at least 0
    AMBIT_NO_OPTION(eps, "the option is .epsilon = 1e-3")
    bool center = true;  ///< with beta
    bool scale = true;  ///< with gamma
    initializer_option gamma = ones();
    initializer_option beta = zeros();
};

/// [batch, …, channels], float32 or float64. The variables `gamma` and `beta`, in a scope of this name, have an element
/// for each channel, and the dtype of `x`.
///
///     tensor h = group_normalization(s, "norm", x, {.groups = 4});  // [32, 14, 14, 16] -> [32, 14, 14, 16]
constexpr tensor group_normalization(scope& s, std::string_view name, const tensor& x,
                                     const group_normalization_options& o = {},
                                     const location& at = location::current()) {
    const graph_parts::line_of_call here(s, at);
    constexpr std::string_view op = "group_normalization";
    auto layer = s.variable_scope(name);
    const shape extents = x.shape();
    if (!is_floating(x.dtype()))
        return op_parts::refuse<mistake::op_dtype, "the operand must be float32 or float64">(x, op, at);
    if (extents.rank() < 2)
        return op_parts::refuse<mistake::op_shape, "the operand has a batch and channels: rank 2 or more">(x, op, at);
    const std::int64_t channels = extents[-1];
    graph_parts::option_ranges ranges(x, op, at);
    ranges.from_to("groups", o.groups.value, 1, static_cast<double>(channels));
    ranges.from("epsilon", o.epsilon, 0);
    if (!ranges.all_fit()) return x.builder()->inert(x.spec());
    if (channels % o.groups != 0)
        return op_parts::refuse<mistake::op_option, "the number of groups must divide the channels">(x, op, at);

    const std::int64_t each = channels / o.groups;
    const dtype type = x.dtype();
    const shape in_groups{extents[0], -1, o.groups.value, each};
    normalize_options by{.epsilon = o.epsilon};
    if (o.scale) {
        const variable gamma = layer.get_variable("gamma", {channels}, {.initializer = o.gamma, .dtype = type}, at);
        by.gamma = reshape(gamma, {o.groups.value, each});
    }
    if (o.center) {
        const variable beta = layer.get_variable("beta", {channels}, {.initializer = o.beta, .dtype = type}, at);
        by.beta = reshape(beta, {o.groups.value, each});
    }
    const tensor grouped = reshape(x, in_groups);
    const mean_and_variance of = moments(grouped, {.axes = {1, 3}, .keep_dims = true}, at);
    const tensor y = normalize(grouped, of.mean, of.variance, by, at);
    return reshape(y, extents, {op}, at);
}

AMBIT_NAMED_LAYER(group_normalization, "group_normalization(s, \"norm\", x)")

}  // namespace ambit
