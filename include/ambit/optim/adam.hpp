// SPDX-License-Identifier: BSL-1.0
// Adam, and AdamW with its decoupled weight decay.
//
//     operation train = minimize(s, loss, adam{.learning_rate = 1e-3});
//
// Source: D. P. Kingma, J. Ba, "Adam: a method for stochastic optimization", 2015, algorithm 1: with t steps done,
//     m ← β₁ m + (1 - β₁) g,  v ← β₂ v + (1 - β₂) g²,  w ← w - η (m / (1 - β₁ᵗ)) / (√(v / (1 - β₂ᵗ)) + ε).
// 1 - βᵗ is what the averages of ones would be, c ← β c + (1 - β), and is kept so, in `<scope>/adam/beta1_correction`
// and `…/beta2_correction`: what rounding does to the averages it does to c, and the quotient is right. From a power of
// β, steps of float32 would be too small by 1e-5.
// I. Loshchilov, F. Hutter, "Decoupled weight decay regularization", 2019: w ← w - η λ w beside it.
#pragma once

#include <ambit/ops/all.hpp>
#include <ambit/optim/optimizer.hpp>

namespace AMBIT_NAMESPACE {

struct adam {
    static constexpr std::string_view name = "adam";
    graph_parts::operand learning_rate = 0.001;
    AMBIT_NO_OPTION(lr, "the option is .learning_rate = 0.001")
    AMBIT_NO_OPTION(betas, "the options are .beta1 = 0.9 and .beta2 = 0.999")
    double beta1 = 0.9;
    AMBIT_NO_OPTION(beta_1, "the option is .beta1 = 0.9")
    double beta2 = 0.999;
    AMBIT_NO_OPTION(beta_2, "the option is .beta2 = 0.999")
    double epsilon = 1e-8;
    AMBIT_NO_OPTION(eps, "the option is .epsilon = 1e-8")
    double weight_decay = 0;  ///< λ, at least 0
    bool lazy = false;  ///< rows of a table that a step does not look up keep value and averages; else those move on

    AMBIT_NO_STEPS

    constexpr void state_ranges(graph_parts::option_ranges& options) const {
        options.rate("learning_rate", learning_rate);
        options.from_to_below("beta1", beta1, 0, 1);
        options.from_to_below("beta2", beta2, 0, 1);
        options.from("epsilon", epsilon, 0);
        options.from("weight_decay", weight_decay, 0);
    }

    constexpr bool updates_rows() const { return lazy; }

    /// Scalars of one step, of one dtype each.
    struct scales {
        tensor rate;     // η / (1 - β₁ᵗ)
        tensor widened;  // 1 / √(1 - β₂ᵗ)
    };

    constexpr scales prepare(step_call& step, dtype type) const {
        const variable correction1 = step.state("beta1_correction", type, 0);
        const variable correction2 = step.state("beta2_correction", type, 0);
        const tensor one = step.builder().constant(1, type);
        const tensor next1 = moving_average(correction1, one, beta1);
        const tensor next2 = moving_average(correction2, one, beta2);
        step.does(assign(correction1, next1));
        step.does(assign(correction2, next2));
        return {div(learning_rate, next1), div(1, sqrt(next2))};
    }

    constexpr tensor apply(const update_call& call, const scales& scale) const {
        const variable m = call.slot("m");
        const variable v = call.slot("v");
        const tensor next_m = moving_average(call.now(m), call.gradient(), beta1);
        call.assign(m, next_m);
        const tensor last_v = call.now(v);  // read first on every compiler: C++ leaves the order of arguments open
        const tensor next_v = moving_average(last_v, square(call.gradient()), beta2);
        call.assign(v, next_v);
        const tensor deviation = mul(sqrt(next_v), scale.widened);
        const tensor moved = mul(next_m, scale.rate);
        const tensor step = div(moved, add(deviation, epsilon));
        tensor from = call.value();
        if (!math::equals(weight_decay, 0)) from = sub(from, mul(mul(from, learning_rate), weight_decay));
        return sub(from, step);
    }
};

/// Adam with decoupled weight decay λ.
///
///     operation train = minimize(s, loss, adamw(3e-4, 0.01));
constexpr adam adamw(graph_parts::operand learning_rate, double weight_decay) {
    return {.learning_rate = learning_rate, .weight_decay = weight_decay};
}

}  // namespace ambit
