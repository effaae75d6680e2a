// SPDX-License-Identifier: BSL-1.0
// Attention: each query gets a mean of values, weighed by how well their keys answer it. Source: A. Vaswani et al.,
// "Attention is all you need", 2017. (Of a recurrent net to another one: nn/score_attention.hpp.)
//
//     auto [outputs, weights] = dot_product_attention(s, queries, keys, values, {.causal = true});
//     tensor h = multi_head_attention(s, "attention", x, x, {.heads = 4, .causal = true});    // x: [batch, time, 128]
//     auto [y, keep] = cached_attention(s, "attention", x, {.heads = 4, .most_steps = 256});  // x: [batch, 1, 128]
#pragma once

#include <ambit/nn/attended.hpp>
#include <ambit/nn/dense.hpp>
#include <ambit/nn/named_layer.hpp>
#include <ambit/nn/streamed_steps.hpp>
#include <ambit/ops/all.hpp>
#include <ambit/ops/refusal.hpp>

#include <cstdint>
#include <string_view>

namespace AMBIT_NAMESPACE {

struct dot_product_attention_options {
    bool causal = false;  ///< a query sees no key behind its own; of fewer queries than keys they are the last
    tensor mask = {};  ///< bool, broadcast to [..., queries, keys]: which keys a query may see, at least one
};

/// softmax(q kᵀ / √d) v: [..., queries, d], [..., keys, d] and [..., keys, n] -> [..., queries, n], and the weights,
/// [..., queries, keys]. float32 or float64.
///
///     auto [outputs, weights] = dot_product_attention(s, queries, keys, values);  // weights: [batch, queries, keys]
constexpr attended dot_product_attention(scope& s, const tensor& queries, const tensor& keys, const tensor& values,
                                         const dot_product_attention_options& o = {},
                                         const location& at = location::current()) {
    const graph_parts::line_of_call here(s, at);
    const std::int64_t width = queries.shape().rank() > 0 ? queries.shape()[-1] : 1;  // matmul refuses scalars
    const tensor scaled = mul(queries, 1 / math::sqrt(static_cast<double>(width)), {}, at);
    tensor scores = matmul(scaled, keys, {.transpose_b = true}, at);
    const std::int64_t asked = scores.shape().rank() > 1 ? scores.shape()[-2] : 1;
    const std::int64_t there = scores.shape().rank() > 0 ? scores.shape()[-1] : 1;
    if (o.causal && asked > there) {
        const tensor none = op_parts::refuse<mistake::op_shape, "a causal attention has a key for each query">(
            {queries, keys}, "dot_product_attention", at);
        return {none, none};
    }
    if (o.causal && asked > 0) {
        const tensor query = reshape(range(s, there - asked, there, 1), {asked, 1});
        const tensor is_seen = less_equal(range(s, 0, there, 1), query);
        scores = where(is_seen, scores, -math::infinity);
    }
    if (o.mask.builder() != nullptr) scores = where(o.mask, scores, -math::infinity);
    const tensor weights = softmax(scores, {}, at);
    return {matmul(weights, values, {}, at), weights};
}

struct multi_head_attention_options {
    std::int64_t heads = 1;
    std::int64_t units = 0;  ///< of queries, keys and values, all heads together; 0: as many as the queries' features
    std::int64_t outputs = 0;  ///< 0: as many as the queries' features
    bool causal = false;  ///< as for dot_product_attention
    tensor mask = {};  ///< bool, broadcast to [batch, heads, queries, keys]
    bool use_bias = true;
    initializer_option weights = {};  ///< else the scope's; else Glorot uniform
    std::int64_t most_steps = 0;  ///< of `cached_attention`: how many steps there is room for
};

}  // namespace ambit

namespace AMBIT_NAMESPACE::op_parts {

/// The heads of a layer, whose options are checked.
struct attention_heads {
    std::int64_t heads, units, outputs;
    dense_options options;

    constexpr attention_heads(const tensor& queries, const multi_head_attention_options& o)
        : heads(o.heads),
          units(o.units != 0 ? o.units : queries.shape()[-1]),
          outputs(o.outputs != 0 ? o.outputs : queries.shape()[-1]),
          options{.use_bias = o.use_bias, .weights = o.weights} {}

    /// [batch, time, units] -> [batch, heads, time, units / heads].
    constexpr tensor split(const tensor& x) const {
        const tensor apart = reshape(x, {x.shape()[0], x.shape()[1], heads, units / heads});
        return transpose(apart, {0, 2, 1, 3});
    }
    constexpr tensor joined(const tensor& x) const {
        const tensor beside = transpose(x, {0, 2, 1, 3});
        return reshape(beside, {x.shape()[0], x.shape()[2], units});
    }
    /// What a dense layer makes of x, in heads.
    constexpr tensor projected(scope& layer, std::string_view name, const tensor& x, const location& at) const {
        return split(dense(layer, name, x, units, options, at));
    }
};

constexpr tensor refused_attention(const tensor& queries, const tensor& memory, const multi_head_attention_options& o,
                                   std::string_view name, const location& at) {
    if (queries.shape().rank() != 3 || memory.shape().rank() != 3)
        return refuse<mistake::op_shape, "the operands are [batch, time, features]">({queries, memory}, name, at);
    const std::int64_t units = o.units != 0 ? o.units : queries.shape()[-1];
    if (o.heads < 1 || units < 1 || units % o.heads != 0)
        return refuse<mistake::op_option, "the number of units is a multiple of that of heads, at least 1">(
            {queries, memory}, name, at);
    return {};
}

}  // namespace ambit::op_parts

