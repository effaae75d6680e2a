// SPDX-License-Identifier: BSL-1.0
// A transformer's block: attention of a sequence to itself, then two dense layers at each step, both behind a
// normalization and added to what they read. Sources: A. Vaswani et al., "Attention is all you need", 2017; R. Xiong et
// al., "On layer normalization in the transformer architecture", 2020 (normalization in front).
//
//     x = transformer_block(s, "block0", x, {.heads = 4});                                  // [batch, time, 64]
//     auto [y, keep] = cached_transformer_block(s, "block0", x, {.heads = 4, .most_steps = 256});   // [batch, 1, 64]
//
// Both have the same variables: the one is trained, the other one goes on step by step.
#pragma once

#include <ambit/nn/attention.hpp>
#include <ambit/nn/dense.hpp>
#include <ambit/nn/layer_normalization.hpp>
#include <ambit/nn/named_layer.hpp>

#include <cstdint>
#include <string_view>

namespace AMBIT_NAMESPACE {

struct transformer_options {
    std::int64_t heads = 1;
    std::int64_t hidden = 0;  ///< units of the first dense layer; 0: four times the features
    bool causal = true;  ///< a step sees none behind it
    activation_option activation = {};  ///< of the first dense layer; else GELU
    double epsilon = 1e-5;  ///< of the normalizations
    initializer_option weights = {};  ///< else the scope's; else Glorot uniform
    std::int64_t most_steps = 0;  ///< of `cached_transformer_block`
};

}  // namespace ambit

namespace AMBIT_NAMESPACE::op_parts {

/// x + dense(activation(dense(norm(x)))).
constexpr tensor with_dense_layers(scope& block, const tensor& x, const transformer_options& o, const location& at) {
    const std::int64_t features = x.shape()[-1];
    const activation_function usual = [](const tensor& y, const op_options& by, const location& line) {
        return gelu(y, {.name = by.name}, line);
    };
    const activation_option activation = o.activation ? o.activation : activation_option(usual);
    const tensor normal = layer_normalization(block, "norm2", x, {.epsilon = o.epsilon}, at);
    const tensor h = dense(block, "hidden", normal, o.hidden != 0 ? o.hidden : 4 * features,
                           {.activation = activation, .weights = o.weights}, at);
    const tensor y = dense(block, "output", h, features, {.weights = o.weights}, at);
    return add(x, y, {}, at);
}

}  // namespace ambit::op_parts

namespace AMBIT_NAMESPACE {

/// [batch, time, features] -> the same. Variables: name/norm1/gamma and beta, those of `multi_head_attention` in
/// name/attention, name/norm2/…, name/hidden/weights and biases, name/output/….
///
///     tensor h = transformer_block(s, "block0", x, {.heads = 4});  // [8, 20, 64] -> [8, 20, 64]
constexpr tensor transformer_block(scope& s, std::string_view name, const tensor& x, const transformer_options& o = {},
                                   const location& at = location::current()) {
    const graph_parts::line_of_call here(s, at);
    auto block = s.variable_scope(name);
    const tensor normal = layer_normalization(block, "norm1", x, {.epsilon = o.epsilon}, at);
    const tensor seen = multi_head_attention(block, "attention", normal, normal,
                                             {.heads = o.heads, .causal = o.causal, .weights = o.weights}, at);
    return op_parts::with_dense_layers(block, add(x, seen, {}, at), o, at);
}

/// The next step of a causal block, [batch, 1, features]; `cached_attention` says what it keeps.
///
///     auto [y, keep] = cached_transformer_block(s, "block0", x, {.heads = 4, .most_steps = 256});  // x: [8, 1, 64]
constexpr streamed_steps cached_transformer_block(scope& s, std::string_view name, const tensor& x,
                                                  const transformer_options& o = {},
                                                  const location& at = location::current()) {
    const graph_parts::line_of_call here(s, at);
    auto block = s.variable_scope(name);
    const tensor normal = layer_normalization(block, "norm1", x, {.epsilon = o.epsilon}, at);
    const auto [seen, keep] = cached_attention(
        block, "attention", normal, {.heads = o.heads, .weights = o.weights, .most_steps = o.most_steps}, at);
    return {op_parts::with_dense_layers(block, add(x, seen, {}, at), o, at), keep};
}

AMBIT_NAMED_LAYER(transformer_block, "transformer_block(s, \"block0\", x, {.heads = 4})")
AMBIT_NAMED_LAYER(cached_transformer_block,
                  "cached_transformer_block(s, \"block0\", x, {.heads = 4, .most_steps = 256})")

}  // namespace ambit
