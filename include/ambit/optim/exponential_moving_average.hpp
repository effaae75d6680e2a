// SPDX-License-Identifier: BSL-1.0
// Moving averages of variables, which often do better than the variables themselves: a ← decay · a + (1 - decay) · w
// after each step. Source: B. T. Polyak, A. B. Juditsky, "Acceleration of stochastic approximation by averaging", 1992;
// the equations are TensorFlow 1's `tf.train.ExponentialMovingAverage`.
//
//     const operation step = minimize(s, loss, sgd{.learning_rate = 0.1});
//     const exponential_moving_average averages{.decay = 0.999};
//     return {loss, group({step, averages.apply(s)})};             // reads the variables as they are after the step
//
// Each average is a variable `<variable>/exponential_moving_average`, a slot: saved and shared like those of an
// optimizer. At first it holds what its variable holds at first.
//
// A model that is built for evaluation reads the averages in place of the variables, if `averaged` is the custom getter
// of the scopes that it asks. It runs on the trainer's parameters; nothing is copied, and training goes on.
//
//     auto all = s.variable_scope(s.handle(), {.custom_getter = averaged});
//     return classifier(all, images);
#pragma once

#include <ambit/graph/variable_list.hpp>
#include <ambit/ops/all.hpp>
#include <ambit/optim/optimizer.hpp>
#include <ambit/scope/custom_getter.hpp>

#include <initializer_list>
#include <span>
#include <string_view>

namespace AMBIT_NAMESPACE {

struct exponential_moving_average {
    static constexpr std::string_view name = "exponential_moving_average";

    double decay = 0.999;  ///< from 0 to 1
    /// A scalar that counts steps, t: then the decay is min(decay, (1 + t) / (10 + t)), and young averages move faster.
    scope_parts::option<variable> num_updates = {};

    /// Moves the averages towards the values that the variables have at this point of the program; a list is a set, and
    /// not an empty one.
    constexpr operation apply(scope& s, const core_parts::buffer<variable>& variables, const op_options& options = {},
                              const location& at = location::current()) const {
        const graph_parts::line_of_call here(s, at);
        graph_builder& builder = *s.builder();
        const std::string_view group_name = options.name.empty() ? name : options.name;
        if (!builder.may_be_named(options.name, at)) return builder.nothing();
        if (!graph_parts::is_list_of_own(builder, variables, group_name, at)) return builder.nothing();
        graph_parts::option_ranges ranges(builder, group_name, at);
        ranges.from_to("decay", decay, 0, 1);
        if (!ranges.all_fit()) return builder.nothing();
        const auto names = s.name_scope(group_name);
        if (num_updates) (*num_updates).store()->counts_steps((*num_updates).id());
        core_parts::buffer<operation> all;
        tensor share_of_float, share_of_double;
        for (const variable& v : graph_parts::each_once(builder, variables)) {
            const variable mean = average(v);
            if (!num_updates) {
                const tensor next = moving_average(mean, v, decay);
                all.push_back(assign(mean, next));
                continue;
            }
            tensor& share = v.dtype() == dtype::float64 ? share_of_double : share_of_float;
            if (share.builder() == nullptr) share = share_at(*num_updates, v.dtype());
            const tensor value = v;
            const tensor distance = sub(value, mean);
            const tensor moved = mul(distance, share);
            all.push_back(assign(mean, add(mean, moved)));
        }
        return builder.group(all, {group_name}, at);
    }
    constexpr operation apply(scope& s, std::initializer_list<variable> variables, const op_options& options = {},
                              const location& at = location::current()) const {
        return apply(s, graph_parts::list_of(variables.begin(), variables.size()), options, at);
    }
    constexpr operation apply(scope& s, std::span<const variable> variables, const op_options& options = {},
                              const location& at = location::current()) const {
        return apply(s, graph_parts::list_of(variables.data(), variables.size()), options, at);
    }
    AMBIT_REFUSES("the variables are a list: averages.apply(s, {weights})")
    constexpr operation apply(scope& s, const variable& v) const { return apply(s, {v}); }
    /// Of all trainable variables.
    constexpr operation apply(scope& s, const op_options& options = {},
                              const location& at = location::current()) const {
        return apply(s, graph_parts::met_trainable_variables(*s.builder()), options, at);
    }

    /// The average of a variable; it is made where it is asked for first.
    static constexpr variable average(const variable& v, const core_parts::place& at = location::current()) {
        if (v.id() < 0) return v;
        return {v.store(), v.store()->make_shadow(v.id(), name, at)};
    }

private:
    /// 1 - decay, the share of a new value; of its own, since in float32 little is left of 1 less a number near 1.
    constexpr tensor share_at(const variable& updates, dtype type) const {
        const tensor t = updates.dtype() == type ? tensor(updates) : cast(updates, type);
        const tensor fallen = div(9, add(t, 10));
        return maximum(fallen, 1 - decay);
    }
};

/// A custom getter: trainable variables of float32 and float64 read as their averages.
///
///     auto evaluated = s.variable_scope("evaluated", {.custom_getter = averaged});
constexpr variable averaged(const variable_getter& next, const variable_call& call) {
    const variable v = next(call);
    if (v.id() < 0 || !v.is_trainable() || !is_floating(v.dtype())) return v;
    return v.seen_as(exponential_moving_average::average(v, call.at));
}

}  // namespace ambit
