// SPDX-License-Identifier: BSL-1.0
// A cell over time: by a loop, whose code does not grow with the sequence, or written out step by step.
//
//     auto [state, outputs] = dynamic_rnn(s, cell, xs);                            // xs: [batch, time, features]
//     auto [state, outputs] = dynamic_rnn(s, cell, xs, initial, {.sequence_length = lengths, .time_major = true});
//     auto [forward, backward] = bidirectional_rnn(s, lstm_cell(64), lstm_cell(64), xs);
//     auto [state, outputs] = static_rnn(s, cell, unstack(xs, 1));
//
// A constant cell describes one: each use is another cell. The variables lie below the scope `rnn`, of two directions
// below `bidirectional_rnn/fw` and `bidirectional_rnn/bw`.
#pragma once

#include <ambit/nn/recurrent/initial_state.hpp>
#include <ambit/nn/recurrent/over_time.hpp>

#include <concepts>
#include <cstdint>
#include <span>
#include <string_view>
#include <type_traits>

namespace AMBIT_NAMESPACE {

struct rnn_options {
    /// int32 or int64 [batch]: how many steps of each sequence count. Behind them outputs are 0 and the state stays.
    tensor sequence_length = {};
    bool time_major = false;  ///< [time, batch, features] goes in and comes out, without two transpositions
    bool reverse = false;  ///< from the last step of each sequence to the first; outputs lie beside their inputs
    /// The products of the input step by step, in the loop, as the cell alone computes them: slower, and bit for bit
    /// what a model gives that reads one step a call.
    bool products_in_loop = false;
    loop_memory memory = loop_memory::store;  ///< for gradients: scan_options
    std::string_view name = "rnn";
};

}  // namespace ambit

