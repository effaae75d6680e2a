// SPDX-License-Identifier: BSL-1.0
// Steps divided by the root of a moving mean of squared gradients: s ← ρ s + (1 - ρ) g², w ← w - v with
// v ← μ v + η g / √(s + ε); centered: the variance of g in place of s, with the moving mean m of g. Sources: T.
// Tieleman, G. Hinton, lecture 6.5 of "Neural networks for machine learning", 2012; A. Graves, "Generating sequences
// with recurrent neural networks", 2013, equations 38 to 40 (centered).
//
// The variance is a slot of its own in place of s, c ← ρ c + (1 - ρ) ρ (g - m)² with the m of the step before: the same
// as s - m², of which rounding leaves nothing, or less, where gradients hardly change.
//
//     operation train = minimize(s, loss, rmsprop{.learning_rate = 1e-3, .momentum = 0.9});
#pragma once

#include <ambit/ops/all.hpp>
#include <ambit/optim/optimizer.hpp>

namespace AMBIT_NAMESPACE {

struct rmsprop {
    static constexpr std::string_view name = "rmsprop";
    graph_parts::operand learning_rate = 0.001;
    AMBIT_NO_OPTION(lr, "the option is .learning_rate = 0.001")
    double decay = 0.9;  ///< ρ
    double momentum = 0;
    double epsilon = 1e-7;
    AMBIT_NO_OPTION(eps, "the option is .epsilon = 1e-7")
    bool centered = false;
    bool lazy = false;  ///< rows of a table that a step does not look up keep value and means; else those fall

    AMBIT_NO_STEPS

    constexpr void state_ranges(graph_parts::option_ranges& options) const {
        options.rate("learning_rate", learning_rate);
        options.from_to_below("decay", decay, 0, 1);
        options.from_to_below("momentum", momentum, 0, 1);
        options.from("epsilon", epsilon, 0);
    }

    constexpr bool updates_rows() const { return lazy; }

    constexpr tensor apply(const update_call& call) const {
        const tensor spread = centered ? variance_of(call) : mean_square_of(call);
        const tensor moved = mul(call.gradient(), learning_rate);
        tensor step = div(moved, sqrt(add(spread, epsilon)));
        if (!math::equals(momentum, 0)) {
            const variable velocity = call.slot("velocity");
            const tensor kept = op_parts::kept_of(call.now(velocity), momentum);
            step = add(kept, step);
            call.assign(velocity, step);
        }
        return sub(call.value(), step);
    }

private:
    constexpr tensor mean_square_of(const update_call& call) const {
        const variable mean_square = call.slot("mean_square");
        const tensor last = call.now(mean_square);
        const tensor next = moving_average(last, square(call.gradient()), decay);
        call.assign(mean_square, next);
        return next;
    }
    constexpr tensor variance_of(const update_call& call) const {
        const variable variance = call.slot("variance");
        const variable mean = call.slot("mean");
        const tensor distance = sub(call.gradient(), call.now(mean));
        const tensor squared = mul(square(distance), decay);
        const tensor next = moving_average(call.now(variance), squared, decay);
        call.assign(variance, next);
        call.assign(mean, moving_average(call.now(mean), call.gradient(), decay));
        return next;
    }
};

}  // namespace ambit
