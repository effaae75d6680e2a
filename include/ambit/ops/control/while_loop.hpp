// SPDX-License-Identifier: BSL-1.0
// A loop that runs as long as a condition holds, which is known at run time only:
//
//     auto root = while_loop(s,
//         [&](scope&, newton n) { return greater(abs(n.error), 1e-6f); },          // before each iteration: a bool scalar
//         [&](scope&, newton n) { return better(n); },
//         newton{x, error}, {.maximum_iterations = 50});
//
// The state is made of tensors as that of a `scan` is, and keeps its shapes and dtypes; what `while_loop` returns is
// the last one. A condition that is false at once leaves the initial state. For a number of iterations that is known
// when the model is compiled there is `scan`, which has gradients; this loop has none.
// Source: TensorFlow 1's `tf.while_loop`.
#pragma once

#include <ambit/ops/control.hpp>
#include <ambit/ops/control/scan.hpp>

#include <concepts>
#include <cstdint>
#include <string_view>

namespace AMBIT_NAMESPACE {

template <class Condition, class Body, graph_parts::stands_for_state State>
constexpr auto while_loop(scope& s, const Condition& condition, const Body& body, const State& initial,
                          const while_loop_options& options, const location& at) {
    using state_type = graph_parts::state_type<State>;
    graph_builder& builder = *s.builder();
    const std::string_view name = options.name.empty() ? std::string_view("while") : options.name;
    const bool has_limit = options.maximum_iterations >= 1;
    if (!has_limit)
        op_parts::refuse_loop(builder, mistake::op_option, name, std::array<tensor, 0>{},
                              "maximum_iterations is at least 1", at);
    const auto starts = op_parts::own_tensors(builder, name, graph_parts::tensors_of(state_type(initial)), at);

    const name_scope names(&builder.scopes(), builder.scopes().open_name_scope(s.handle().record(), name, at));
    graph_parts::loop_builder loop(builder, has_limit ? options.maximum_iterations : 1);
    auto states = starts;
    for (tensor& state : states) state = loop.carried(state);
    const tensor goes_on = condition(s, graph_parts::state_from<state_type>(states));
    loop.test(op_parts::condition_of(builder, name, goes_on, at));
    const auto returned = body(s, graph_parts::state_from<state_type>(states));
    static_assert(std::convertible_to<decltype(returned), state_type>,
                  "[ambit] the body of a loop returns its state as the type that it was given");
    op_parts::set_states(loop, states,
                         op_parts::own_tensors(builder, name, graph_parts::tensors_of(state_type(returned)), at), at);
    const int end = loop.close();
    for (tensor& state : states) state = graph_parts::loop_builder::final_of(builder, end, state);
    return graph_parts::state_from<state_type>(states);
}

}  // namespace ambit