namespace AMBIT_NAMESPACE::recurrent_parts {

template <class Cell>
concept given_cell = recurrent_cell<std::remove_cvref_t<Cell>>;
template <class Cell> using state_of = typename std::remove_cvref_t<Cell>::state;

/// The cell itself, which remembers its scope; of a constant, which cannot, a new one.
template <class Cell> constexpr decltype(auto) to_use(Cell& cell) {
    if constexpr (std::is_const_v<Cell>) return std::remove_const_t<Cell>(cell);
    else return (cell);
}

/// Whether steps from `first` on belong to their sequences: bool [time, batch, 1].
constexpr tensor steps_that_count(scope& s, const tensor& lengths, std::int64_t first, std::int64_t steps,
                                  std::int64_t batch, const location& at) {
    const bool is_integer = lengths.dtype() == dtype::int32 || lengths.dtype() == dtype::int64;
    if (!is_integer)
        return op_parts::refuse<mistake::op_dtype, "lengths of sequences are int32 or int64">(lengths,
                                                                                              "sequence_length", at);
    if (lengths.shape() != shape{batch})
        return op_parts::refuse<mistake::op_shape, "there is a length for each sequence of the batch">(
            lengths, "sequence_length", at);
    const tensor step = reshape(range(s, first, first + steps, 1, {.dtype = lengths.dtype()}), {steps, 1});
    return expand_dims(less(step, lengths), -1);
}

template <class Cell>
constexpr scan_result<state_of<Cell>, tensor> over_time(scope& own, Cell& cell, const tensor& xs,
                                                        const state_of<Cell>* initial, const rnn_options& o,
                                                        const location& at) {
    if (xs.shape().rank() != 3) {
        const tensor none =
            op_parts::refuse<mistake::op_shape, "a sequence has a batch, a time and features">(xs, "dynamic_rnn", at);
        return {cell.make_state([&](auto&&...) { return none; }), none};
    }
    const tensor steps = o.time_major ? xs : transpose(xs, {1, 0, 2}, {}, at);
    const std::int64_t time = steps.shape()[0], batch = steps.shape()[1];
    if (initial != nullptr) {
        for (const tensor& part : graph_parts::tensors_of(*initial)) {
            if (part.shape().rank() == 0 || part.shape()[0] == batch) continue;
            const tensor none =
                op_parts::refuse<mistake::op_shape, "an initial state has a row for each sequence of the batch">(
                    {part, steps}, "dynamic_rnn", at);
            return {cell.make_state([&](auto&&...) { return none; }), none};
        }
    }
    way_over_time way{.is_on = {},
                      .state_mask = {},
                      .reverse = o.reverse,
                      .products_in_loop = o.products_in_loop,
                      .memory = o.memory};
    if (o.sequence_length.builder() != nullptr)
        way.is_on = steps_that_count(own, o.sequence_length, 0, time, batch, at);
    auto all =
        run_over(own, cell, steps,
                 initial != nullptr ? *initial : zero_state(own, cell, batch, {.dtype = xs.dtype()}, at), way, at);
    if (way.is_on.builder() != nullptr && changes_outputs<Cell>) all.outputs = where(way.is_on, all.outputs, 0);
    if (!o.time_major) all.outputs = transpose(all.outputs, {1, 0, 2}, {}, at);
    return all;
}

template <class Cell>
constexpr scan_result<state_of<Cell>, core_parts::buffer<tensor>> step_by_step(scope& own, Cell& cell,
                                                                               std::span<const tensor> inputs,
                                                                               const state_of<Cell>* initial,
                                                                               const rnn_options& o,
                                                                               const location& at) {
    const auto count = static_cast<std::int64_t>(inputs.size());
    const std::int64_t batch = inputs[0].shape().rank() > 0 ? inputs[0].shape()[0] : 1;
    scan_result<state_of<Cell>, core_parts::buffer<tensor>> all{
        initial != nullptr ? *initial : zero_state(own, cell, batch, {.dtype = inputs[0].dtype()}, at), {}};
    all.outputs.resize(static_cast<int>(count));
    for (std::int64_t i = 0; i < count; ++i) {
        const std::int64_t t = o.reverse ? count - 1 - i : i;
        auto next = cell(own, inputs[static_cast<std::size_t>(t)], all.state, at);
        if (o.sequence_length.builder() != nullptr) {
            const tensor is_on = squeeze(steps_that_count(own, o.sequence_length, t, 1, batch, at), {0});
            next = {where_on(is_on, next.state, all.state), where(is_on, next.output, 0)};
        }
        all.state = next.state;
        all.outputs[static_cast<int>(t)] = next.output;
    }
    return all;
}

}  // namespace ambit::recurrent_parts

