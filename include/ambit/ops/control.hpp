// SPDX-License-Identifier: BSL-1.0
// Assignments, checks, branches and loops, what gradients see of them, and what follows a schedule.
#pragma once

#include <ambit/contract/schedule.hpp>
#include <ambit/core/refuses.hpp>
#include <ambit/graph/loop.hpp>
#include <ambit/graph/state.hpp>
#include <ambit/math/constexpr_math.hpp>
#include <ambit/ops/op.hpp>
#include <ambit/scope/options.hpp>

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <string_view>
#include <type_traits>

namespace AMBIT_NAMESPACE::op_parts {

template <class Body>
concept returns_state = graph_parts::stands_for_state<std::invoke_result_t<const Body&, scope&>>;

}  // namespace ambit::op_parts

namespace AMBIT_NAMESPACE {

/// A number is for scalar variables.
constexpr operation assign(const variable& v, const graph_parts::operand& value, const op_options& options = {},
                           const location& at = location::current());

/// v = v + delta
constexpr operation assign_add(const variable& v, const graph_parts::operand& delta, const op_options& options = {},
                               const location& at = location::current());

/// v = v - delta
constexpr operation assign_sub(const variable& v, const graph_parts::operand& delta, const op_options& options = {},
                               const location& at = location::current());

/// Several operations as one.
constexpr operation group(std::initializer_list<operation> operations, const op_options& options = {},
                          const location& at = location::current());

/// Copies nothing.
constexpr tensor identity(const tensor& x, const op_options& options = {}, const location& at = location::current());

/// `x`; whoever asks for it asks for the operations too.
constexpr tensor with_dependencies(std::initializer_list<operation> operations, const tensor& x,
                                   const op_options& options = {}, const location& at = location::current());

/// Copies nothing.
constexpr tensor stop_gradient(const tensor& x, const op_options& options = {},
                               const location& at = location::current());

/// No element may be NaN or infinite; else the call throws a `non_finite_error`.
constexpr tensor check_finite(const tensor& x, const op_options& options = {},
                              const location& at = location::current());

struct check_range_options {
    double low = 0;
    double high = math::infinity;
    std::string_view name = {};
};

/// Every element is at least `low` and below `high`; else the call throws an `out_of_range_error`. NaN is in no range.
constexpr tensor check_range(const tensor& x, const check_range_options& o, const location& at = location::current());

template <op_parts::returns_state Then, class Else>
constexpr auto cond(scope& s, const tensor& predicate, const Then& then_body, const Else& else_body,
                    const op_options& options = {}, const location& at = location::current());

template <class Then, class Else>
    requires(!op_parts::returns_state<Then>)
AMBIT_REFUSES(AMBIT_STATE_SENTENCE)
constexpr auto cond(scope& s, const tensor&, const Then& then_body, const Else&, const op_options& = {}) {
    return then_body(s);
}

/// What the body of a scan returns if its outputs are not its states.
template <class State, class Output> struct scan_step {
    State state;
    Output output;
};

template <class State, class Output>
scan_step(State, Output) -> scan_step<graph_parts::state_type<State>, graph_parts::state_type<Output>>;

/// What such a scan returns: the last state, and the outputs of all iterations along a new axis 0.
template <class State, class Output> struct scan_result {
    State state;
    Output outputs;
};

struct scan_options {
    bool reverse = false;  ///< from the last element to the first; results lie beside their elements
    graph_parts::loop_memory memory =
        graph_parts::loop_memory::store;  ///< what gradients find: stored values, or states to recompute them from
    std::string_view name = {};
};

/// Runs the body for each element. Returns all states along a new axis 0, or a `scan_result`.
template <class Function, graph_parts::stands_for_state Elements, graph_parts::stands_for_state State>
constexpr auto scan(scope& s, const Function& body, const Elements& elements, const State& initial,
                    const scan_options& options = {}, const location& at = location::current());

/// The same without elements: the body runs `trips` times and gets the number of the iteration, an int32 from 0 on.
template <class Function, std::integral Trips, graph_parts::stands_for_state State>
constexpr auto scan(scope& s, const Function& body, Trips trips, const State& initial, const scan_options& options = {},
                    const location& at = location::current());

template <class Function, class Elements, class State>
    requires(!graph_parts::stands_for_state<State> ||
             (!std::integral<Elements> && !graph_parts::stands_for_state<Elements>))
AMBIT_REFUSES(AMBIT_STATE_SENTENCE)
constexpr State scan(scope&, const Function&, const Elements&, const State& initial, const scan_options& = {}) {
    return initial;
}

struct while_loop_options {
    std::int64_t maximum_iterations =
        graph_parts::loop_builder::unlimited;  ///< the loop ends after so many, whatever the condition
    std::string_view name = {};
};

template <class Condition, class Body, graph_parts::stands_for_state State>
constexpr auto while_loop(scope& s, const Condition& condition, const Body& body, const State& initial,
                          const while_loop_options& options = {}, const location& at = location::current());

template <class Condition, class Body, class State>
    requires(!graph_parts::stands_for_state<State>)
AMBIT_REFUSES(AMBIT_STATE_SENTENCE)
constexpr State while_loop(scope&, const Condition&, const Body&, const State& initial,
                           const while_loop_options& = {}) {
    return initial;
}

/// `decay` from 0 to 1.
constexpr tensor moving_average(const tensor& mean, const tensor& value, double decay, const op_options& options = {},
                                const location& at = location::current());

struct scheduled_options {
    dtype_option dtype = float32;  ///< that of the variables which are trained
    std::string_view name = {};
};

/// The value at a step, a scalar. It is computed in double, and so right for any step up to 2^53.
constexpr tensor scheduled(const schedule& of, const tensor& step, const scheduled_options& o = {},
                           const location& at = location::current());

}  // namespace ambit
