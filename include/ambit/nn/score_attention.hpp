// SPDX-License-Identifier: BSL-1.0
// Attention of one recurrent net to the outputs of another: a score for each step of a memory, and the mean of the
// memory by the softmax of these. Sources: D. Bahdanau, K. Cho, Y. Bengio, "Neural machine translation by jointly
// learning to align and translate", 2014; M.-T. Luong, H. Pham, C. D. Manning, "Effective approaches to attention-based
// neural machine translation", 2015. TensorFlow 1's `LuongAttention` and `BahdanauAttention`.
//
//     bahdanau_attention attention(s, "attention", memory, 64, {.mask = is_there});      // memory: [batch, n, m]
//     auto [context, weights] = attention(s, state.hidden);                              // [batch, m], [batch, n]
//
// What does not depend on the query is computed where the object is made: make it in front of a loop, and call it in
// its body.
#pragma once

#include <ambit/nn/attended.hpp>
#include <ambit/ops/all.hpp>
#include <ambit/ops/refusal.hpp>

#include <cstdint>
#include <string_view>

namespace AMBIT_NAMESPACE {

struct score_attention_options {
    tensor mask = {};  ///< bool [batch, n]: which steps of the memory count, at least one of each
    initializer_option weights = {};  ///< else the scope's; else Glorot uniform
};

}  // namespace ambit

namespace AMBIT_NAMESPACE::op_parts {

/// A memory with its keys.
class keyed_memory {
public:
    constexpr keyed_memory(scope& layer, const tensor& memory, std::int64_t units, const score_attention_options& o,
                           std::string_view op, const location& at)
        : memory_(memory), mask_(o.mask) {
        if (memory.shape().rank() != 3) {
            keys_ = refuse<mistake::op_shape, "the memory is [batch, n, features]">(memory, op, at);
            return;
        }
        auto own = layer.variable_scope("memory_layer");
        const variable kernel = own.get_variable("kernel", {memory.shape()[2], units},
                                                 {.initializer = o.weights, .dtype = memory.dtype()}, at);
        keys_ = matmul(memory, kernel, {}, at);
    }

    /// [batch, n, units].
    constexpr const tensor& keys() const { return keys_; }

    /// The mean by the scores of [batch, n, units] and a vector for each example, [batch or 1, units, 1].
    constexpr attended mean(const tensor& answers, const tensor& columns, const location& at) const {
        tensor scores = squeeze(matmul(answers, columns, {}, at), {2});
        if (mask_.builder() != nullptr) scores = where(mask_, scores, -math::infinity);
        const tensor weights = softmax(scores, {}, at);
        const tensor row = expand_dims(weights, 1);
        return {squeeze(matmul(row, memory_, {}, at), {1}), weights};
    }

    /// Whether a query fits, [batch, features]; it is reported if not.
    constexpr bool takes(const tensor& query, std::int64_t features, std::string_view op, const location& at) const {
        if (memory_.builder()->is_inert(keys_.id())) return false;
        const bool fits = query.shape().rank() == 2 && query.shape()[0] == memory_.shape()[0] &&
                          (features == 0 || query.shape()[1] == features);
        if (!fits && features == 0)
            refuse<mistake::op_shape, "the query is [batch, features], of the batch of the memory">({query, memory_},
                                                                                                    op, at);
        else if (!fits)
            refuse<mistake::op_shape, "the query is [batch, units], of the batch of the memory">({query, memory_}, op,
                                                                                                 at);
        return fits;
    }

    constexpr attended nothing() const { return {memory_.builder()->inert(memory_.spec()), keys_}; }

private:
    tensor memory_, mask_, keys_;
};

}  // namespace ambit::op_parts

namespace AMBIT_NAMESPACE {

/// score = q · W m: the query has as many features as there are units. Variable: name/memory_layer/kernel [m, units].
class luong_attention {
public:
    constexpr luong_attention(scope& s, std::string_view name, const tensor& memory, std::int64_t units,
                              const score_attention_options& o = {}, const location& at = location::current())
        : units_(units), memory_(made(s, name, memory, units, o, at)) {}

    /// [batch, units] -> [batch, m], and the weights, [batch, n].
    constexpr attended operator()(scope& s, const tensor& query, const location& at = location::current()) const {
        const graph_parts::line_of_call here(s, at);
        if (!memory_.takes(query, units_, "luong_attention", at)) return memory_.nothing();
        return memory_.mean(memory_.keys(), expand_dims(query, -1), at);
    }

private:
    static constexpr op_parts::keyed_memory made(scope& s, std::string_view name, const tensor& memory,
                                                 std::int64_t units, const score_attention_options& o,
                                                 const location& at) {
        const graph_parts::line_of_call here(s, at);
        auto layer = s.variable_scope(name);
        return {layer, memory, units, o, "luong_attention", at};
    }

    std::int64_t units_;
    op_parts::keyed_memory memory_;
};

/// score = v · tanh(W q + U m). Variables: name/memory_layer/kernel [m, units], name/query_layer/kernel [q, units] and
/// name/attention_v [units]; the query's is made by the first call.
class bahdanau_attention {
public:
    constexpr bahdanau_attention(scope& s, std::string_view name, const tensor& memory, std::int64_t units,
                                 const score_attention_options& o = {}, const location& at = location::current())
        : bahdanau_attention(s, s.variable_scope(name, {}, at), memory, units, o, at) {}

    /// [batch, q] -> [batch, m], and the weights, [batch, n].
    constexpr attended operator()(scope& s, const tensor& query, const location& at = location::current()) {
        const graph_parts::line_of_call here(s, at);
        if (!memory_.takes(query, 0, "bahdanau_attention", at)) return memory_.nothing();
        auto layer = s.variable_scope(scope_, {.reuse = was_called_}, at);
        was_called_ = true;
        auto own = layer.variable_scope("query_layer");
        const variable kernel = own.get_variable("kernel", {query.shape()[1], units_},
                                                 {.initializer = weights_, .dtype = query.dtype()}, at);
        const tensor asked = expand_dims(matmul(query, kernel, {}, at), 1);
        const tensor answers = tanh(add(memory_.keys(), asked, {}, at));
        return memory_.mean(answers, column_, at);
    }

private:
    constexpr bahdanau_attention(scope& s, scope&& layer, const tensor& memory, std::int64_t units,
                                 const score_attention_options& o, const location& at)
        : units_(units), weights_(o.weights), scope_(layer.handle()), memory_(made(s, layer, memory, units, o, at)) {
        const variable v =
            layer.get_variable("attention_v", {units}, {.initializer = o.weights, .dtype = memory.dtype()}, at);
        column_ = expand_dims(v, -1);
    }
    static constexpr op_parts::keyed_memory made(scope& s, scope& layer, const tensor& memory, std::int64_t units,
                                                 const score_attention_options& o, const location& at) {
        const graph_parts::line_of_call here(s, at);
        return {layer, memory, units, o, "bahdanau_attention", at};
    }

    std::int64_t units_;
    initializer_option weights_;
    scope_handle scope_;
    op_parts::keyed_memory memory_;
    tensor column_;
    bool was_called_ = false;
};

}  // namespace ambit