namespace AMBIT_NAMESPACE {

/// Runs a cell over a sequence, [batch, time, features], or [time, batch, features] if `.time_major`: returns the last
/// state and all outputs, [batch, time, outputs]. The code is that of one step, however long the sequence is. Begins
/// with zeros. TensorFlow 1's `dynamic_rnn`.
///
///     // xs: [batch, time, features], outputs: [batch, time, 128]
///     auto [state, outputs] = dynamic_rnn(s, lstm_cell(128), xs);
template <recurrent_parts::given_cell Cell>
constexpr scan_result<recurrent_parts::state_of<Cell>, tensor> dynamic_rnn(scope& s, Cell&& cell, const tensor& xs,
                                                                           const rnn_options& o = {},
                                                                           const location& at = location::current()) {
    const graph_parts::line_of_call here(s, at);
    auto own = s.variable_scope(o.name, {}, at);
    auto&& used = recurrent_parts::to_use(cell);
    return recurrent_parts::over_time(own, used, xs, nullptr, o, at);
}

/// The same from another initial state on: of the cell's type, [batch, units] each.
template <recurrent_parts::given_cell Cell, class Initial>
    requires std::convertible_to<const Initial&, recurrent_parts::state_of<Cell>>
constexpr scan_result<recurrent_parts::state_of<Cell>, tensor> dynamic_rnn(scope& s, Cell&& cell, const tensor& xs,
                                                                           const Initial& initial,
                                                                           const rnn_options& o = {},
                                                                           const location& at = location::current()) {
    const graph_parts::line_of_call here(s, at);
    auto own = s.variable_scope(o.name, {}, at);
    auto&& used = recurrent_parts::to_use(cell);
    const recurrent_parts::state_of<Cell> first = initial;
    return recurrent_parts::over_time(own, used, xs, &first, o, at);
}

/// Runs a cell over a list of steps, [batch, features] each, at least one: all of them are in the graph, and only the
/// first creates variables. `.time_major` says nothing here. TensorFlow 1's `static_rnn`.
///
///     auto [state, outputs] = static_rnn(s, gru_cell(64), unstack(xs, 1));
template <recurrent_parts::given_cell Cell>
constexpr scan_result<recurrent_parts::state_of<Cell>, core_parts::buffer<tensor>> static_rnn(
    scope& s, Cell&& cell, std::span<const tensor> inputs, const rnn_options& o = {},
    const location& at = location::current()) {
    const graph_parts::line_of_call here(s, at);
    auto own = s.variable_scope(o.name, {}, at);
    auto&& used = recurrent_parts::to_use(cell);
    return recurrent_parts::step_by_step(own, used, inputs, nullptr, o, at);
}
template <recurrent_parts::given_cell Cell, class Initial>
    requires std::convertible_to<const Initial&, recurrent_parts::state_of<Cell>>
constexpr scan_result<recurrent_parts::state_of<Cell>, core_parts::buffer<tensor>> static_rnn(
    scope& s, Cell&& cell, std::span<const tensor> inputs, const Initial& initial, const rnn_options& o = {},
    const location& at = location::current()) {
    const graph_parts::line_of_call here(s, at);
    auto own = s.variable_scope(o.name, {}, at);
    auto&& used = recurrent_parts::to_use(cell);
    const recurrent_parts::state_of<Cell> first = initial;
    return recurrent_parts::step_by_step(own, used, inputs, &first, o, at);
}

/// Of what `unstack` returns.
template <recurrent_parts::given_cell Cell, class... More>
constexpr auto static_rnn(scope& s, Cell&& cell, const core_parts::buffer<tensor>& inputs, const More&... more) {
    return static_rnn(s, cell, std::span<const tensor>(inputs.begin(), static_cast<std::size_t>(inputs.size())),
                      more...);
}

/// What two cells make of a sequence: `concat({forward.outputs, backward.outputs}, -1)` are the outputs of both.
template <class Forward, class Backward> struct bidirectional_result {
    scan_result<Forward, tensor> forward;
    scan_result<Backward, tensor> backward;
};

/// Runs one cell over a sequence and another one over it in reverse. TensorFlow 1's `bidirectional_dynamic_rnn`.
///
///     auto [forward, backward] = bidirectional_rnn(s, gru_cell(64), gru_cell(64), xs);
///     tensor both = concat({forward.outputs, backward.outputs}, -1);
template <recurrent_parts::given_cell Forward, recurrent_parts::given_cell Backward>
constexpr bidirectional_result<recurrent_parts::state_of<Forward>, recurrent_parts::state_of<Backward>>
bidirectional_rnn(scope& s, Forward&& forward, Backward&& backward, const tensor& xs, const rnn_options& o = {},
                  const location& at = location::current()) {
    const graph_parts::line_of_call here(s, at);
    auto own = s.variable_scope(o.name == rnn_options{}.name ? std::string_view("bidirectional_rnn") : o.name, {}, at);
    rnn_options one_way = o;
    one_way.name = "fw";
    const auto first = dynamic_rnn(own, forward, xs, one_way, at);
    one_way.name = "bw";
    one_way.reverse = !o.reverse;
    return {first, dynamic_rnn(own, backward, xs, one_way, at)};
}

}  // namespace ambit
