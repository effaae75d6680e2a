// SPDX-License-Identifier: BSL-1.0
// A vector that is learnt for each word of a vocabulary, and the words' logits by the same table. Source: O. Press,
// L. Wolf, "Using the output embedding to improve language models", 2016.
//
//     tensor x = embedding(s, "words", ids, 10000, 128);        // int32 [batch, time] -> [batch, time, 128]
//     tensor logits = embedding_logits(s, "words", h);          // [batch, time, 128] -> [batch, time, 10000]
//
// The variable words/weights [vocabulary, units] is read by both. Where only lookups read it, `minimize` reads and
// changes the rows that were looked up, with an optimizer that can: sgd and adagrad, and momentum, rmsprop and adam if
// they are `.lazy` (optim/optimizer.hpp). A table that gives logits, too, has a gradient by all of its rows.
#pragma once

#include <ambit/core/whole_number.hpp>
#include <ambit/nn/named_layer.hpp>
#include <ambit/ops/all.hpp>

#include <cstdint>
#include <string_view>

namespace AMBIT_NAMESPACE {

struct embedding_options {
    initializer_option weights = {};  ///< else the scope's; else Glorot uniform
    dtype_option dtype = float32;
};

/// int32 or int64 of any shape -> the same with an axis of `units` behind it. An id outside of the vocabulary gives
/// zeros; `check_range(ids, {.high = 10000})` refuses it.
///
///     tensor vectors = embedding(s, "words", words, 10000, 128);  // int32[32, 20] -> [32, 20, 128]
constexpr tensor embedding(scope& s, std::string_view name, const tensor& ids, core_parts::whole_number vocabulary,
                           core_parts::whole_number units, const embedding_options& o = {},
                           const location& at = location::current()) {
    const graph_parts::line_of_call here(s, at);
    auto layer = s.variable_scope(name);
    const variable weights = layer.get_variable("weights", {vocabulary.value, units.value},
                                                {.initializer = o.weights, .dtype = o.dtype}, at);
    return embedding_lookup(weights, ids, {}, at);
}

/// [..., units] -> [..., vocabulary], by the table of an `embedding` of this name in this scope, which was made before.
///
///     tensor vectors = embedding(s, "words", words, 10000, 128);
///     tensor logits = embedding_logits(s, "words", vectors);    // [32, 20, 128] -> [32, 20, 10000]
constexpr tensor embedding_logits(scope& s, std::string_view name, const tensor& x,
                                  const location& at = location::current()) {
    const graph_parts::line_of_call here(s, at);
    auto layer = s.variable_scope(name, {.reuse = true});
    const variable weights = layer.get_variable("weights", any_shape, {}, at);
    return matmul(x, weights, {.transpose_b = true}, at);
}

AMBIT_NAMED_LAYER(embedding, "embedding(s, \"words\", ids, 10000, 128)")
AMBIT_NAMED_LAYER(embedding_logits, "embedding_logits(s, \"words\", x)")

}  // namespace ambit
