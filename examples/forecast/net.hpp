// SPDX-License-Identifier: BSL-1.0
// A recurrent net that reads the changes of two years and says the next one.
#pragma once

#include <ambit/ambit.hpp>
#include <ambit/nn/recurrent.hpp>

#include <cstdint>

namespace forecast {

using namespace ambit;

inline constexpr std::int64_t window = 24;  ///< months that the net sees
inline constexpr std::int64_t batch = 64;

/// From changes of the logarithm of a price, [batch, window], in units of `scale`, to the next, [batch].
constexpr tensor next_change(scope& s, const tensor& changes) {
    gru_cell cell(12);
    const auto [state, outputs] = dynamic_rnn(s, cell, expand_dims(changes, -1));
    return squeeze(dense(s, "change", state, 1), {1});
}
inline constexpr double scale = 0.1;

struct learner {
    struct outputs {
        tensor loss;
        operation train;
    };
    constexpr outputs operator()(scope& s, tensor changes, tensor wanted) const {
        tensor loss = reduce_mean(abs(next_change(s, changes) - wanted));
        return {loss, minimize(s, loss, adam{.learning_rate = 1e-3}, {.clip = clip_by_global_norm(1)})};
    }
};

struct forecaster {
    constexpr tensor operator()(scope& s, tensor changes) const { return next_change(s, changes); }
};

using trainer = model<learner, input<float, batch, window>, input<float, batch>>;
using oracle = model<forecaster, input<float, 1, window>>;

}  // namespace forecast
