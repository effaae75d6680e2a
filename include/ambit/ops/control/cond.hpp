// SPDX-License-Identifier: BSL-1.0
// One of two bodies, chosen at run time; the other does not run.
//
//     tensor rate = cond(s, less(step, 1000),
//         [&](scope&) { return cast(step, float32) / 1000; },
//         [&](scope& s) { return slow_schedule(s, step); });
//
// Both return the same, made of tensors as the state of a `scan` is, of one shape and dtype each. They get variables as
// any code does, once, use tensors from around them, and assign to none. Gradients go through the one that runs.
// (`where` computes both, element by element.) Source: TensorFlow 1's `tf.cond`.
#pragma once

#include <ambit/ops/comparison.hpp>
#include <ambit/ops/control.hpp>
#include <ambit/ops/control/scan.hpp>

#include <array>
#include <concepts>
#include <string_view>

namespace AMBIT_NAMESPACE {

template <op_parts::returns_state Then, class Else>
constexpr auto cond(scope& s, const tensor& predicate, const Then& then_body, const Else& else_body,
                    const op_options& options, const location& at) {
    graph_builder& builder = *s.builder();
    const std::string_view name = options.name.empty() ? std::string_view("cond") : options.name;
    const tensor chosen = op_parts::condition_of(builder, name, predicate, at);
    const name_scope names(&builder.scopes(), builder.scopes().open_name_scope(s.handle().record(), name, at));
    const tensor other = logical_not(chosen, {}, at);

    // Two loops that run once or not at all; the second one begins with what the first one leaves.
    graph_parts::loop_builder first(builder, 1);
    first.test(chosen);
    const auto by_then = then_body(s);
    using result = graph_parts::state_type<decltype(by_then)>;
    auto values = op_parts::own_tensors(builder, name, graph_parts::tensors_of(result(by_then)), at);
    for (tensor& value : values) value = first.kept(value);
    const int first_end = first.close();
    for (tensor& value : values) value = graph_parts::loop_builder::final_of(builder, first_end, value);

    graph_parts::loop_builder second(builder, 1);
    auto states = values;
    for (tensor& state : states) state = second.carried(state);
    second.test(other);
    const auto by_else = else_body(s);
    static_assert(std::same_as<graph_parts::state_type<decltype(by_else)>, result>,
                  "[ambit] both bodies of a cond return one type");
    const auto others = op_parts::own_tensors(builder, name, graph_parts::tensors_of(result(by_else)), at);
    for (std::size_t i = 0; i < states.size(); ++i) {
        if (builder.is_inert(states[i].id()) || builder.is_inert(others[i].id())) continue;
        const bool same_dtype = states[i].dtype() == others[i].dtype();
        if (same_dtype && states[i].shape() == others[i].shape()) second.set_next(states[i], others[i], at);
        else
            op_parts::refuse_loop(builder, same_dtype ? mistake::op_shape : mistake::op_dtype, "cond",
                                  std::array{values[i], others[i]}, "both bodies return one shape and dtype", at);
    }
    const int second_end = second.close();
    for (tensor& state : states) state = graph_parts::loop_builder::final_of(builder, second_end, state);
    return graph_parts::state_from<result>(states);
}

}  // namespace ambit
