// SPDX-License-Identifier: BSL-1.0
// A loop over the leading axis of its elements: one body in code, however long they are. The body is a function of the
// state that the last iteration returned and of one element of each input:
//
//     // xs: [time, batch, features]; all states: [time, batch, units]
//     tensor states = scan(s, [&](scope& s, tensor h, tensor x) { return cell(s, h, x); }, xs, initial);
//
//     // A state and an output of each iteration, which need not be the same:
//     auto [last, outputs] = scan(s, [&](scope& s, lstm_state h, tensor x) {
//         lstm_state next = lstm_cell(s, h, x);
//         return scan_step{next, matmul(next.hidden, projection)};
//     }, xs, lstm_state{zeros, zeros});
//
//     tensor powers = scan(s, [&](scope&, tensor p, tensor i) { return p * x; }, 10, x);      // i: 0 to 9, int32
//
// State, elements and outputs are made of tensors: one, a `std::array`, `std::pair` or `std::tuple` of such, a plain
// struct of up to 16 (`graph/state.hpp`); all elements have one extent along axis 0. The body returns its state with
// the shape and dtype that it was given. It gets variables as any code does, once; it uses tensors from around it; it
// assigns to none. Gradients go through; see `scan_options::memory`. Source: TensorFlow 1's `tf.scan`; the form with
// outputs is that of JAX's `lax.scan`.
#pragma once

#include <ambit/graph/loop.hpp>
#include <ambit/graph/state.hpp>
#include <ambit/ops/control.hpp>
#include <ambit/ops/control/assign.hpp>

#include <concepts>
#include <string_view>
#include <utility>

namespace AMBIT_NAMESPACE::op_parts {

template <class T> inline constexpr bool is_scan_step = false;
template <class State, class Output> inline constexpr bool is_scan_step<scan_step<State, Output>> = true;
template <class T> inline constexpr bool hands_out_others = false;
template <class State, class Output>
inline constexpr bool hands_out_others<scan_step<State, Output>> = !graph_parts::loop_state<Output>;

/// How a loop refuses its operands: `rule` is about all of `tensors`.
template <std::size_t Count>
constexpr void refuse_loop(graph_builder& builder, mistake kind, std::string_view name,
                           const std::array<tensor, Count>& tensors, std::string_view rule, const place& at) {
    builder.refusals().begin(kind, name);
    reports& report = builder.log().report_in_progress();
    for (const tensor& t : tensors) report.add(detail_tag::operand, t.op_name(), t.spec());
    if (!rule.empty()) report.add(detail_tag::rule, rule);
    if (builder.log().line_of(at).line > 0) report.add(detail_tag::at, builder.log().line_of(at));
    builder.log().settle();
}

/// The tensors; those of other graphs, and of bodies that are closed, are reported and replaced.
template <std::size_t Count>
constexpr std::array<tensor, Count> own_tensors(graph_builder& builder, std::string_view name,
                                                std::array<tensor, Count> tensors, const place& at) {
    bool is_told = false;
    for (tensor& t : tensors) {
        const bool is_foreign = t.builder() != &builder;
        if (!is_foreign && builder.is_visible(t.id())) continue;
        if (!is_told && is_foreign)
            refuse_loop(builder, mistake::foreign_tensor, name, std::array<tensor, 0>{}, {}, at);
        else if (!is_told) refuse_loop(builder, mistake::body_value, name, std::array{t}, {}, at);
        is_told = true;
        t = builder.inert(t.builder() == nullptr ? tensor_spec{} : t.spec());
    }
    return tensors;
}

/// A condition: a bool scalar, else a mistake.
constexpr tensor condition_of(graph_builder& builder, std::string_view name, const tensor& asked, const place& at) {
    const std::array<tensor, 1> own = own_tensors(builder, name, std::array{asked}, at);
    const bool is_bool = own[0].dtype() == dtype::boolean;
    if (builder.is_inert(own[0].id()) || (is_bool && own[0].shape().rank() == 0)) return own[0];
    refuse_loop(builder, is_bool ? mistake::op_shape : mistake::op_dtype, name, own, "a condition is a bool scalar",
                at);
    return builder.inert({{}, dtype::boolean});
}

/// A value of a body that no state shares its memory with: a copy of what only stands for a state.
constexpr tensor apart_from_states(const tensor& value) {
    const graph_builder& builder = *value.builder();
    int memory = value.id();
    while (builder.node_at(memory).op->role == op_role::alias) memory = builder.value().operand(memory, 0);
    if (builder.node_at(memory).op->role != op_role::carried) return value;
    return make_op(snapshot_info, {value}, no_attributes{}, {}, {});
}

/// The states that a body returned, as what they become. A state that becomes another one is copied first: all change
/// at once.
template <std::size_t Count>
constexpr void set_states(loop_builder& loop, const std::array<tensor, Count>& states,
                          const std::array<tensor, Count>& returned, const place& at) {
    for (std::size_t i = 0; i < Count; ++i) {
        const bool stays = returned[i] == states[i];
        loop.set_next(states[i], stays ? returned[i] : apart_from_states(returned[i]), at);
    }
}

template <class Function, class State, class Element>
constexpr auto scan_by_body(scope& s, const Function& body, std::int64_t trips, const auto& element_of,
                            const State& initial, const scan_options& options, const place& at,
                            std::type_identity<Element>) {
    graph_builder& builder = *s.builder();
    const std::string_view name = options.name.empty() ? std::string_view("scan") : options.name;
    const auto starts = own_tensors(builder, name, tensors_of(initial), at);
    const name_scope names(&builder.scopes(), builder.scopes().open_name_scope(s.handle().record(), name, at));
    loop_builder loop(builder, trips, options.memory);
    auto states = starts;
    for (tensor& state : states) state = loop.carried(state);
    const Element element = element_of(loop);
    const auto returned = body(s, state_from<State>(states), element);
    using result = std::remove_cvref_t<decltype(returned)>;
    if constexpr (hands_out_others<result>) {
        static_assert(!hands_out_others<result>, "[ambit] " AMBIT_STATE_SENTENCE);
        return scan_result<State, decltype(result::output)>{initial, returned.output};
    } else if constexpr (is_scan_step<result>) {
        static_assert(std::same_as<decltype(result::state), State>,
                      "[ambit] the body of a scan returns its state as the type that it was given");
        const auto next = own_tensors(builder, name, tensors_of(returned.state), at);
        auto outputs = own_tensors(builder, name, tensors_of(returned.output), at);
        set_states(loop, states, next, at);
        const int end = loop.close();
        for (tensor& state : states) state = loop_builder::final_of(builder, end, state);
        for (tensor& output : outputs) output = loop_builder::stacked(builder, end, output, options.reverse, at);
        using output = std::remove_cvref_t<decltype(returned.output)>;
        return scan_result<State, output>{state_from<State>(states), state_from<output>(outputs)};
    } else {
        static_assert(std::convertible_to<result, State>,
                      "[ambit] the body of a scan returns its state as the type that it was given, or a scan_step");
        auto next = own_tensors(builder, name, tensors_of(State(returned)), at);
        set_states(loop, states, next, at);
        const int end = loop.close();
        for (tensor& value : next) value = loop_builder::stacked(builder, end, value, options.reverse, at);
        return state_from<State>(next);
    }
}

template <class Function, class State, class Element>
constexpr auto scan_elements(scope& s, const Function& body, std::int64_t trips, const auto& element_of,
                             const State& initial, const scan_options& options, const place& at,
                             std::type_identity<Element> of) {
    constexpr bool takes_element = std::invocable<const Function&, scope&, State, const Element&>;
    if constexpr (takes_element) {
        return scan_by_body(s, body, trips, element_of, initial, options, at, of);
    } else {
        static_assert(takes_element, "[ambit] the body of a scan takes a scope, its state and one element; elements "
                                     "stand in front of the initial state: scan(s, body, xs, initial)");
        return initial;
    }
}

}  // namespace ambit::op_parts

