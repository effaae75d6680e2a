// SPDX-License-Identifier: BSL-1.0
// Steps divided by the root of all squared gradients so far: a ← a + g², w ← w - η g / (√a + ε). Source: J. Duchi,
// E. Hazan, Y. Singer, "Adaptive subgradient methods for online learning and stochastic optimization", 2011.
//
//     operation train = minimize(s, loss, adagrad{.learning_rate = 0.05});
#pragma once

#include <ambit/ops/all.hpp>
#include <ambit/optim/optimizer.hpp>

namespace AMBIT_NAMESPACE {

struct adagrad {
    static constexpr std::string_view name = "adagrad";
    graph_parts::operand learning_rate = 0.01;
    AMBIT_NO_OPTION(lr, "the option is .learning_rate = 0.001")
    double initial_accumulator = 0.1;  ///< at least 0
    double epsilon = 1e-7;            ///< at least 0
    AMBIT_NO_OPTION(eps, "the option is .epsilon = 1e-7")

    AMBIT_NO_STEPS

    constexpr void state_ranges(graph_parts::option_ranges& options) const {
        options.rate("learning_rate", learning_rate);
        options.from("initial_accumulator", initial_accumulator, 0);
        options.from("epsilon", epsilon, 0);
    }

    static constexpr bool updates_rows() { return true; }

    constexpr tensor apply(const update_call& call) const {
        const variable accumulator = call.slot("accumulator", initial_accumulator);
        const tensor last = call.now(accumulator);
        const tensor next = add(last, square(call.gradient()));
        call.assign(accumulator, next);
        const tensor moved = mul(call.gradient(), learning_rate);
        // By an infinite sum every step from now on would be divided to 0, and nobody would see it.
        const tensor is_finite = less(next, math::infinity);
        const tensor divisor = where(is_finite, add(sqrt(next), epsilon), math::not_a_number);
        const tensor step = div(moved, divisor);
        return sub(call.value(), step);
    }
};

}  // namespace ambit
