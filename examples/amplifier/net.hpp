// SPDX-License-Identifier: BSL-1.0
// Two nets that sound like an amplifier: a recurrent one of 16 units, and a stack of convolutions over time. Each comes
// twice, over one set of variables: over whole pieces, for training, and sample by sample, for playing.
#pragma once

#include <ambit/ambit.hpp>
#include <ambit/nn/causal_conv1d.hpp>
#include <ambit/nn/recurrent.hpp>

#include <cstdint>

namespace amplifier {

using namespace ambit;

inline constexpr std::int64_t pieces = 16, steps = 320, warm_up = 64;  ///< of a step of training, in samples

/// LSTM-16.
struct recurrent_net {
    static constexpr std::int64_t units = 16;

    static constexpr tensor over_pieces(scope& s, const tensor& x) {  // [pieces, steps, 1]
        lstm_cell cell(units);
        auto [state, outputs] = dynamic_rnn(s, cell, x);
        return dense(s, "mix", outputs, 1);
    }
    struct played {
        tensor y;
        operation keep;
    };
    static constexpr played one_sample(scope& s, const tensor& x) {  // [1, 1, 1]
        lstm_cell cell(units);
        auto memory = kept_state(s, cell, 1);
        auto rnn = s.variable_scope("rnn");
        auto [state, output] = cell(rnn, squeeze(x, {1}), memory.state);
        rnn.close();
        return {expand_dims(dense(s, "mix", output, 1), 1), memory.keep(state)};
    }
};

/// Six convolutions of three taps, 1, 2, … 32 samples apart: each output hears 127 samples, 2.6 ms.
struct convolutional_net {
    static constexpr std::int64_t channels = 8, layers = 6;

    static constexpr tensor over_pieces(scope& s, const tensor& x) {
        tensor h = x;
        for (int i = 0; i < layers; ++i)
            h = causal_conv1d(s, name("conv", i), h, channels, 3, {.dilation = 1 << i, .activation = tanh});
        return dense(s, "mix", h, 1);
    }
    struct played {
        tensor y;
        operation keep;
    };
    static constexpr played one_sample(scope& s, const tensor& x) {
        tensor h = x;
        operation kept;
        for (int i = 0; i < layers; ++i) {
            auto [y, keep] =
                streaming_conv1d(s, name("conv", i), h, channels, 3, {.dilation = 1 << i, .activation = tanh});
            h = y;
            kept = i == 0 ? keep : group({kept, keep});
        }
        return {dense(s, "mix", h, 1), kept};
    }
};

/// Learns to sound like `wanted`: the error as a share of the signal's energy, behind the first samples of a piece,
/// where the net knows too little of what was before.
template <class Net> struct learner {
    struct outputs {
        tensor loss;
        operation train;
    };
    constexpr outputs operator()(scope& s, tensor x, tensor wanted) const {  // [pieces, steps, 1]
        tensor y = Net::over_pieces(s, x);
        tensor heard = slice(y - wanted, {0, warm_up, 0}, {pieces, steps - warm_up, 1});
        tensor meant = slice(wanted, {0, warm_up, 0}, {pieces, steps - warm_up, 1});
        tensor loss = reduce_sum(square(heard)) / (reduce_sum(square(meant)) + 1e-3);
        variable step = s.get_variable("global_step", {}, {.dtype = int64, .trainable = false});
        tensor rate = scheduled(cosine_decay({.initial = 5e-3, .final = 1e-4, .steps = training_steps}), step);
        return {loss,
                minimize(s, loss, adam{.learning_rate = rate}, {.global_step = step, .clip = clip_by_global_norm(1)})};
    }
    static constexpr int training_steps = 8000;
};

/// One sample in, one out; what is between calls stays in the model.
template <class Net> struct player {
    struct outputs {
        tensor y;
        operation keep;
    };
    constexpr outputs operator()(scope& s, tensor x) const {
        const auto [y, keep] = Net::one_sample(s, x);
        return {y, keep};
    }
};

template <class Net>
using trainer_of = model<learner<Net>, input<float, pieces, steps, 1>, input<float, pieces, steps, 1>>;
template <class Net> using player_of = model<player<Net>, input<float, 1, 1, 1>>;

/// The next sample.
template <class Net> float play(player_of<Net>& net, float x) noexcept {
    using out = typename player<Net>::outputs;
    return net.template run<&out::y, &out::keep>(std::array{x})(0, 0, 0);
}

}  // namespace amplifier
