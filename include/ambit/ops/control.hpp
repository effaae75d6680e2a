// SPDX-License-Identifier: BSL-1.0
// Assignments, checks, branches and loops, what gradients see of them, and what follows a schedule.
//
//     return {loss, group({assign_add(counter, 1), train})};
//
// An operation happens in the calls that ask for it, or for what depends on it, each once, in program order; a variable
// that is read later in the program has the new value, in those calls.
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

// control/ defines each function in the file of its name, but:
//     assign.hpp    assign_add assign_sub group
//     check.hpp     check_finite check_range
//     identity.hpp  with_dependencies

namespace AMBIT_NAMESPACE::op_parts {

template <class Body>
concept returns_state =
    !graph_parts::tensor_or_variable<Body> && graph_parts::stands_for_state<std::invoke_result_t<const Body&, scope&>>;

}  // namespace ambit::op_parts

namespace AMBIT_NAMESPACE {

/// Gives a variable another value, of its shape and dtype; a number is for scalar variables. Whoever reads the variable
/// later in the program gets the new value, if the call runs the assignment. A value of another shape or dtype is
/// refused. TensorFlow's `assign`.
///
///     operation kept = assign(best, minimum(best, loss));
constexpr operation assign(const variable& v, const graph_parts::operand& value, const op_options& options = {},
                           const location& at = location::current());

/// v = v + delta.
///
///     operation step = assign_add(counter, 1);
constexpr operation assign_add(const variable& v, const graph_parts::operand& delta, const op_options& options = {},
                               const location& at = location::current());

/// v = v - delta.
///
///     operation step = assign_sub(weights, 0.1f * gradient);
constexpr operation assign_sub(const variable& v, const graph_parts::operand& delta, const op_options& options = {},
                               const location& at = location::current());

#define AMBIT_ONLY_VARIABLES(name)                                                                                 \
    template <std::same_as<tensor> Tensor>                                                                         \
    AMBIT_REFUSES("a tensor never changes, a variable does: " #name "(v, x) of variable v = s.get_variable(...)")  \
    constexpr operation name(const Tensor&, const graph_parts::operand&, const op_options& = {}) { return {}; }
AMBIT_ONLY_VARIABLES(assign)
AMBIT_ONLY_VARIABLES(assign_add)
AMBIT_ONLY_VARIABLES(assign_sub)
#undef AMBIT_ONLY_VARIABLES

/// Several operations as one, which runs all of them. TensorFlow's `group`.
///
///     operation both = group({assign_add(seen, 32), assign(last, loss)});
constexpr operation group(std::initializer_list<operation> operations, const op_options& options = {},
                          const location& at = location::current());

/// The same value under another name; copies nothing. Any dtype. The gradient passes. TensorFlow's `identity`.
///
///     tensor y = identity(x, {.name = "logits"});
constexpr tensor identity(const tensor& x, const op_options& options = {}, const location& at = location::current());

/// x; whoever asks for it asks for the operations too, which then run in the same call. The gradient passes.
/// TensorFlow's `control_dependencies` around an `identity`.
///
///     tensor loss = with_dependencies({update}, x);
constexpr tensor with_dependencies(std::initializer_list<operation> operations, const tensor& x,
                                   const op_options& options = {}, const location& at = location::current());

/// The same value, which no gradient passes; copies nothing. Any dtype. TensorFlow's `stop_gradient`.
///
///     tensor straight_through = x + stop_gradient(round(x) - x);
constexpr tensor stop_gradient(const tensor& x, const op_options& options = {},
                               const location& at = location::current());

/// x, float32 or float64, of which no element may be NaN or infinite; else the call throws a `non_finite_error`
/// (diagnostics/check_error.hpp) before any of its assignments takes effect. The gradient passes, and needs the check
/// too. TensorFlow's `check_numerics`.
///
///     tensor logits = check_finite(dense(s, "logits", h, 10), {.name = "logits_are_numbers"});
constexpr tensor check_finite(const tensor& x, const op_options& options = {},
                              const location& at = location::current());

/// What `check_range` may be told: from `low` on, below `high`.
struct check_range_options {
    double low = 0;
    double high = math::infinity;
    std::string_view name = {};
};

/// x, of which every element is at least `low` and below `high`; else the call throws an `out_of_range_error` before
/// any of its assignments takes effect. NaN is in no range. The gradient passes, and needs the check too.
///
///     tensor labels = check_range(given, {.high = 10});         // 0 <= label < 10
constexpr tensor check_range(const tensor& x, const check_range_options& o, const location& at = location::current());

/// One of two bodies, chosen at run time by a bool scalar; the other does not run. Both are functions of a scope and
/// return the same: a tensor, a `std::array` of tensors or a plain struct of them, of one shape and dtype each. They
/// get variables as any code does, use tensors from around them, and assign to none. Gradients go through the one that
/// runs. (`where` computes both, element by element.) TensorFlow's `cond`.
///
///     tensor rate = cond(s, less(step, 1000), [&](scope&) { return cast(step, float32) / 1000; },
///                        [&](scope&) { return scheduled(exponential_decay({.steps = 5000}), step); });
template <op_parts::returns_state Then, class Else>
constexpr auto cond(scope& s, const tensor& predicate, const Then& then_body, const Else& else_body,
                    const op_options& options = {}, const location& at = location::current());

template <class Then, class Else>
    requires(!op_parts::returns_state<Then> && !graph_parts::tensor_or_variable<Then>)
AMBIT_REFUSES(AMBIT_STATE_SENTENCE)
constexpr auto cond(scope& s, const tensor&, const Then& then_body, const Else&, const op_options& = {}) {
    return then_body(s);
}

#define AMBIT_NO_BRANCHES                                                                                         \
    AMBIT_REFUSES("branches are functions: cond(s, t, [&](scope&) { return a; }, [&](scope&) { return b; }); "    \
                  "of each element where(t, a, b) chooses")
template <class Predicate, graph_parts::tensor_or_variable Then, class Else>
AMBIT_NO_BRANCHES constexpr tensor cond(const Predicate&, const Then&, const Else&) {
    return {nullptr, tensor::refused};
}
// What decides is converted here, and below what a loop begins with, so that functions of a program come first.
template <class Then, class Else>
    requires(!graph_parts::tensor_or_variable<Then> && !std::is_arithmetic_v<Then>)
AMBIT_REFUSES("the scope comes first, and branches get it: "
              "cond(s, t, [&](scope&) { return a; }, [&](scope&) { return b; })")
constexpr tensor cond(const graph_parts::operand&, const Then&, const Else&) { return {nullptr, tensor::refused}; }
template <graph_parts::tensor_or_variable Then, class Else>
AMBIT_NO_BRANCHES constexpr tensor cond(scope&, const tensor&, const Then&, const Else&, const op_options& = {}) {
    return {nullptr, tensor::refused};
}
#undef AMBIT_NO_BRANCHES

using graph_parts::loop_memory;

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

/// What `scan` may be told: the direction, and what it keeps for gradients.
struct scan_options {
    bool reverse = false;  ///< from the last element to the first; results lie beside their elements
    graph_parts::loop_memory memory =
        graph_parts::loop_memory::store;  ///< what gradients find: stored values, or states to recompute them from
    std::string_view name = {};
};

/// A loop over the leading axis of its elements: runs the body, a function of a scope, the state that the last
/// iteration returned and one element of each input, for each of them. Returns all states along a new axis 0; of a body
/// that returns `scan_step{state, output}`, a `scan_result` of the last state and all outputs. State, elements and
/// outputs are a tensor, a `std::array` of tensors or a plain struct of them; the state keeps its shapes and dtypes.
/// The body gets variables as any code does, once, and assigns to none. Gradients go through. TensorFlow's `scan`; with
/// outputs, JAX's `lax.scan`.
///
///     // xs: [time, batch, features]; states: [time, batch, units]
///     tensor states = scan(s, [](scope& in, tensor h, tensor x) {
///         return tanh(dense(in, "cell", concat({h, x}, -1), 64));
///     }, xs, initial);
template <class Function, graph_parts::stands_for_state Elements, graph_parts::stands_for_state State>
constexpr auto scan(scope& s, const Function& body, const Elements& elements, const State& initial,
                    const scan_options& options = {}, const location& at = location::current());

/// The same without elements: the body runs `trips` times, at least once, and gets the number of the iteration, an
/// int32 from 0 on.
///
///     tensor powers = scan(s, [&](scope&, tensor p, tensor i) { return p * x; }, 10, x);
template <class Function, std::integral Trips, graph_parts::stands_for_state State>
constexpr auto scan(scope& s, const Function& body, Trips trips, const State& initial, const scan_options& options = {},
                    const location& at = location::current());

template <graph_parts::tensor_or_variable First, class Second, class Third>
AMBIT_REFUSES("the body comes first: scan(s, [&](scope& s, tensor h, tensor x) { return cell(s, h, x); }, xs, initial)")
constexpr First scan(scope&, const First& first, const Second&, const Third&, const scan_options& = {}) {
    return first;
}

template <class Function, class Elements, class State>
    requires(!graph_parts::tensor_or_variable<Function> &&
             (!graph_parts::stands_for_state<State> ||
              (!std::integral<Elements> && !graph_parts::stands_for_state<Elements>)))
AMBIT_REFUSES(AMBIT_STATE_SENTENCE)
constexpr State scan(scope&, const Function&, const Elements&, const State& initial, const scan_options& = {}) {
    return initial;
}

template <class Function, class Elements>
    requires(!std::same_as<Function, scope>)
AMBIT_REFUSES("the scope comes first: "
              "scan(s, [&](scope& s, tensor h, tensor x) { return cell(s, h, x); }, xs, initial)")
constexpr tensor scan(const Function&, const Elements&, const graph_parts::operand&) {
    return {nullptr, tensor::refused};
}

/// What `while_loop` may be told: after how many iterations it ends, whatever the condition.
struct while_loop_options {
    std::int64_t maximum_iterations =
        graph_parts::loop_builder::unlimited;  ///< the loop ends after so many, whatever the condition
    std::string_view name = {};
};

/// Runs the body, a function of a scope and the state, as long as the condition, another such function that gives a
/// bool scalar, holds before an iteration; returns the last state. The state is a tensor, a `std::array` of tensors or
/// a plain struct of them, and keeps its shapes and dtypes; a condition that is false at once leaves the initial one.
/// No gradient: for a number of iterations that the compiler knows there is `scan`. TensorFlow's `while_loop`.
///
///     tensor halved = while_loop(s, [](scope&, tensor v) { return greater(reduce_max(v), 1); },
///                               [](scope&, tensor v) { return v / 2; }, x);
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
template <class Condition, class Body>
    requires(!std::same_as<Condition, scope>)
AMBIT_REFUSES("the scope comes first, and condition and body get it: "
              "while_loop(s, [](scope&, tensor v) { return v > 1; }, [](scope&, tensor v) { return v / 2; }, x)")
constexpr tensor while_loop(const Condition&, const Body&, const graph_parts::operand&) {
    return {nullptr, tensor::refused};
}

/// decay · mean + (1 - decay) · value of each pair of elements: one step of an exponential moving average, whose mean
/// of equal values is that value. float32 or float64, broadcast; `decay` from 0 to 1, else refused (op_option).
/// Gradients: g times the two factors.
///
///     operation kept = assign(mean, moving_average(mean, value, 0.99));
constexpr tensor moving_average(const tensor& mean, const tensor& value, double decay, const op_options& options = {},
                                const location& at = location::current());

/// What `scheduled` may be told: the dtype of the number.
struct scheduled_options {
    dtype_option dtype = float32;  ///< that of the variables which are trained
    std::string_view name = {};
};

/// The number that a schedule (optim/schedules.hpp) has at a step: a float32 scalar, or float64 if asked for. The step is
/// a scalar of any dtype but bool; an option of the schedule outside of its range is refused (op_option). Computed in
/// double, and so right for any step up to 2^53. No gradient.
///
///     tensor rate = scheduled(exponential_decay({.initial = 0.1, .steps = 1000}), step);
constexpr tensor scheduled(const schedule& of, const tensor& step, const scheduled_options& o = {},
                           const location& at = location::current());

}  // namespace ambit
