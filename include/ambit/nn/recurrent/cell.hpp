// SPDX-License-Identifier: BSL-1.0
// What every cell is: a value that goes through a module, with a state that goes from one step to the next.
//
//     template <class Make> constexpr state make_state(const Make& make) const;       // of tensors make(name, units)
//     constexpr scan_step<state, tensor> operator()(scope&, const tensor& x, const state& before, const location&);
//
// A single cell, which is no wrapper around others, says of what its step is made, so that what does not depend on the
// state is computed for a whole sequence at once:
//
//     constexpr weights get_weights(scope& s, const tensor& x, const location& at);   // its variables, in its scope
//     constexpr products input_products(const weights& w, const tensor& x) const;     // x: [..., features]
//     constexpr scan_step<state, tensor> step(const weights&, const products&, const state& before) const;
//     constexpr scan_step<state, tensor> step_alone(const weights&, const tensor& x, const state& before) const;
//     static constexpr state with_output_state(const state& of, const auto& change);  // of what is an output, too
//
// A wrapper around one cell says what it does around it, to one step or to a whole sequence: `inner`, `before`, `after`
// and `state_mask`, by which the state that comes out is multiplied if it is a tensor of a graph.
#pragma once

#include <ambit/nn/recurrent/kept_scope.hpp>
#include <ambit/ops/all.hpp>
#include <ambit/ops/refusal.hpp>

#include <concepts>
#include <cstdint>
#include <source_location>
#include <type_traits>

namespace AMBIT_NAMESPACE {

template <class Cell>
concept recurrent_cell = graph_parts::loop_state<typename Cell::state>;

}  // namespace ambit

namespace AMBIT_NAMESPACE::recurrent_parts {

template <class Cell>
concept single_cell = recurrent_cell<Cell> && requires { typename Cell::weights; };

/// Whether a part of the state is the output, too, and so may be dropped.
template <class Cell>
concept has_output_state = requires(const typename Cell::state& state, tensor (*change)(const tensor&)) {
    Cell::with_output_state(state, change);
};

/// A step whose input nobody has multiplied before. One product of input and state side by side takes a copy of both
/// first, for which a single row would wait: there the input has a product of its own, which does not need the state.
template <class Cell>
constexpr scan_step<typename Cell::state, tensor> step_by_itself(const Cell& cell, const typename Cell::weights& w,
                                                                 const tensor& x, const typename Cell::state& before) {
    const auto has_one_row = [](const tensor& of) { return of.shape().rank() == 2 && of.shape()[0] == 1; };
    if (has_one_row(x) && has_one_row(graph_parts::tensors_of(before)[0]))
        return cell.step(w, cell.input_products(w, x), before);
    return cell.step_alone(w, x, before);
}

/// One step of a single cell: what its `operator()` is.
template <class Cell>
constexpr scan_step<typename Cell::state, tensor> single_step(Cell& cell, scope& s, const tensor& x,
                                                              const typename Cell::state& before,
                                                              const std::source_location& at) {
    const graph_parts::line_of_call here(s, at);
    const typename Cell::weights w = cell.get_weights(s, x, at);
    return step_by_itself(cell, w, x, before);
}

/// The last extent of an operand; matmul refuses a scalar in its own words.
constexpr std::int64_t features_of(const tensor& x) { return x.shape().rank() > 0 ? x.shape()[-1] : 1; }

/// Variables of a cell have the dtype of what it reads; matmul refuses integers beside them.
constexpr dtype dtype_of(const tensor& x) { return is_floating(x.dtype()) ? x.dtype() : dtype::none; }

/// Rows of a kernel from one on.
constexpr tensor rows(const tensor& kernel, std::int64_t first, std::int64_t count) {
    return slice(kernel, {first, 0}, {count, kernel.shape()[1]});
}

}  // namespace ambit::recurrent_parts
