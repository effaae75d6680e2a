// SPDX-License-Identifier: BSL-1.0
// What a file says of training: the loss, the optimizer, and numbers for the program that feeds it.
//
//     [training]
//     loss = "sparse_softmax_cross_entropy"
//     optimizer = { type = "adam", learning_rate = 1e-3 }
//     batch = 32
//     epochs = 5
#pragma once

#include <ambit/config/table_reader.hpp>
#include <ambit/nn/losses.hpp>
#include <ambit/optim/adagrad.hpp>
#include <ambit/optim/adam.hpp>
#include <ambit/optim/minimize.hpp>
#include <ambit/optim/rmsprop.hpp>
#include <ambit/optim/sgd.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string_view>
#include <variant>

namespace AMBIT_NAMESPACE {

/// What the answers of a net are compared with.
enum class loss_function {
    sparse_softmax_cross_entropy,  ///< logits and int32 labels, one an example
    softmax_cross_entropy,         ///< logits and probabilities of the same shape
    sigmoid_cross_entropy,         ///< logits and numbers in [0, 1] of the same shape
    mean_squared_error,            ///< targets of the same shape, as below
    absolute_difference,
    huber
};

/// What a file says of training. `batch` and `epochs` are for the program; the module uses the others.
struct training_settings {
    loss_function loss = loss_function::sparse_softmax_cross_entropy;
    std::variant<sgd, momentum, adam, rmsprop, adagrad> optimizer = adam{};
    gradient_clipping clip = {};
    std::int64_t batch = 32;
    std::int64_t epochs = 1;
    std::uint64_t seed = 1;  ///< for the registry, and for the order of examples
    int line = 0;
};

}  // namespace ambit

namespace AMBIT_NAMESPACE::config_parts {

inline constexpr std::array<std::string_view, 6> losses{"sparse_softmax_cross_entropy", "softmax_cross_entropy",
                                                        "sigmoid_cross_entropy",        "mean_squared_error",
                                                        "absolute_difference",          "huber"};
inline constexpr std::array<std::string_view, 5> optimizers{"sgd", "momentum", "adam", "rmsprop", "adagrad"};

inline double share(table_reader& table, std::string_view key, double otherwise) {
    const auto said = table.optional(key);
    return said ? said->number(0, 1, false) : otherwise;
}
inline double at_least_zero(table_reader& table, std::string_view key, double otherwise) {
    const auto said = table.optional(key);
    return said ? said->number(0, 1e6) : otherwise;
}
inline void read_rate(table_reader& table, graph_parts::operand& rate) {
    if (const auto said = table.optional("learning_rate")) rate = said->number(0, 1e6);
}

/// A name, or a table of `type` and what the optimizer of this name may be told.
inline void read_optimizer(const placed_value& from, training_settings& into) {
    if (from.kind() == value_kind::text) {
        const std::size_t chosen = from.word(optimizers);
        if (chosen == 0) into.optimizer = sgd{};
        else if (chosen == 1) into.optimizer = momentum{};
        else if (chosen == 2) into.optimizer = adam{};
        else if (chosen == 3) into.optimizer = rmsprop{};
        else into.optimizer = adagrad{};
        return;
    }
    if (from.kind() != value_kind::table) from.expect(value_kind::table, "the name of an optimizer, or a table");
    table_reader table(from);
    const std::size_t chosen = table.required("type").word(optimizers);
    if (chosen == 0) {
        sgd by;
        read_rate(table, by.learning_rate);
        into.optimizer = by;
    } else if (chosen == 1) {
        momentum by;
        read_rate(table, by.learning_rate);
        by.momentum = share(table, "momentum", by.momentum);
        if (const auto said = table.optional("nesterov")) by.nesterov = said->boolean();
        into.optimizer = by;
    } else if (chosen == 2) {
        adam by;
        read_rate(table, by.learning_rate);
        by.beta1 = share(table, "beta1", by.beta1);
        by.beta2 = share(table, "beta2", by.beta2);
        by.epsilon = at_least_zero(table, "epsilon", by.epsilon);
        by.weight_decay = at_least_zero(table, "weight_decay", by.weight_decay);
        into.optimizer = by;
    } else if (chosen == 3) {
        rmsprop by;
        read_rate(table, by.learning_rate);
        by.decay = share(table, "decay", by.decay);
        by.momentum = share(table, "momentum", by.momentum);
        by.epsilon = at_least_zero(table, "epsilon", by.epsilon);
        if (const auto said = table.optional("centered")) by.centered = said->boolean();
        into.optimizer = by;
    } else {
        adagrad by;
        read_rate(table, by.learning_rate);
        by.initial_accumulator = at_least_zero(table, "initial_accumulator", by.initial_accumulator);
        by.epsilon = at_least_zero(table, "epsilon", by.epsilon);
        into.optimizer = by;
    }
    table.finish();
}

inline training_settings read_training(const placed_value& from) {
    table_reader table(from);
    training_settings made;
    made.line = from.line();
    made.loss = static_cast<loss_function>(table.required("loss").word(losses));
    read_optimizer(table.required("optimizer"), made);
    if (const auto said = table.optional("clip_by_global_norm")) made.clip = clip_by_global_norm(said->number(0, 1e6));
    if (const auto said = table.optional("batch")) made.batch = said->integer(1, 1 << 20);
    if (const auto said = table.optional("epochs")) made.epochs = said->integer(1, 1 << 20);
    constexpr std::uint64_t largest_seed = (std::numeric_limits<std::uint64_t>::max)();
    if (const auto said = table.optional("seed")) made.seed = said->natural(largest_seed);
    table.finish();
    return made;
}

/// One number, over the batch.
inline tensor loss_of(loss_function loss, const tensor& y, const tensor& wanted) {
    switch (loss) {
        case loss_function::sparse_softmax_cross_entropy: return reduce_mean(sparse_softmax_cross_entropy(y, wanted));
        case loss_function::softmax_cross_entropy: return reduce_mean(softmax_cross_entropy(y, wanted));
        case loss_function::sigmoid_cross_entropy: return reduce_mean(sigmoid_cross_entropy(y, wanted));
        case loss_function::mean_squared_error: return mean_squared_error(y, wanted);
        case loss_function::absolute_difference: return absolute_difference(y, wanted);
        case loss_function::huber: return huber_loss(y, wanted);
    }
    return y;
}

}  // namespace ambit::config_parts
