// SPDX-License-Identifier: BSL-1.0
// Gradient descent, and with momentum.
//
//     operation train = minimize(s, loss, sgd{.learning_rate = 0.1});
//     operation train = minimize(s, loss, momentum{.learning_rate = 0.1, .momentum = 0.9, .nesterov = true});
#pragma once

#include <ambit/ops/all.hpp>
#include <ambit/optim/optimizer.hpp>

namespace AMBIT_NAMESPACE {

/// w ← w - η g
struct sgd {
    static constexpr std::string_view name = "sgd";
    graph_parts::operand learning_rate = 0.01;  ///< at least 0
    AMBIT_NO_OPTION(lr, "the option is .learning_rate = 0.001")
    AMBIT_NO_OPTION(momentum, "this optimizer is another one: momentum{.learning_rate = 0.01, .momentum = 0.9}")
    AMBIT_NO_OPTION(nesterov, "this optimizer is another one: momentum{.momentum = 0.9, .nesterov = true}")

    AMBIT_NO_STEPS

    constexpr void state_ranges(graph_parts::option_ranges& options) const {
        options.rate("learning_rate", learning_rate);
    }

    static constexpr bool updates_rows() { return true; }

    constexpr tensor apply(const update_call& call) const {
        const tensor step = mul(call.gradient(), learning_rate);
        return sub(call.value(), step);
    }
};

/// v ← μ v + g, w ← w - η v; Nesterov's: w ← w - η (g + μ v). Source: I. Sutskever, J. Martens, G. Dahl, G. Hinton, "On
/// the importance of initialization and momentum in deep learning", 2013, in TensorFlow's arrangement.
struct momentum {
    static constexpr std::string_view name = "momentum";
    graph_parts::operand learning_rate = 0.01;
    AMBIT_NO_OPTION(lr, "the option is .learning_rate = 0.001")
    double momentum = 0.9;  ///< at least 0 and below 1
    bool nesterov = false;
    bool lazy = false;  ///< rows of a table that a step does not look up rest; else their velocity moves them on

    AMBIT_NO_STEPS

    constexpr void state_ranges(graph_parts::option_ranges& options) const {
        options.rate("learning_rate", learning_rate);
        options.from_to_below("momentum", momentum, 0, 1);
    }

    constexpr bool updates_rows() const { return lazy; }

    constexpr tensor apply(const update_call& call) const {
        const variable velocity = call.slot("velocity");
        const tensor kept = op_parts::kept_of(call.now(velocity), this->momentum);
        const tensor next = add(kept, call.gradient());
        call.assign(velocity, next);
        tensor direction = next;
        if (nesterov) {
            const tensor ahead = mul(next, this->momentum);
            direction = add(call.gradient(), ahead);
        }
        const tensor step = mul(direction, learning_rate);
        return sub(call.value(), step);
    }
};

}  // namespace ambit
