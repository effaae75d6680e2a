// SPDX-License-Identifier: BSL-1.0
// A cell over a whole sequence, [time, batch, features], by one loop for each layer: what does not depend on the state
// is computed for all steps at once in front of it, the input's products by one product.
#pragma once

#include <ambit/nn/recurrent/multi_rnn_cell.hpp>
#include <ambit/ops/all.hpp>

#include <array>
#include <cstddef>
#include <source_location>

namespace AMBIT_NAMESPACE::recurrent_parts {

/// How a cell goes over a sequence.
struct way_over_time {
    tensor is_on;       ///< bool [time, batch, 1], whether a step belongs to a sequence; of no graph: all do
    tensor state_mask;  ///< what the state that comes out is multiplied by, [time, batch, n] or [batch, n]; or nothing
    bool reverse = false;
    bool products_in_loop = false;
    graph_parts::loop_memory memory = graph_parts::loop_memory::store;
};

/// A state where it is on, another one elsewhere.
template <class State> constexpr State where_on(const tensor& is_on, const State& on, const State& off) {
    auto values = graph_parts::tensors_of(on);
    const auto others = graph_parts::tensors_of(off);
    for (std::size_t i = 0; i < values.size(); ++i) values[i] = where(is_on, values[i], others[i]);
    return graph_parts::state_from<State>(values);
}

/// What one iteration reads: products of the input, or the input itself. What there is not, any other one stands for.
template <class Products> struct step_elements {
    Products products;
    tensor x, is_on, state_mask;
};

/// The products of a whole sequence; where they are left to the loop, the sequence in their place.
template <single_cell Cell>
constexpr typename Cell::products products_over_time(const Cell& cell, const typename Cell::weights& w,
                                                     const tensor& xs, bool are_in_loop) {
    if (!are_in_loop) return cell.input_products(w, xs);
    std::array<tensor, graph_parts::state_size<typename Cell::products>> all;
    all.fill(xs);
    return graph_parts::state_from<typename Cell::products>(all);
}

template <single_cell Cell>
constexpr scan_result<typename Cell::state, tensor> run_over(scope& s, Cell& cell, const tensor& xs,
                                                             const typename Cell::state& initial,
                                                             const way_over_time& way, const std::source_location& at) {
    using state = typename Cell::state;
    using elements = step_elements<typename Cell::products>;
    const auto weights = cell.get_weights(s, xs, at);
    const auto products = products_over_time(cell, weights, xs, way.products_in_loop);
    const tensor any = graph_parts::tensors_of(products)[0];
    const bool is_masked = way.is_on.builder() != nullptr, drops = way.state_mask.builder() != nullptr;
    const bool drops_anew = drops && way.state_mask.shape().rank() > 2;
    const auto body = [&](scope&, const state& before, const elements& x) {
        auto next = way.products_in_loop ? step_by_itself(cell, weights, x.x, before)
                                         : cell.step(weights, x.products, before);
        if (drops)
            next.state = Cell::with_output_state(
                next.state, [&](const tensor& h) { return mul(h, drops_anew ? x.state_mask : way.state_mask); });
        if (is_masked) next = {where_on(x.is_on, next.state, before), where(x.is_on, next.output, 0)};
        return next;
    };
    const elements all{products, any, is_masked ? way.is_on : any, drops_anew ? way.state_mask : any};
    return scan(s, body, all, initial, {.reverse = way.reverse, .memory = way.memory}, at);
}

template <class Cells>
constexpr scan_result<typename multi_rnn_cell<Cells>::state, tensor> run_over(
    scope& s, multi_rnn_cell<Cells>& cell, const tensor& xs, const typename multi_rnn_cell<Cells>::state& initial,
    const way_over_time& way, const std::source_location& at);

/// A wrapper around one cell.
template <recurrent_cell Cell>
constexpr scan_result<typename Cell::state, tensor> run_over(scope& s, Cell& cell, const tensor& xs,
                                                             const typename Cell::state& initial,
                                                             const way_over_time& way, const std::source_location& at) {
    way_over_time inside = way;
    if (const tensor mask = cell.state_mask(s, xs, at); mask.builder() != nullptr)
        inside.state_mask = way.state_mask.builder() == nullptr ? mask : mul(mask, way.state_mask);
    auto all = run_over(s, cell.inner(), cell.before(s, xs, at), initial, inside, at);
    all.outputs = cell.after(s, xs, all.outputs, at);
    return all;
}

/// Layer by layer: each reads all outputs of the one below.
template <class Cells>
constexpr scan_result<typename multi_rnn_cell<Cells>::state, tensor> run_over(
    scope& s, multi_rnn_cell<Cells>& cell, const tensor& xs, const typename multi_rnn_cell<Cells>::state& initial,
    const way_over_time& way, const std::source_location& at) {
    auto own = cell.open(s, at);
    scan_result<typename multi_rnn_cell<Cells>::state, tensor> all{initial, xs};
    for_each_layer<Cells>([&](auto layer) {
        auto its_own = own.variable_scope(name_of_layer(layer), {}, at);
        const auto one = run_over(its_own, get<layer>(cell.inner()), all.outputs, get<layer>(initial), way, at);
        get<layer>(all.state) = one.state;
        all.outputs = one.outputs;
    });
    return all;
}

/// Whether outputs behind the end of a sequence may be others than 0: a wrapper computes with them.
template <class Cell> inline constexpr bool changes_outputs = !single_cell<Cell>;

}  // namespace ambit::recurrent_parts
