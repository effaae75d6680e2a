// SPDX-License-Identifier: BSL-1.0
// A cell whose output is added to what it read. TensorFlow 1's `ResidualWrapper`: the variables are those of the cell
// inside, under the same names. Source: K. He, X. Zhang, S. Ren, J. Sun, "Deep residual learning for image
// recognition", 2015.
//
//     residual_cell cell(lstm_cell(128));                       // reads [batch, 128]
#pragma once

#include <ambit/nn/recurrent/cell.hpp>

namespace AMBIT_NAMESPACE {

template <recurrent_cell Cell> class residual_cell {
public:
    using state = typename Cell::state;

    constexpr explicit residual_cell(const Cell& cell) : cell_(cell) {}

    /// x: [batch, outputs of the cell].
    constexpr scan_step<state, tensor> operator()(scope& s, const tensor& x, const state& before,
                                                  const location& at = location::current()) {
        const graph_parts::line_of_call here(s, at);
        const auto inside = cell_(s, x, before, at);
        return {inside.state, after(s, x, inside.output, at)};
    }

    constexpr std::int64_t outputs() const { return cell_.outputs(); }
    template <class Make> constexpr state make_state(const Make& make) const { return cell_.make_state(make); }

    // What it does around the cell inside, to one step or to a whole sequence.
    constexpr Cell& inner() { return cell_; }
    static constexpr tensor before(scope&, const tensor& x, const location&) { return x; }
    static constexpr tensor after(scope&, const tensor& x, const tensor& output, const location& at) {
        if (x.shape() != output.shape())
            return op_parts::refuse<mistake::op_shape, "what a residual cell reads has the extents of its output">(
                {output, x}, "residual_cell", at);
        return add(output, x, {}, at);
    }
    static constexpr tensor state_mask(scope&, const tensor&, const location&) { return {}; }
    static constexpr state with_output_state(const state& of, const auto& change)
        requires recurrent_parts::has_output_state<Cell>
    {
        return Cell::with_output_state(of, change);
    }

private:
    Cell cell_;
};

}  // namespace ambit
