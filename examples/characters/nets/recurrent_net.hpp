// SPDX-License-Identifier: BSL-1.0
// Two LSTM layers that read text and say after each character which one comes next, with dropout behind each layer.
// Source: W. Zaremba, I. Sutskever, O. Vinyals, "Recurrent neural network regularization", 2014.
#pragma once

#include "../alphabet.hpp"

#include <ambit/ambit.hpp>
#include <ambit/nn/embedding.hpp>
#include <ambit/nn/recurrent.hpp>

#include <cstdint>
#include <vector>

namespace characters::recurrent {

using namespace ambit;

inline constexpr std::int64_t batch = 16, piece = 64, units = 256, training_steps = 5000;

constexpr auto make_cell(bool training) {
    const dropout_cell_options behind{.output = 0.5, .training = training};
    return multi_rnn_cell(dropout_cell(lstm_cell(units), behind), dropout_cell(lstm_cell(units), behind));
}

template <class Cell, class State>
constexpr scan_result<State, tensor> read(scope& s, Cell& cell, const tensor& characters, const State& before) {
    const tensor vectors = embedding(s, "characters", characters, classes, 64);
    auto [state, hidden] = dynamic_rnn(s, cell, vectors, before, {.time_major = true});
    return {state, dense(s, "next", hidden, classes)};
}

/// The next piece of each of some texts, [piece, batch]. Gradients end where it begins, the state goes on.
struct learner {
    struct outputs {
        tensor loss;
        operation train, keep;
    };
    constexpr outputs operator()(scope& s, tensor seen, tensor wanted) const {
        auto cell = make_cell(true);
        auto memory = kept_state(s, cell, batch);
        const auto [state, logits] = read(s, cell, seen, memory.state);
        const tensor loss = reduce_mean(sparse_softmax_cross_entropy(logits, wanted));
        variable step = s.get_variable("global_step", {}, {.dtype = int64, .trainable = false});
        constexpr schedule rate = cosine_decay({.initial = 4e-3, .final = 1e-4, .steps = training_steps});
        const operation trained =
            minimize(s, loss, adam{.learning_rate = scheduled(rate.after_warm_up(100), step), .beta2 = 0.99},
                     {.global_step = step, .clip = clip_by_global_norm(1)});
        const exponential_moving_average averages{.decay = 0.998, .num_updates = step};
        return {loss, group({trained, averages.apply(s)}), memory.keep(state)};
    }
};

/// The next piece of one text, [length, 1], and what may follow each character, by the moving averages of the weights.
struct reader {
    struct outputs {
        tensor probabilities;  ///< [length, 1, classes]
        operation keep;
    };
    constexpr outputs operator()(scope& s, tensor seen) const {
        auto net = s.variable_scope(s.handle(), {.custom_getter = averaged});
        auto cell = make_cell(false);
        auto memory = kept_state(net, cell, 1);
        const auto [state, logits] = read(net, cell, seen, memory.state);
        return {softmax(logits), memory.keep(state)};
    }
};

/// What `learned_net` is made of.
struct net {
    static constexpr std::int64_t batch = recurrent::batch, piece = recurrent::piece;
    static constexpr std::int64_t training_steps = recurrent::training_steps;
    static constexpr bool is_time_major = true;
    static constexpr std::size_t whole = 64, read_again = 0;  ///< the state knows what came before a piece

    using trainer = model<learner, input<std::int32_t, piece, batch>, input<std::int32_t, piece, batch>>;
    using whole_reader = model<reader, input<std::int32_t, whole, 1>>;
    using step_reader = model<reader, input<std::int32_t, 1, 1>>;

    static float learn(trainer& of, const std::vector<std::int32_t>& seen, const std::vector<std::int32_t>& wanted) {
        using out = learner::outputs;
        return of.run<&out::loss, &out::train, &out::keep>(seen, wanted);
    }
    static auto read(auto& of, const auto& seen) {
        using out = reader::outputs;
        return of.template run<&out::probabilities, &out::keep>(seen);
    }
};

}  // namespace characters::recurrent
