// SPDX-License-Identifier: BSL-1.0
// What a cell begins with: zeros, variables that are learnt, or what the last call left behind.
//
//     auto zero    = zero_state(s, cell, 32);
//     auto learned = learned_state(s, cell, 32);                // initial_state/hidden [units]: of every example
//     auto memory  = kept_state(s, cell, 32);                   // state/hidden [32, units]: of this model alone
//     auto [state, outputs] = dynamic_rnn(s, cell, xs, memory.state);
//     return {outputs, memory.keep(state)};                     // the next call goes on from there
//
// The tensors of a state have names: `hidden`, of an LSTM `cell` and `hidden`, of several layers `cell_0/hidden`, ….
#pragma once

#include <ambit/nn/recurrent/cell.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>

namespace AMBIT_NAMESPACE {

struct initial_state_options {
    dtype_option dtype = float32;  ///< that of what the cell reads
    initializer_option initializer = zeros();  ///< of a learned state
    std::string_view name = {};  ///< of the scope: else initial_state, of a kept state state
};

/// Zeros for a batch of `batch` examples.
///
///     lstm_state state = zero_state(s, lstm_cell(128), 32);
template <recurrent_cell Cell>
constexpr typename Cell::state zero_state(scope& s, const Cell& cell, std::int64_t batch,
                                          const initial_state_options& o = {},
                                          const location& at = location::current()) {
    return cell.make_state([&](std::string_view, std::int64_t units) {
        return zeros(s, {batch, units}, {.dtype = o.dtype}, at);
    });
}

/// One state for all examples of a batch, which is trained with the weights.
///
///     tensor state = learned_state(s, gru_cell(64), 32);        // -> [32, 64]
template <recurrent_cell Cell>
constexpr typename Cell::state learned_state(scope& s, const Cell& cell, std::int64_t batch,
                                             const initial_state_options& o = {},
                                             const location& at = location::current()) {
    auto own = s.variable_scope(o.name.empty() ? std::string_view("initial_state") : o.name, {}, at);
    return cell.make_state([&](std::string_view name, std::int64_t units) {
        const variable_options options{.initializer = o.initializer, .dtype = o.dtype};
        return broadcast_to(own.get_variable(name, {units}, options, at), {batch, units}, {}, at);
    });
}

/// The state of a cell in local variables: of each model its own, however many share its weights. No gradient goes into
/// earlier calls. `net.get<"state/hidden">()` is its value, `net.set<"state/hidden">(…)` another one, and `net.reset()`
/// makes it zeros again.
template <class State> struct kept_state_of {
    State state;  ///< as the last call left it
    std::array<variable, graph_parts::state_size<State>> variables;

    /// Leaves a state behind for the next call, in calls that ask for it.
    constexpr operation keep(const State& next, const location& at = location::current()) const {
        const auto values = graph_parts::tensors_of(next);
        std::array<operation, graph_parts::state_size<State>> all;
        for (std::size_t i = 0; i < all.size(); ++i) all[i] = assign(variables[i], values[i], {}, at);
        return all[0].builder()->group(all, {}, at);
    }
};

/// A state of that kind, and the operation that keeps the next one.
///
///     auto memory = kept_state(s, cell, 32);
///     auto [state, outputs] = dynamic_rnn(s, cell, xs, memory.state);
///     operation keep = memory.keep(state);
template <recurrent_cell Cell>
constexpr kept_state_of<typename Cell::state> kept_state(scope& s, const Cell& cell, std::int64_t batch,
                                                         const initial_state_options& o = {},
                                                         const location& at = location::current()) {
    auto own = s.variable_scope(o.name.empty() ? std::string_view("state") : o.name, {}, at);
    core_parts::buffer<variable> made;
    const auto state = cell.make_state([&](std::string_view name, std::int64_t units) {
        const variable_options options{.initializer = zeros(), .dtype = o.dtype};
        made.push_back(own.get_local_variable(name, {batch, units}, options, at));
        return tensor(made.back());
    });
    return [&]<std::size_t... I>(std::index_sequence<I...>) {
        return kept_state_of<typename Cell::state>{state, {made[static_cast<int>(I)]...}};
    }(std::make_index_sequence<graph_parts::state_size<typename Cell::state>>{});
}

}  // namespace ambit
