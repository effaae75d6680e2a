// SPDX-License-Identifier: BSL-1.0
// A causal transformer that reads a window of text and says after each character which one comes next; character by
// character it remembers keys and values. One table has the characters' vectors and gives the logits.
#pragma once

#include "../alphabet.hpp"

#include <ambit/ambit.hpp>
#include <ambit/nn/embedding.hpp>
#include <ambit/nn/transformer.hpp>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace characters::transformer {

using namespace ambit;

inline constexpr std::int64_t batch = 8, window = 128, units = 192, blocks = 2, training_steps = 4000;
inline constexpr transformer_options block_options{.heads = 4, .most_steps = window};
inline constexpr double dropped = 0.1;

/// A vector for each place in the window.
constexpr tensor places(scope& s) {
    auto layer = s.variable_scope("places");
    return layer.get_variable("weights", {window, units}, {.initializer = random_normal({.standard_deviation = 0.1})});
}

constexpr tensor logits(scope& s, const tensor& x) {
    const tensor normal = layer_normalization(s, "norm", x);
    return embedding_logits(s, "characters", normal);
}

/// Windows of some texts, [batch, window].
struct learner {
    struct outputs {
        tensor loss;
        operation train;
    };
    constexpr outputs operator()(scope& s, tensor seen, tensor wanted) const {
        tensor x = embedding(s, "characters", seen, classes, units) + places(s);
        for (int i = 0; i < blocks; ++i) {
            x = dropout(s, x, {.rate = dropped});
            x = transformer_block(s, name("block", i), x, block_options);
        }
        const tensor loss = reduce_mean(sparse_softmax_cross_entropy(logits(s, x), wanted));
        variable step = s.get_variable("global_step", {}, {.dtype = int64, .trainable = false});
        constexpr schedule rate = cosine_decay({.initial = 1.5e-3, .final = 5e-5, .steps = training_steps});
        const operation trained =
            minimize(s, loss, adam{.learning_rate = scheduled(rate.after_warm_up(200), step), .beta2 = 0.99},
                     {.global_step = step, .clip = clip_by_global_norm(1)});
        const exponential_moving_average averages{.decay = 0.998, .num_updates = step};
        return {loss, group({trained, averages.apply(s)})};
    }
};

/// A window of one text, [1, window], and what may follow each character, [1, window, classes].
struct reader {
    constexpr tensor operator()(scope& s, tensor seen) const {
        auto net = s.variable_scope(s.handle(), {.custom_getter = averaged});
        tensor x = embedding(net, "characters", seen, classes, units) + places(net);
        for (int i = 0; i < blocks; ++i) x = transformer_block(net, name("block", i), x, block_options);
        return softmax(logits(net, x));
    }
};

/// The same character by character, [1, 1], as far as the window goes.
struct step_reader {
    struct outputs {
        tensor probabilities;
        operation keep;
    };
    constexpr outputs operator()(scope& s, tensor seen) const {
        auto net = s.variable_scope(s.handle(), {.custom_getter = averaged});
        const variable place = net.get_local_variable("place", 0);
        tensor x = embedding(net, "characters", seen, classes, units) + gather(places(net), place);
        operation kept = assign_add(place, 1);
        for (int i = 0; i < blocks; ++i) {
            const auto [y, keep] = cached_transformer_block(net, name("block", i), x, block_options);
            x = y;
            kept = group({kept, keep});
        }
        return {softmax(logits(net, x)), kept};
    }
};

/// What `learned_net` is made of.
struct net {
    static constexpr std::int64_t batch = transformer::batch, piece = window;
    static constexpr std::int64_t training_steps = transformer::training_steps;
    static constexpr bool is_time_major = false;
    static constexpr std::size_t whole = window, read_again = window / 2;  ///< at the end of a window, for the next

    using trainer = model<learner, input<std::int32_t, batch, window>, input<std::int32_t, batch, window>>;
    using whole_reader = model<reader, input<std::int32_t, 1, window>>;
    using step_reader = model<transformer::step_reader, input<std::int32_t, 1, 1>>;

    static float learn(trainer& of, const std::vector<std::int32_t>& seen, const std::vector<std::int32_t>& wanted) {
        return of.run<&learner::outputs::loss, &learner::outputs::train>(seen, wanted);
    }
    static auto read(whole_reader& of, const auto& seen) { return of(seen); }
    static auto read(step_reader& of, const auto& seen) {
        using out = transformer::step_reader::outputs;
        return of.run<&out::probabilities, &out::keep>(seen);
    }
};

}  // namespace characters::transformer