namespace AMBIT_NAMESPACE {

template <class Function, graph_parts::stands_for_state Elements, graph_parts::stands_for_state State>
constexpr auto scan(scope& s, const Function& body, const Elements& elements, const State& initial,
                    const scan_options& options, const location& at) {
    using elements_type = graph_parts::state_type<Elements>;
    graph_builder& builder = *s.builder();
    const std::string_view name = options.name.empty() ? std::string_view("scan") : options.name;
    const elements_type given = elements;
    const auto all = op_parts::own_tensors(builder, name, graph_parts::tensors_of(given), at);
    bool fits = true, is_inert = false;
    for (const tensor& sequence : all) {
        is_inert = is_inert || builder.is_inert(sequence.id());
        fits = fits && sequence.shape().rank() > 0 && sequence.shape()[0] == all[0].shape()[0];
    }
    if (!fits && !is_inert)
        op_parts::refuse_loop(builder, mistake::op_shape, name, all,
                              "the elements, in front of the initial state, have one extent along axis 0", at);
    const std::int64_t trips = all[0].shape().rank() > 0 ? all[0].shape()[0] : 1;
    const auto element_of = [&](graph_parts::loop_builder& loop) {
        auto slices = all;
        for (tensor& slice : slices)
            slice = fits ? loop.slice(slice, options.reverse) : builder.inert(graph_parts::element_spec(slice.spec()));
        return graph_parts::state_from<elements_type>(slices);
    };
    return op_parts::scan_elements(s, body, trips, element_of, graph_parts::state_type<State>(initial), options, at,
                                   std::type_identity<elements_type>{});
}

template <class Function, std::integral Trips, graph_parts::stands_for_state State>
constexpr auto scan(scope& s, const Function& body, Trips trips, const State& initial, const scan_options& options,
                    const location& at) {
    graph_builder& builder = *s.builder();
    const bool fits = trips >= 1 && static_cast<std::uint64_t>(trips) < std::uint64_t{1} << 31;
    if (!fits)
        op_parts::refuse_loop(builder, mistake::op_option,
                              options.name.empty() ? std::string_view("scan") : options.name, std::array<tensor, 0>{},
                              "a scan runs at least once, and less than 2^31 times", at);
    return op_parts::scan_elements(
        s, body, fits ? static_cast<std::int64_t>(trips) : 1,
        [&](graph_parts::loop_builder& loop) { return loop.iteration(options.reverse); },
        graph_parts::state_type<State>(initial), options, at, std::type_identity<tensor>{});
}

}  // namespace ambit
