// SPDX-License-Identifier: BSL-1.0
// The layers of the suite `sequence`, for every contender alike; C++17, since libtorch's headers want it.
//
//     const layer work = make_layer(cell::lstm, 128, 32);
//     std::unique_ptr<recurrent_layer> peer = layer_by_libtorch(work);
//     const float* outputs = peer->outputs();                   // [100, 32, 128]
//     float loss = peer->step();                                // forward, backward, update
#pragma once

#include <bench/numbers.hpp>

#include <cmath>
#include <cstddef>
#include <memory>

namespace bench::sequence {

/// An LSTM without a forget bias of its own; a GRU whose reset gate comes after the product, as in libtorch and in
/// oneDNN's `lbr_gru`.
enum class cell { lstm, gru };

inline constexpr std::size_t steps = 100;

/// A gate's values lie side by side in the columns; gates in the order input, new values, forget, output of an LSTM,
/// and reset, update, candidate of a GRU.
struct layer {
    cell kind;
    std::size_t units, batch, in;
    numbers of_input;    ///< [in, gates * units]
    numbers of_state;    ///< [units, gates * units]
    numbers bias;        ///< [gates * units]
    numbers state_bias;  ///< of a GRU's candidate, inside of what is reset: [units]
    numbers xs;          ///< [steps, batch, in]
    numbers targets;     ///< [steps, batch, units]

    std::size_t gates() const { return kind == cell::lstm ? 4 : 3; }
    /// The loss is the mean of squared distances, so that gradients shrink with the units.
    float rate() const { return static_cast<float>(units) / 64; }
};

inline layer make_layer(cell kind, std::size_t units, std::size_t batch, std::size_t in, std::size_t length = steps) {
    layer made{kind, units, batch, in, {}, {}, {}, {}, {}, {}};
    const float reach = 1 / std::sqrt(static_cast<float>(units));
    const std::size_t columns = made.gates() * units;
    made.of_input = uniform(in * columns, -reach, reach, 1);
    made.of_state = uniform(units * columns, -reach, reach, 2);
    made.bias = uniform(columns, -reach, reach, 3);
    made.state_bias = uniform(units, -reach, reach, 4);
    made.xs = uniform(length * batch * in, -1, 1, 5);
    made.targets = uniform(length * batch * units, -0.5f, 0.5f, 6);
    return made;
}

/// The columns of a matrix [rows, gates * units] with its gates in another order: `order[g]` is what comes to place g.
template <class Order> numbers with_gates(const numbers& matrix, std::size_t units, const Order& order) {
    const std::size_t columns = order.size() * units, rows = matrix.size() / columns;
    numbers made(matrix.size());
    for (std::size_t r = 0; r < rows; ++r)
        for (std::size_t g = 0; g < order.size(); ++g)
            for (std::size_t u = 0; u < units; ++u)
                made[r * columns + g * units + u] = matrix[r * columns + order[g] * units + u];
    return made;
}

class recurrent_layer {
public:
    recurrent_layer() = default;
    recurrent_layer(const recurrent_layer&) = delete;
    recurrent_layer& operator=(const recurrent_layer&) = delete;
    virtual ~recurrent_layer() = default;

    virtual const float* outputs() = 0;
    virtual float step() = 0;
};

/// One of the two is asked for; `for_training` says which.
std::unique_ptr<recurrent_layer> layer_by_libtorch(const layer& work, bool for_training);

/// Attention of a sequence to itself, with as many units as features.
struct attention {
    static constexpr std::size_t length = 64, units = 128, heads = 4;
    numbers x = uniform(length * units, -1, 1, 1);  ///< [length, units]
    numbers weights[4];  ///< of queries, keys, values and outputs, [units, units], in rows
    numbers biases[4];

    attention() {
        const float reach = std::sqrt(3.0f / static_cast<float>(units));
        for (unsigned i = 0; i < 4; ++i) {
            weights[i] = uniform(units * units, -reach, reach, 2 + i);
            biases[i] = uniform(units, -0.1f, 0.1f, 6 + i);
        }
    }
};

class attending {
public:
    attending() = default;
    attending(const attending&) = delete;
    attending& operator=(const attending&) = delete;
    virtual ~attending() = default;
    virtual const float* outputs() = 0;
};
std::unique_ptr<attending> attention_by_libtorch(const attention& work);

}  // namespace bench::sequence