namespace AMBIT_NAMESPACE {

/// Several attentions side by side: [batch, n, features] and [batch, m, features'] -> [batch, n, outputs]; of a
/// sequence to itself both are the same. Variables: name/query/weights [features, units], name/key/…, name/value/… and
/// name/output/weights [units, outputs], each with biases.
///
///     // [8, 20, 64] and [8, 30, 64] -> [8, 20, 64]
///     tensor h = multi_head_attention(s, "attention", x, memory, {.heads = 4});
constexpr tensor multi_head_attention(scope& s, std::string_view name, const tensor& queries, const tensor& memory,
                                      const multi_head_attention_options& o = {},
                                      const location& at = location::current()) {
    const graph_parts::line_of_call here(s, at);
    auto layer = s.variable_scope(name);
    const tensor refused = op_parts::refused_attention(queries, memory, o, "multi_head_attention", at);
    if (refused.builder() != nullptr) return refused;
    const op_parts::attention_heads heads(queries, o);
    const tensor q = heads.projected(layer, "query", queries, at);
    const tensor k = heads.projected(layer, "key", memory, at);
    const tensor v = heads.projected(layer, "value", memory, at);
    const tensor means = dot_product_attention(layer, q, k, v, {.causal = o.causal, .mask = o.mask}, at).outputs;
    return dense(layer, "output", heads.joined(means), heads.outputs, heads.options, at);
}

/// The next step of a causal `multi_head_attention` of a sequence to itself, [batch, 1, features], with the same
/// variables. Keys and values of the steps so far are in local variables, name/keys and name/values
/// [batch, heads, most_steps, units / heads], and their number in name/count; a call beyond `.most_steps` throws an
/// `out_of_range_error`, and `net.reset()` begins anew.
///
///     auto [y, keep] = cached_attention(s, "attention", x, {.heads = 4, .most_steps = 256});  // x: [8, 1, 64]
constexpr streamed_steps cached_attention(scope& s, std::string_view name, const tensor& x,
                                          const multi_head_attention_options& o = {},
                                          const location& at = location::current()) {
    const graph_parts::line_of_call here(s, at);
    auto layer = s.variable_scope(name);
    tensor refused = op_parts::refused_attention(x, x, o, "cached_attention", at);
    if (refused.builder() == nullptr && (x.shape()[1] != 1 || o.most_steps < 1))
        refused = op_parts::refuse<mistake::op_option, "one step a call, [batch, 1, features], of .most_steps = 256">(
            x, "cached_attention", at);
    if (refused.builder() != nullptr) return {refused, s.builder()->group({}, {}, at)};
    const op_parts::attention_heads heads(x, o);
    const shape remembered{x.shape()[0], heads.heads, o.most_steps, heads.units / heads.heads};
    const variable_options of_cache{.initializer = zeros(), .dtype = x.dtype()};
    const variable keys = layer.get_local_variable("keys", remembered, of_cache, at);
    const variable values = layer.get_local_variable("values", remembered, of_cache, at);
    const variable count = layer.get_local_variable("count", 0, {}, at);

    const tensor step = check_range(count, {.high = static_cast<double>(o.most_steps), .name = "step"}, at);
    const tensor steps = range(layer, o.most_steps);
    const tensor is_new = reshape(equal(steps, step), {o.most_steps, 1});
    const tensor q = heads.projected(layer, "query", x, at);
    const tensor new_key = heads.projected(layer, "key", x, at);
    const tensor k = where(is_new, new_key, keys);
    const tensor new_value = heads.projected(layer, "value", x, at);
    const tensor v = where(is_new, new_value, values);
    tensor is_seen = less_equal(steps, step);
    if (o.mask.builder() != nullptr) is_seen = logical_and(is_seen, o.mask);
    const tensor means = dot_product_attention(layer, q, k, v, {.mask = is_seen}, at).outputs;
    const tensor y = dense(layer, "output", heads.joined(means), heads.outputs, heads.options, at);
    const operation keep_keys = assign(keys, k, {}, at);
    const operation keep_values = assign(values, v, {}, at);
    const operation keep_count = assign(count, add(step, 1), {}, at);
    return {y, group({keep_keys, keep_values, keep_count}, {}, at)};
}

AMBIT_NAMED_LAYER(multi_head_attention, "multi_head_attention(s, \"attention\", x, x, {.heads = 4})")
AMBIT_NAMED_LAYER(cached_attention, "cached_attention(s, \"attention\", x, {.heads = 4, .most_steps = 256})")

}  // namespace ambit
