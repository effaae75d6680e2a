// SPDX-License-Identifier: BSL-1.0
// Learning rates that change with the steps of training. A schedule is a value, `rate(100)` is its number at step 100;
// `scheduled` makes it a tensor, which any optimizer takes.
//
//     const variable step = s.get_variable("global_step", {}, {.dtype = int64, .trainable = false});
//     constexpr schedule rate = cosine_decay({.initial = 1e-3, .steps = 20000}).after_warm_up(500);
//     return minimize(s, loss, adam{.learning_rate = scheduled(rate, step)}, {.global_step = step});
//
// Steps are counted from 0; `minimize` counts after it has used the rate. With t for the step, the functions say what
// the rate is. TensorFlow 1's `tf.train` has the same equations.
#pragma once

#include <ambit/contract/schedule.hpp>
#include <ambit/ops/all.hpp>

#include <cstddef>
#include <cstdint>
#include <initializer_list>

namespace AMBIT_NAMESPACE {

/// initial
///
///     constexpr schedule rate = constant_rate(1e-3).after_warm_up(500);
constexpr schedule constant_rate(double initial) { return {.initial = initial}; }

struct exponential_decay_options {
    double initial = 0.1;
    double steps = 1;
    double rate = 0.96;
    bool staircase = false;
};
/// initial · rate^(t / steps), with the whole part of t / steps alone if `staircase`.
///
///     constexpr schedule rate = exponential_decay({.initial = 0.1, .steps = 1000, .rate = 0.96});
constexpr schedule exponential_decay(const exponential_decay_options& o) {
    return {.kind = contract_parts::schedule_kind::exponential,
            .staircase = o.staircase,
            .initial = o.initial,
            .steps = o.steps,
            .rate = o.rate};
}

struct inverse_time_decay_options {
    double initial = 0.1;
    double steps = 1;
    double rate = 0.5;
    bool staircase = false;
};
/// initial / (1 + rate · t / steps), with the whole part of t / steps alone if `staircase`.
///
///     constexpr schedule rate = inverse_time_decay({.initial = 0.1, .steps = 1000});
constexpr schedule inverse_time_decay(const inverse_time_decay_options& o) {
    return {.kind = contract_parts::schedule_kind::inverse_time,
            .staircase = o.staircase,
            .initial = o.initial,
            .steps = o.steps,
            .rate = o.rate};
}

struct polynomial_decay_options {
    double initial = 0.1;
    double final = 1e-4;
    double steps = 1;
    double power = 1;
    bool cycle = false;  ///< once t passes `steps`, the next multiple of them takes their place, and so on
};
/// final + (initial - final) · (1 - min(t, steps) / steps)^power
///
///     constexpr schedule rate = polynomial_decay({.initial = 0.1, .final = 1e-4, .steps = 20000, .power = 2});
constexpr schedule polynomial_decay(const polynomial_decay_options& o) {
    return {.kind = contract_parts::schedule_kind::polynomial,
            .restarts = o.cycle,
            .initial = o.initial,
            .final = o.final,
            .steps = o.steps,
            .power = o.power};
}

struct linear_decay_options {
    double initial = 0.1;
    double final = 0;
    double steps = 1;
};
/// From `initial` to `final` in a straight line, then `final`.
///
///     constexpr schedule rate = linear_decay({.initial = 1e-3, .steps = 20000});
constexpr schedule linear_decay(const linear_decay_options& o) {
    return polynomial_decay({.initial = o.initial, .final = o.final, .steps = o.steps});
}

struct cosine_decay_options {
    double initial = 0.1;
    double final = 0;
    double steps = 1;
};
/// final + (initial - final) · (1 + cos(π · min(t, steps) / steps)) / 2. Source: I. Loshchilov, F. Hutter, "SGDR:
/// stochastic gradient descent with warm restarts", 2017, equation 5.
///
///     constexpr schedule rate = cosine_decay({.initial = 1e-3, .steps = 20000}).after_warm_up(500);
constexpr schedule cosine_decay(const cosine_decay_options& o) {
    return {.kind = contract_parts::schedule_kind::cosine, .initial = o.initial, .final = o.final, .steps = o.steps};
}

struct cosine_restarts_options {
    double initial = 0.1;
    double final = 0;
    double steps = 1;  ///< of the first period
    double growth = 1;  ///< of each period over the one before it: 1, or at least 1.1
    double shrink = 1;  ///< of each peak over the one before it
};
/// The same again and again: period i has steps · growth^i steps and begins at initial · shrink^i.
///
///     constexpr schedule rate = cosine_decay_restarts({.initial = 1e-3, .steps = 1000, .growth = 2, .shrink = 0.5});
constexpr schedule cosine_decay_restarts(const cosine_restarts_options& o) {
    return {.kind = contract_parts::schedule_kind::cosine,
            .restarts = 1,
            .initial = o.initial,
            .final = o.final,
            .steps = o.steps,
            .growth = o.growth,
            .shrink = o.shrink};
}

/// values[0] up to step boundaries[0], that one included, then values[1] up to boundaries[1], and so on; at most 8
/// boundaries, which go up, and one more value.
///
///     constexpr schedule rate = piecewise_constant({10000, 15000}, {0.1, 0.01, 0.001});
constexpr schedule piecewise_constant(std::initializer_list<double> boundaries, std::initializer_list<double> values) {
    schedule made{.kind = contract_parts::schedule_kind::piecewise};
    const bool fits = boundaries.size() <= schedule::max_boundaries && values.size() == boundaries.size() + 1;
    made.boundaries = fits ? static_cast<std::int64_t>(boundaries.size()) : -1;
    if (!fits) return made;
    for (std::size_t i = 0; i < boundaries.size(); ++i) made.boundary[i] = boundaries.begin()[i];
    for (std::size_t i = 0; i < values.size(); ++i) made.value[i] = values.begin()[i];
    return made;
}

}  // namespace ambit
