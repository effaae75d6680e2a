// SPDX-License-Identifier: BSL-1.0
// A trainer of two LSTM layers whose COUNT steps are unrolled into one graph: what the compiler evaluates of it,
// without a kernel.
#include <ambit/ambit.hpp>

using namespace ambit;

inline constexpr std::int64_t batch = 32, units = 16;

struct lstm_state { tensor hidden, memory; };

constexpr lstm_state step(scope& s, const lstm_state& before, const tensor& x) {
    const variable weights = s.get_variable("weights", {x.shape()[-1] + units, 4 * units});
    const variable biases = s.get_variable("biases", {4 * units}, {.initializer = zeros()});
    const auto [in, forget, candidate, out] = split<4>(matmul(concat({x, before.hidden}, 1), weights) + biases, 1);
    const tensor memory = sigmoid(forget + 1) * before.memory + sigmoid(in) * tanh(candidate);
    return {sigmoid(out) * tanh(memory), memory};
}

struct sequence_trainer {
    struct outputs { tensor loss; operation train; };
    constexpr outputs operator()(scope& s, tensor sequence, tensor wanted) const {
        const tensor start = zeros(s, {batch, units});
        lstm_state first{start, start}, second{start, start};
        {
            auto rnn = s.variable_scope("rnn");
            for (const tensor& x : unstack(sequence, 0)) {
                { auto layer = rnn.variable_scope("first"); first = step(layer, first, x); }
                { auto layer = rnn.variable_scope("second"); second = step(layer, second, first.hidden); }
                rnn.reuse_variables();
            }
        }
        const tensor loss = reduce_mean(square(dense(s, "sum", second.hidden, 1) - wanted));
        return {loss, minimize(s, loss, adam{})};
    }
};

using graph = graph_of<sequence_trainer, input<float, COUNT, batch, 1>, input<float, batch, 1>>;
static_assert(graph::counts.mistakes == 0);
static_assert(plan_of<graph, plan_parts::all_outputs>::counts.steps > COUNT);
