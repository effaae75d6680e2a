// SPDX-License-Identifier: BSL-1.0
// A cell with dropout of what it reads, of its output and of its state. TensorFlow 1's `DropoutWrapper`: the variables
// are those of the cell inside, under the same names. An LSTM drops its hidden state and never its cell's. Variational
// dropout has one mask for all steps of a sequence, and other ones for the next call. Source: Y. Gal, Z. Ghahramani,
// "A theoretically grounded application of dropout in recurrent neural networks", 2016.
//
//     dropout_cell cell(lstm_cell(128), {.input = 0.2, .output = 0.5, .state = 0.2, .variational = true});
#pragma once

#include <ambit/nn/dropout.hpp>
#include <ambit/nn/recurrent/cell.hpp>

#include <cstdint>
#include <optional>
#include <string_view>

namespace AMBIT_NAMESPACE {

struct dropout_cell_options {
    double input = 0;   ///< the shares of elements that become 0, each 0 <= rate < 1
    double output = 0;
    double state = 0;   ///< of a wrapped single cell, not of several layers
    bool variational = false;  ///< one mask for all steps
    bool training = true;      ///< false: the cell inside as it is
    std::optional<std::uint64_t> seed{};
};

template <recurrent_cell Cell> class dropout_cell {
public:
    using state = typename Cell::state;

    constexpr explicit dropout_cell(const Cell& cell, const dropout_cell_options& options = {})
        : cell_(cell), options_(options) {}

    /// x: [batch, in].
    constexpr scan_step<state, tensor> operator()(scope& s, const tensor& x, const state& before_it,
                                                  const location& at = location::current()) {
        const graph_parts::line_of_call here(s, at);
        auto step = cell_(s, before(s, x, at), before_it, at);
        if constexpr (recurrent_parts::has_output_state<Cell>)
            if (const tensor mask = state_mask(s, x, at); mask.builder() != nullptr)
                step.state = Cell::with_output_state(step.state, [&](const tensor& h) { return mul(h, mask); });
        return {step.state, after(s, x, step.output, at)};
    }

    template <class Make> constexpr state make_state(const Make& make) const { return cell_.make_state(make); }
    constexpr std::int64_t outputs() const { return cell_.outputs(); }

    constexpr Cell& inner() { return cell_; }
    constexpr tensor before(scope& s, const tensor& x, const location& at) {
        return dropped(s, x, options_.input, "input_dropout", of_input_, at);
    }
    constexpr tensor after(scope& s, const tensor&, const tensor& output, const location& at) {
        return dropped(s, output, options_.output, "output_dropout", of_output_, at);
    }
    /// [batch, outputs] if it is the same in all steps, else with the axes that `x` has in front of the features.
    constexpr tensor state_mask(scope& s, const tensor& x, const location& at) {
        if (!options_.training || math::equals(options_.state, 0)) return {};
        if constexpr (!recurrent_parts::has_output_state<Cell>) {
            return op_parts::refuse<mistake::op_option, "the state of a single cell is dropped: wrap each layer">(
                x, "state_dropout", at);
        } else {
            shape extents;
            for (int axis = 0; axis + 1 < x.shape().rank(); ++axis) extents.append(x.shape()[axis]);
            extents.append(outputs());
            return mask(s, extents, x.dtype(), options_.state, "state_dropout", of_state_, at);
        }
    }
    static constexpr state with_output_state(const state& of, const auto& change)
        requires recurrent_parts::has_output_state<Cell>
    {
        return Cell::with_output_state(of, change);
    }

private:
    constexpr tensor dropped(scope& s, const tensor& x, double rate, std::string_view name, tensor& kept,
                             const location& at) {
        if (!options_.training || math::equals(rate, 0)) return x;
        if (!options_.variational) return dropout(s, x, {.rate = rate, .seed = options_.seed, .name = name}, at);
        return mul(x, mask(s, x.shape(), x.dtype(), rate, name, kept, at), {}, at);
    }

    /// A mask of 0 and 1 / (1 - rate). One for all steps is drawn once, and kept.
    constexpr tensor mask(scope& s, const shape& of, dtype type, double rate, std::string_view name, tensor& kept,
                          const location& at) const {
        if (options_.variational && kept.builder() == s.builder()) return kept;
        shape extents = of;
        if (options_.variational && of.rank() > 2) extents = {of[-2], of[-1]};
        const tensor one = ones(s, extents, {.dtype = type}, at);
        const tensor drawn = dropout(s, one, {.rate = rate, .seed = options_.seed, .name = name}, at);
        if (options_.variational) kept = drawn;
        return drawn;
    }

    Cell cell_;
    dropout_cell_options options_;
    tensor of_input_, of_output_, of_state_;  // of variational dropout, once they are drawn
};

}  // namespace ambit
