// SPDX-License-Identifier: BSL-1.0
// Sequence to sequence with attention: one net reads the letters of a date in words, from both sides, another one
// writes the letters of ISO 8601, and looks at what the first has read.
#pragma once

#include "grammar.hpp"

#include <ambit/ambit.hpp>
#include <ambit/nn/embedding.hpp>
#include <ambit/nn/recurrent.hpp>
#include <ambit/nn/score_attention.hpp>

#include <cstdint>

namespace dates {

using namespace ambit;

inline constexpr std::int64_t batch = 64, steps_read = longest, steps_written = iso_length, units = 48;
inline constexpr std::int64_t read_letters = word_letters.size(), written_letters = iso_letters.size();

/// Reads dates, [batch, steps_read], of which the first `lengths` letters count, and holds what the writing net needs.
class translator {
public:
    constexpr translator(scope& s, const tensor& words, const tensor& lengths)
        : translator(s, encoded(s, words, lengths), lengths) {}

    constexpr const tensor& first_state() const { return first_state_; }

    /// What one step of writing says: the logits of the next letter, and where the net looked, [batch, steps_read].
    struct said {
        tensor logits, weights;
    };

    /// One step: the letter written before, [batch], as a number.
    constexpr scan_step<tensor, said> operator()(scope& s, const tensor& state, const tensor& before) {
        const tensor letter = embedding(s, "letters", before, written_letters, 16);
        const auto [context, weights] = attention_(s, state);
        const auto [next, output] = writer_(s, concat({letter, context}, -1), state);
        return {next, {dense(s, "logits", concat({output, context}, -1), written_letters), weights}};
    }

private:
    struct memory {
        tensor states, last;
    };

    static constexpr memory encoded(scope& s, const tensor& words, const tensor& lengths) {
        const tensor letters = embedding(s, "letters", words, read_letters, 24);
        gru_cell forward(units), backward(units);
        const auto [first, second] =
            bidirectional_rnn(s, forward, backward, letters, {.sequence_length = lengths, .name = "encoder"});
        const tensor both = concat({first.state, second.state}, -1);
        return {concat({first.outputs, second.outputs}, -1), tanh(dense(s, "bridge", both, units))};
    }

    constexpr translator(scope& s, const memory& read, const tensor& lengths)
        : first_state_(read.last),
          attention_(s, "attention", read.states, units,
                     {.mask = less(reshape(range(s, 0, steps_read, 1), {1, steps_read}), expand_dims(lengths, 1))}),
          writer_(units) {}

    tensor first_state_;
    bahdanau_attention attention_;
    gru_cell writer_;
};

inline constexpr std::int64_t training_steps = 1500;

/// Training with what should have been written before each letter (teacher forcing).
struct learner {
    struct outputs {
        tensor loss;
        operation train;
    };

    /// `before` and `wanted`: [steps_written, batch].
    constexpr outputs operator()(scope& s, tensor words, tensor lengths, tensor before, tensor wanted) const {
        translator net(s, words, lengths);
        auto decoder = s.variable_scope("decoder");
        auto [state, written] = scan(
            decoder,
            [&](scope& in, tensor memory, tensor letter) {
                const auto [next, said] = net(in, memory, letter);
                return scan_step{next, said.logits};
            },
            before, net.first_state());
        decoder.close();
        tensor loss = reduce_mean(sparse_softmax_cross_entropy(written, wanted));
        variable step = s.get_variable("global_step", {}, {.dtype = int64, .trainable = false});
        tensor rate = scheduled(cosine_decay({.initial = 4e-3, .final = 1e-4, .steps = training_steps}), step);
        return {loss,
                minimize(s, loss, adam{.learning_rate = rate}, {.global_step = step, .clip = clip_by_global_norm(1)})};
    }
};

/// Writes a date letter by letter, each time the likeliest, and says where it looked.
template <std::int64_t Batch> struct writer {
    struct outputs {
        tensor letters;  ///< [steps_written, batch]
        tensor weights;  ///< [steps_written, batch, steps_read]
    };

    constexpr outputs operator()(scope& s, tensor words, tensor lengths) const {
        translator net(s, words, lengths);
        auto decoder = s.variable_scope("decoder");
        struct memory {
            tensor state, before;
        };
        struct written {
            tensor letter, weights;
        };
        const memory begin{net.first_state(), zeros(s, {Batch}, {.dtype = int32}) + before_first};
        auto [end, all] = scan(
            decoder,
            [&](scope& in, memory so_far, tensor) {
                const auto [next, said] = net(in, so_far.state, so_far.before);
                const tensor letter = argmax(said.logits, -1);
                return scan_step{memory{next, letter}, written{letter, said.weights}};
            },
            steps_written, begin);
        return {all.letter, all.weights};
    }
};

using trainer = model<learner, input<std::int32_t, batch, steps_read>, input<std::int32_t, batch>,
                      input<std::int32_t, steps_written, batch>, input<std::int32_t, steps_written, batch>>;
using reader = model<writer<batch>, input<std::int32_t, batch, steps_read>, input<std::int32_t, batch>>;

}  // namespace dates
