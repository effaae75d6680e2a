// SPDX-License-Identifier: BSL-1.0
// A recurrent layer as a module of ambit, and the workloads of layers.
#pragma once

#include <ambit/ambit.hpp>
#include <ambit/nn/recurrent.hpp>

#include <bench/contender.hpp>
#include <bench/sequence/problem.hpp>
#include <bench/sequence/reference.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace bench::sequence {

template <cell Kind, std::size_t Units, std::size_t Batch> struct layer_workload {
    static constexpr cell kind = Kind;
    static constexpr std::size_t units = Units, batch = Batch, in = Units;
    static std::string name() {
        return std::string("sequence/") + (Kind == cell::lstm ? "lstm_" : "gru_") + std::to_string(Units) + "_batch_" +
               std::to_string(Batch);
    }
    layer problem = make_layer(Kind, Units, Batch, in);
};

template <cell Kind, std::size_t Units, std::size_t Batch> struct layer_inference : layer_workload<Kind, Units, Batch> {
    using base = layer_workload<Kind, Units, Batch>;
    expectation right;

    layer_inference() {
        // What is wrong in one step's state is in the next one's sums, where it shrinks.
        reference_layer net(this->problem);
        for (const double y : net.outputs()) right.add_near(y, 64, 1);
    }
};

template <cell Kind, std::size_t Units, std::size_t Batch> struct layer_training : layer_workload<Kind, Units, Batch> {
    using base = layer_workload<Kind, Units, Batch>;
    static constexpr std::size_t checked_steps = 2;
    static std::string name() { return base::name() + "_training"; }
    expectation right;

    /// The second loss shows each gradient: without that of one matrix it is off by 1e-5 of itself and more.
    layer_training() {
        reference_layer net(this->problem);
        for (std::size_t step = 0; step < checked_steps; ++step) right.add_near(net.step(), 32);
    }
};

template <class W> constexpr auto cell_of() {
    if constexpr (W::kind == cell::lstm)
        return ambit::lstm_cell(std::int64_t{W::units}, {.forget_bias = 0, .name = "cell"});
    else return ambit::gru_cell(std::int64_t{W::units}, {.reset = ambit::gru_reset::after_product, .name = "cell"});
}

/// Columns [first, first + count) of the matrices below each other, all of `columns` columns.
inline numbers columns_of(const numbers& upper, const numbers& lower, std::size_t columns, std::size_t first,
                          std::size_t count) {
    numbers made;
    for (const numbers* matrix : {&upper, &lower})
        for (std::size_t row = 0; row < matrix->size(); row += columns) {
            const auto begin = matrix->begin() + std::ptrdiff_t(row + first);
            made.insert(made.end(), begin, begin + std::ptrdiff_t(count));
        }
    return made;
}

/// The weights of the cell `rnn/cell`.
template <class W, class Net> void set_weights(Net& net, const layer& work) {
    constexpr std::size_t n = W::units, in = W::in;
    if constexpr (W::kind == cell::lstm) {
        const numbers kernel = columns_of(work.of_input, work.of_state, 4 * n, 0, 4 * n);
        net.template set<"rnn/cell/kernel">(std::span<const float, (in + n) * 4 * n>(kernel));
        net.template set<"rnn/cell/bias">(std::span<const float, 4 * n>(work.bias));
    } else {
        const numbers gates = columns_of(work.of_input, work.of_state, 3 * n, 0, 2 * n);
        const numbers of_input = columns_of(work.of_input, {}, 3 * n, 2 * n, n);
        const numbers of_state = columns_of({}, work.of_state, 3 * n, 2 * n, n);
        net.template set<"rnn/cell/gates/kernel">(std::span<const float, (in + n) * 2 * n>(gates));
        net.template set<"rnn/cell/gates/bias">(std::span<const float, 2 * n>(work.bias.data(), 2 * n));
        net.template set<"rnn/cell/candidate/input_projection/kernel">(std::span<const float, in * n>(of_input));
        net.template set<"rnn/cell/candidate/input_projection/bias">(
            std::span<const float, n>(work.bias.data() + 2 * n, n));
        net.template set<"rnn/cell/candidate/hidden_projection/kernel">(std::span<const float, n * n>(of_state));
        net.template set<"rnn/cell/candidate/hidden_projection/bias">(std::span<const float, n>(work.state_bias));
    }
}

template <class W>
using sequence_input =
    ambit::input<float, std::int64_t{steps}, static_cast<std::int64_t>(W::batch), static_cast<std::int64_t>(W::in)>;

}  // namespace bench::sequence
