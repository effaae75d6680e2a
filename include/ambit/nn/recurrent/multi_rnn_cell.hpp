// SPDX-License-Identifier: BSL-1.0
// Several layers of cells: each reads what the one below puts out. TensorFlow 1's `MultiRNNCell`:
// multi_rnn_cell/cell_0/…, multi_rnn_cell/cell_1/….
//
//     multi_rnn_cell cell(lstm_cell(128), residual_cell(lstm_cell(128)));
//     multi_rnn_cell same(std::array{gru_cell(64), gru_cell(64), gru_cell(64)});
//     auto [state, output] = cell(s, x, state);                 // state: a tuple, or an array, of the layers' states
//
// A layer that was used before keeps its scope, and so is refused here.
#pragma once

#include <ambit/nn/recurrent/cell.hpp>

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

namespace AMBIT_NAMESPACE::recurrent_parts {

template <class Cells> struct layers;
template <class... Cells> struct layers<std::tuple<Cells...>> {
    using state = std::tuple<typename Cells::state...>;
};
template <class Cell, std::size_t Count> struct layers<std::array<Cell, Count>> {
    using state = std::array<typename Cell::state, Count>;
};

/// `cell_0`, and what stands below it.
constexpr core_parts::short_text name_of_layer(std::size_t layer, std::string_view below = {}) {
    core_parts::short_text text = ambit::name("cell_", static_cast<std::int64_t>(layer));
    if (!below.empty()) text += '/';
    text += below;
    return text;
}

/// Calls a function with the number of each layer.
template <class Cells> constexpr void for_each_layer(const auto& function) {
    [&]<std::size_t... I>(std::index_sequence<I...>) {
        (function(std::integral_constant<std::size_t, I>{}), ...);
    }(std::make_index_sequence<std::tuple_size_v<Cells>>{});
}

}  // namespace ambit::recurrent_parts

namespace AMBIT_NAMESPACE {

template <class Cells> class multi_rnn_cell {
public:
    using state = typename recurrent_parts::layers<Cells>::state;
    using cells = Cells;

    template <recurrent_cell... Layers>
        requires std::same_as<Cells, std::tuple<Layers...>>
    constexpr explicit multi_rnn_cell(const Layers&... layers) : layers_(layers...) {}
    template <recurrent_cell Layer, std::size_t Count>
    constexpr explicit multi_rnn_cell(const std::array<Layer, Count>& layers) : layers_(layers) {}

    /// x: [batch, in]; the output is that of the last layer.
    constexpr scan_step<state, tensor> operator()(scope& s, const tensor& x, const state& before,
                                                  const location& at = location::current()) {
        const graph_parts::line_of_call here(s, at);
        auto own = open(s, at);
        scan_step<state, tensor> all{before, x};
        recurrent_parts::for_each_layer<Cells>([&](auto layer) {
            auto its_own = own.variable_scope(recurrent_parts::name_of_layer(layer), {}, at);
            const auto one = get<layer>(layers_)(its_own, all.output, get<layer>(before), at);
            get<layer>(all.state) = one.state;
            all.output = one.output;
        });
        return all;
    }

    template <class Make> constexpr state make_state(const Make& make) const {
        return [&]<std::size_t... I>(std::index_sequence<I...>) {
            return state{get<I>(layers_).make_state([&](std::string_view name, std::int64_t units) {
                return make(recurrent_parts::name_of_layer(I, name), units);
            })...};
        }(std::make_index_sequence<std::tuple_size_v<Cells>>{});
    }

    constexpr std::int64_t outputs() const { return get<std::tuple_size_v<Cells> - 1>(layers_).outputs(); }

    constexpr scope open(scope& s, const location& at) { return scope_.open(s, "multi_rnn_cell", at); }
    constexpr Cells& inner() { return layers_; }

private:
    Cells layers_;
    recurrent_parts::kept_scope scope_;
};

template <recurrent_cell... Layers> multi_rnn_cell(const Layers&...) -> multi_rnn_cell<std::tuple<Layers...>>;
template <recurrent_cell Layer, std::size_t Count>
multi_rnn_cell(const std::array<Layer, Count>&) -> multi_rnn_cell<std::array<Layer, Count>>;

}  // namespace ambit
