// SPDX-License-Identifier: BSL-1.0
// Cells and how they go over time, in float64 as graphs mean it: against differences, against plain loops over the
// formulas, and against each other.
#include <ambit/nn/recurrent.hpp>

#include <ambit/ambit.hpp>

#include "../../support/gradient_check.hpp"
#include "../../support/in_double.hpp"
#include "../../support/op_function.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <cmath>
#include <map>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

using namespace ambit;
using namespace ambit_test;
using Catch::Contains;

namespace {

constexpr std::int64_t batch = 3, time_steps = 4, features = 2, units = 3;

/// Calls a function with each kind of cell, and its name.
void for_each_cell(const auto& use) {
    use("rnn", basic_rnn_cell(units, {.activation = sigmoid}));
    use("lstm", lstm_cell(units));
    use("peepholes", lstm_cell(units, {.use_peepholes = true, .projection = 2}));
    use("clipped", lstm_cell(units, {.forget_bias = 0, .projection = 2, .cell_clip = 0.4, .projection_clip = 0.3}));
    use("normalized", lstm_cell(units, {.layer_normalization = true, .epsilon = 0.01}));
    use("gru", gru_cell(units));
    use("gru, reset after", gru_cell(units, {.reset = gru_reset::after_product, .activation = sigmoid}));
    use("layers", multi_rnn_cell(lstm_cell(2), residual_cell(gru_cell(2)), basic_rnn_cell(units)));
    use("equal layers", multi_rnn_cell(std::array{gru_cell(2), gru_cell(2)}));
    use("without dropout", dropout_cell(lstm_cell(units), {.input = 0.5, .state = 0.5, .training = false}));
}

}  // namespace

TEST_CASE("gradients of every cell are the differences", "[nn][recurrent]") {
    for_each_cell([](const char* name, const auto& made) {
        for (unsigned round = 0; round < 4; ++round) {
            CAPTURE(name, round);
            auto cell = made;
            gradient_check c(round);
            const tensor xs = c.parameter({2, 3, 2}, -1, 1);
            rnn_options o{.time_major = c.coin(), .reverse = c.coin()};
            if (round >= 2) o.memory = loop_memory::recompute;
            const auto state = learned_state(c.root(), cell, o.time_major ? 3 : 2, {.dtype = float64});
            const auto all = dynamic_rnn(c.root(), cell, xs, state, o);
            c.take_variables(-1.5, 1.5);
            tensor loss = c.weighed(all.outputs);
            for (const tensor& x : graph_parts::tensors_of(all.state)) loss = loss + c.weighed(x);
            REQUIRE_NOTHROW(c.holds(loss));
        }
    });
}

TEST_CASE("a loop over time computes what the steps written out compute", "[nn][recurrent]") {
    for_each_cell([](const char* name, const auto& made) {
        for (const bool is_cut : {false, true}) {
            for (const bool reverse : {false, true}) {
                CAPTURE(name, is_cut, reverse);
                auto cell = made;
                in_double g;
                const tensor xs = g.input({batch, time_steps, features}, numbers<double>(batch * time_steps * features));
                rnn_options o{.reverse = reverse};
                if (is_cut) o.sequence_length = g.integers({2, 4, 1});
                const auto looped = dynamic_rnn(g.root, cell, xs, o);
                const auto written = static_rnn(g.root, cell, unstack(xs, 1), o);
                std::vector<tensor> outputs{looped.outputs, stack(written.outputs, 1)};
                for (const tensor& x : graph_parts::tensors_of(looped.state)) outputs.push_back(x);
                for (const tensor& x : graph_parts::tensors_of(written.state)) outputs.push_back(x);
                const std::vector<list> values = g.values_of(outputs);
                check_close(values[0], values[1]);
                const std::size_t states = (values.size() - 2) / 2;
                for (std::size_t i = 0; i < states; ++i) check_close(values[2 + i], values[2 + states + i]);
            }
        }
    });
}

TEST_CASE("sequences with lengths are sequences that end there", "[nn][recurrent]") {
    const std::vector<std::int32_t> lengths{2, 4, 1};
    for_each_cell([&](const char* name, const auto& made) {
        for (const bool reverse : {false, true}) {
            CAPTURE(name, reverse);
            auto cell = made;
            in_double g;
            const tensor xs = g.input({batch, time_steps, features}, numbers<double>(batch * time_steps * features));
            const auto all = dynamic_rnn(g.root, cell, xs, {.sequence_length = g.integers(lengths), .reverse = reverse});
            const std::int64_t width = all.outputs.shape()[-1];
            std::vector<tensor> outputs{all.outputs};
            for (std::int64_t b = 0; b < batch; ++b) {
                const std::int64_t length = lengths[static_cast<std::size_t>(b)];
                const tensor cut = slice(xs, {b, 0, 0}, {1, length, features});
                const auto one = dynamic_rnn(g.root, cell, cut, {.reverse = reverse});
                const tensor zeros_behind = pad(one.outputs, {{0, 0}, {0, time_steps - length}, {0, 0}});
                outputs.push_back(zeros_behind - slice(all.outputs, {b, 0, 0}, {1, time_steps, width}));
                const auto whole = graph_parts::tensors_of(all.state), alone = graph_parts::tensors_of(one.state);
                for (std::size_t i = 0; i < whole.size(); ++i)
                    outputs.push_back(alone[i] - slice(whole[i], {b, 0}, {1, whole[i].shape()[1]}));
            }
            const std::vector<list> values = g.values_of(outputs);
            for (std::size_t i = 1; i < values.size(); ++i)
                for (const double difference : values[i]) CHECK(std::abs(difference) <= 1e-14);
            for (std::int64_t i = 2 * width; i < time_steps * width; ++i)
                CHECK(values[0][static_cast<std::size_t>(i)] == 0);
        }
    });
}

TEST_CASE("two directions are a cell forward, and one over each sequence from its end", "[nn][recurrent]") {
    in_double g;
    const tensor xs = g.input({batch, time_steps, features}, numbers<double>(batch * time_steps * features));
    const tensor lengths = g.integers({2, 4, 1});
    lstm_cell forward(units), backward(2, {.projection = 1});
    const auto both = bidirectional_rnn(g.root, forward, backward, xs, {.sequence_length = lengths});
    auto around = g.root.variable_scope("bidirectional_rnn");
    const auto first = dynamic_rnn(around, forward, xs, {.sequence_length = lengths, .name = "fw"});
    const tensor turned = reverse_sequence(xs, lengths);
    const auto second = dynamic_rnn(around, backward, turned, {.sequence_length = lengths, .name = "bw"});
    const std::vector<list> values =
        g.values_of({both.forward.outputs, first.outputs, both.backward.outputs,
                     reverse_sequence(second.outputs, lengths), both.backward.state.cell, second.state.cell});
    for (std::size_t i = 0; i < values.size(); i += 2) check_close(values[i], values[i + 1]);
}

// ---- The formulas, in plain loops -----------------------------------------------------------------------------------

namespace {

double sigmoid_of(double x) { return 1 / (1 + std::exp(-x)); }

/// Σ over [x, h] of a column of a kernel [in + units, columns], with a bias.
struct plain_product {
    const list &kernel, &bias;
    std::size_t columns;
    double operator()(const list& x, const list& h, std::size_t column) const {
        double sum = bias.empty() ? 0 : bias[column];
        for (std::size_t i = 0; i < x.size(); ++i) sum += x[i] * kernel[i * columns + column];
        for (std::size_t i = 0; i < h.size(); ++i) sum += h[i] * kernel[(x.size() + i) * columns + column];
        return sum;
    }
};

void normalize_plainly(list& x, const list& gamma, const list& beta, double epsilon) {
    double mean = 0, variance = 0;
    for (const double value : x) mean += value / double(x.size());
    for (const double value : x) variance += (value - mean) * (value - mean) / double(x.size());
    for (std::size_t i = 0; i < x.size(); ++i) x[i] = (x[i] - mean) / std::sqrt(variance + epsilon) * gamma[i] + beta[i];
}

struct plain_lstm {
    const std::map<std::string, list>& of;
    std::string at;
    lstm_options o;
    std::size_t n, m;  // units, outputs
    list operator()(const std::string& name) const {
        const auto found = of.find(at + name + ":0");
        return found == of.end() ? list() : found->second;
    }
    /// One step of one example.
    std::pair<list, list> operator()(const list& x, const list& cell, const list& hidden) const {
        const list kernel = (*this)("kernel"), bias = (*this)("bias");
        const plain_product product{kernel, bias, 4 * n};
        std::array<list, 4> gates;
        for (std::size_t g = 0; g < 4; ++g)
            for (std::size_t i = 0; i < n; ++i) gates[g].push_back(product(x, hidden, g * n + i));
        if (o.layer_normalization)
            for (std::size_t g = 0; g < 4; ++g) {
                const std::string part = std::array{"input/", "transform/", "forget/", "output/"}[g];
                normalize_plainly(gates[g], (*this)(part + "gamma"), (*this)(part + "beta"), o.epsilon);
            }
        const list w_i = (*this)("w_i_diag"), w_f = (*this)("w_f_diag"), w_o = (*this)("w_o_diag");
        list next(n), out(n);
        for (std::size_t i = 0; i < n; ++i) {
            const double in = gates[0][i] + (w_i.empty() ? 0 : w_i[i] * cell[i]);
            const double forget = gates[2][i] + o.forget_bias + (w_f.empty() ? 0 : w_f[i] * cell[i]);
            next[i] = sigmoid_of(forget) * cell[i] + sigmoid_of(in) * std::tanh(gates[1][i]);
        }
        if (o.layer_normalization) normalize_plainly(next, (*this)("state/gamma"), (*this)("state/beta"), o.epsilon);
        for (std::size_t i = 0; i < n; ++i) {
            if (o.cell_clip > 0) next[i] = std::min(std::max(next[i], -o.cell_clip), o.cell_clip);
            out[i] = sigmoid_of(gates[3][i] + (w_o.empty() ? 0 : w_o[i] * next[i])) * std::tanh(next[i]);
        }
        if (o.projection == 0) return {next, out};
        const list projection = (*this)("projection/kernel"), none;
        list projected;
        for (std::size_t i = 0; i < m; ++i) projected.push_back(plain_product{projection, none, m}(out, {}, i));
        for (double& value : projected)
            if (o.projection_clip > 0) value = std::min(std::max(value, -o.projection_clip), o.projection_clip);
        return {next, projected};
    }
};

/// One example of a sequence, its features at one step.
list step_of(const list& xs, std::int64_t b, std::int64_t t) {
    const auto first = xs.begin() + (b * time_steps + t) * features;
    return {first, first + features};
}

}  // namespace

TEST_CASE("LSTM cells follow their formulas", "[nn][recurrent]") {
    const std::pair<lstm_options, const char*> kinds[] = {
        {{}, "rnn/lstm_cell/"},
        {{.forget_bias = 0.25, .use_peepholes = true}, "rnn/lstm_cell/"},
        {{.use_peepholes = true, .projection = 2, .cell_clip = 0.5, .projection_clip = 0.2}, "rnn/lstm_cell/"},
        {{.layer_normalization = true, .epsilon = 1e-3}, "rnn/layer_norm_basic_lstm_cell/"}};
    const list xs = numbers<double>(batch * time_steps * features, 5, -1, 1);
    for (const auto& [options, place] : kinds) {
        CAPTURE(place, options.use_peepholes, options.projection);
        in_double g;
        lstm_cell cell(units, options);
        const auto all = dynamic_rnn(g.root, cell, g.input({batch, time_steps, features}, xs));
        const std::vector<list> values = g.values_of({all.outputs, all.state.cell});
        const auto outputs = static_cast<std::size_t>(cell.outputs());
        const plain_lstm plain{g.held, place, options, units, outputs};
        list wanted, cells;
        for (std::int64_t b = 0; b < batch; ++b) {
            std::pair<list, list> state{list(units), list(outputs)};
            for (std::int64_t t = 0; t < time_steps; ++t) {
                state = plain(step_of(xs, b, t), state.first, state.second);
                wanted.insert(wanted.end(), state.second.begin(), state.second.end());
            }
            cells.insert(cells.end(), state.first.begin(), state.first.end());
        }
        check_close(values[0], wanted);
        check_close(values[1], cells);
    }
}

TEST_CASE("GRU and basic cells follow their formulas", "[nn][recurrent]") {
    const list xs = numbers<double>(batch * time_steps * features, 6, -1, 1), none;
    in_double g;
    const tensor input = g.input({batch, time_steps, features}, xs);
    const auto before = dynamic_rnn(g.root, gru_cell(units), input);
    const auto after = dynamic_rnn(g.root, gru_cell(units, {.reset = gru_reset::after_product}), input);
    const auto basic = dynamic_rnn(g.root, basic_rnn_cell(units), input);
    const std::vector<list> values = g.values_of({before.outputs, after.outputs, basic.outputs});
    const auto of = [&](const std::string& name) { return g.held.at("rnn/" + name + ":0"); };
    const list gates = of("gru_cell/gates/kernel"), gates_bias = of("gru_cell/gates/bias");
    const list candidate = of("gru_cell/candidate/kernel"), candidate_bias = of("gru_cell/candidate/bias");
    const std::string c = "cudnn_compatible_gru_cell/";
    const list gates2 = of(c + "gates/kernel"), gates2_bias = of(c + "gates/bias");
    const list input_kernel = of(c + "candidate/input_projection/kernel");
    const list input_bias = of(c + "candidate/input_projection/bias");
    const list hidden_kernel = of(c + "candidate/hidden_projection/kernel");
    const list hidden_bias = of(c + "candidate/hidden_projection/bias");
    const list basic_kernel = of("basic_rnn_cell/kernel"), basic_bias = of("basic_rnn_cell/bias");
    std::array<list, 3> wanted;
    for (std::int64_t b = 0; b < batch; ++b) {
        list first(units), second(units), third(units);
        for (std::int64_t t = 0; t < time_steps; ++t) {
            const list x = step_of(xs, b, t);
            list next(units), next2(units), next3(units), reset(units);
            for (std::size_t i = 0; i < units; ++i)
                reset[i] = sigmoid_of(plain_product{gates, gates_bias, 2 * units}(x, first, i)) * first[i];
            for (std::size_t i = 0; i < units; ++i) {
                const double u = sigmoid_of(plain_product{gates, gates_bias, 2 * units}(x, first, units + i));
                const double sum = plain_product{candidate, candidate_bias, units}(x, reset, i);
                next[i] = u * first[i] + (1 - u) * std::tanh(sum);
                const plain_product both{gates2, gates2_bias, 2 * units};
                const double r2 = sigmoid_of(both(x, second, i)), u2 = sigmoid_of(both(x, second, units + i));
                const double sum2 = plain_product{input_kernel, input_bias, units}(x, {}, i) +
                                    r2 * plain_product{hidden_kernel, hidden_bias, units}(second, {}, i);
                next2[i] = u2 * second[i] + (1 - u2) * std::tanh(sum2);
                next3[i] = std::tanh(plain_product{basic_kernel, basic_bias, units}(x, third, i));
            }
            first = next;
            second = next2;
            third = next3;
            wanted[0].insert(wanted[0].end(), first.begin(), first.end());
            wanted[1].insert(wanted[1].end(), second.begin(), second.end());
            wanted[2].insert(wanted[2].end(), third.begin(), third.end());
        }
    }
    for (std::size_t i = 0; i < 3; ++i) check_close(values[i], wanted[i]);
}

// ---- Names and sharing ----------------------------------------------------------------------------------------------

TEST_CASE("variables of cells have TensorFlow 1's names", "[nn][recurrent]") {
    const auto paths = [](const auto& use) {
        in_double g;
        use(g.root, g.input({2, 3, 2}, list(12)));
        return g.paths();
    };
    using names = std::vector<std::string>;
    CHECK(paths([](scope& s, const tensor& x) { dynamic_rnn(s, basic_rnn_cell(4), x); }) ==
          names{"rnn/basic_rnn_cell/kernel:0", "rnn/basic_rnn_cell/bias:0"});
    CHECK(paths([](scope& s, const tensor& x) { static_rnn(s, basic_lstm_cell(4), unstack(x, 1)); }) ==
          names{"rnn/basic_lstm_cell/kernel:0", "rnn/basic_lstm_cell/bias:0"});
    CHECK(paths([](scope& s, const tensor& x) {
              dynamic_rnn(s, lstm_cell(4, {.use_peepholes = true, .projection = 2}), x);
          }) == names{"rnn/lstm_cell/kernel:0", "rnn/lstm_cell/bias:0", "rnn/lstm_cell/w_f_diag:0",
                      "rnn/lstm_cell/w_i_diag:0", "rnn/lstm_cell/w_o_diag:0", "rnn/lstm_cell/projection/kernel:0"});
    CHECK(paths([](scope& s, const tensor& x) { dynamic_rnn(s, gru_cell(4), x, {.name = "decoder"}); }) ==
          names{"decoder/gru_cell/gates/kernel:0", "decoder/gru_cell/gates/bias:0",
                "decoder/gru_cell/candidate/kernel:0", "decoder/gru_cell/candidate/bias:0"});
    const names layers{"rnn/multi_rnn_cell/cell_0/basic_rnn_cell/kernel:0",
                       "rnn/multi_rnn_cell/cell_0/basic_rnn_cell/bias:0",
                       "rnn/multi_rnn_cell/cell_1/basic_rnn_cell/kernel:0",
                       "rnn/multi_rnn_cell/cell_1/basic_rnn_cell/bias:0"};
    const auto two = [] { return multi_rnn_cell(std::array{basic_rnn_cell(2), basic_rnn_cell(2)}); };
    CHECK(paths([&](scope& s, const tensor& x) { dynamic_rnn(s, two(), x); }) == layers);
    CHECK(paths([&](scope& s, const tensor& x) { static_rnn(s, two(), unstack(x, 1)); }) == layers);
    CHECK(paths([](scope& s, const tensor& x) {
              bidirectional_rnn(s, basic_rnn_cell(2), residual_cell(basic_rnn_cell(2)), x);
          }) == names{"bidirectional_rnn/fw/basic_rnn_cell/kernel:0", "bidirectional_rnn/fw/basic_rnn_cell/bias:0",
                      "bidirectional_rnn/bw/basic_rnn_cell/kernel:0", "bidirectional_rnn/bw/basic_rnn_cell/bias:0"});
    CHECK(paths([&](scope& s, const tensor& x) {
              auto cell = two();
              dynamic_rnn(s, cell, x, learned_state(s, cell, 2, {.dtype = float64}));
          }).front() == "initial_state/cell_0/hidden:0");
}

TEST_CASE("a cell keeps its scope, and two cells of one scope are refused", "[nn][recurrent]") {
    const auto told = [](const auto& use) {
        return refusal([&](scope& s, auto& x) { return use(s, x[0]); }, {tensor_spec{{2, 3, 2}, float32}});
    };
    // The same object shares its variables.
    CHECK(told([](scope& s, const tensor& x) {
              gru_cell cell(2);
              dynamic_rnn(s, cell, x);
              return dynamic_rnn(s, cell, x).outputs;
          }) == "accepted");
    const std::string elsewhere = told([](scope& s, const tensor& x) {
        gru_cell cell(2);
        tensor y = dynamic_rnn(s, cell, x, {.name = "first"}).outputs;
        return dynamic_rnn(s, cell, y, {.name = "second"}).outputs;
    });
    CHECK_THAT(elsewhere, Contains("[ambit] cell_elsewhere: scope first/gru_cell"));
    CHECK_THAT(elsewhere, Contains("a cell keeps the scope of its first use: make another cell here"));
    CHECK_THAT(elsewhere, Contains("first at recurrent.cpp:"));
    CHECK_THAT(elsewhere, Contains("again at recurrent.cpp:"));
    CHECK_THAT(elsewhere, Contains("in second"));
    // One object as two layers.
    CHECK_THAT(told([](scope& s, const tensor& x) {
                   basic_rnn_cell cell(2);
                   static_cast<void>(dynamic_rnn(s, cell, x));
                   return dynamic_rnn(s, multi_rnn_cell(cell, basic_rnn_cell(2)), x).outputs;
               }),
               Contains("cell_elsewhere"));
    // Two directions by one object.
    CHECK_THAT(told([](scope& s, const tensor& x) {
                   basic_rnn_cell cell(2);
                   return bidirectional_rnn(s, cell, cell, x).backward.outputs;
               }),
               Contains("in bidirectional_rnn/bw"));
    const std::string twice = told([](scope& s, const tensor& x) {
        dynamic_rnn(s, gru_cell(2), x);
        return dynamic_rnn(s, gru_cell(2), x).outputs;
    });
    CHECK_THAT(twice, Contains("[ambit] variable_exists"));
    CHECK_THAT(twice, Contains("rnn/gru_cell/gates/kernel"));
    CHECK_THAT(twice, Contains("first at recurrent.cpp:"));
    CHECK_THAT(twice, Contains("again at recurrent.cpp:"));
    // A constant describes a cell: each use is another one.
    constexpr auto of_a_constant = [](scope& s, const tensor& x, std::string_view second) {
        const gru_cell cell(2);
        static_cast<void>(dynamic_rnn(s, cell, x));
        return dynamic_rnn(s, cell, x, {.name = second}).outputs;
    };
    CHECK(told([&](scope& s, const tensor& x) { return of_a_constant(s, x, "other"); }) == "accepted");
    CHECK_THAT(told([&](scope& s, const tensor& x) { return of_a_constant(s, x, "rnn"); }),
               Contains("[ambit] variable_exists"));
    // A second object that is meant to share says so.
    CHECK(told([](scope& s, const tensor& x) {
              dynamic_rnn(s, gru_cell(2), x);
              s.reuse_variables();
              return dynamic_rnn(s, gru_cell(2), x).outputs;
          }) == "accepted");
}

TEST_CASE("what does not fit a cell is refused", "[nn][recurrent]") {
    const auto told = [](const auto& use, const tensor_spec& of = {{2, 3, 2}, float32}) {
        return refusal([&](scope& s, auto& x) { return use(s, x[0]); }, {of});
    };
    CHECK_THAT(told([](scope& s, const tensor& x) { return dynamic_rnn(s, gru_cell(2), x).outputs; },
                    {{2, 3}, float32}),
               Contains("a sequence has a batch, a time and features"));
    CHECK_THAT(told([](scope& s, const tensor& x) { return dynamic_rnn(s, residual_cell(gru_cell(3)), x).outputs; }),
               Contains("what a residual cell reads has the extents of its output"));
    CHECK_THAT(told([](scope& s, const tensor& x) {
                   return dynamic_rnn(s, gru_cell(3), x, {.sequence_length = constant(s, {1, 2, 3})}).outputs;
               }),
               Contains("there is a length for each sequence of the batch"));
    CHECK_THAT(told([](scope& s, const tensor& x) {
                   return dynamic_rnn(s, gru_cell(3), x, {.sequence_length = reduce_sum(x, {.axes = {1, 2}})}).outputs;
               }),
               Contains("lengths of sequences are int32 or int64"));
    CHECK_THAT(told([](scope& s, const tensor& x) {
                   return dynamic_rnn(s, dropout_cell(multi_rnn_cell(gru_cell(3)), {.state = 0.5}), x).outputs;
               }),
               Contains("the state of a single cell is dropped: wrap each layer"));
    CHECK_THAT(told([](scope& s, const tensor& x) { return dynamic_rnn(s, gru_cell(3), x).outputs; },
                    {{2, 3, 2}, int32}),
               Contains("[ambit] op_dtype"));
    // One row beside four: a sum would take it for all of them.
    const auto one_row = [&](const auto& use) { return told(use, {{1, 3, 2}, float32}); };
    CHECK_THAT(one_row([](scope& s, const tensor& x) {
                   gru_cell cell(3);
                   return cell(s, reshape(x, {1, 6}), zero_state(s, cell, 4)).output;
               }),
               Contains("op_shape"));
    CHECK_THAT(one_row([](scope& s, const tensor& x) {
                   lstm_cell cell(3);
                   return dynamic_rnn(s, cell, x, zero_state(s, cell, 4)).outputs;
               }),
               Contains("an initial state has a row for each sequence of the batch"));
    const auto told_of = [&](const lstm_options& options) {
        return told([&](scope& s, const tensor& x) { return dynamic_rnn(s, lstm_cell(3, options), x).outputs; });
    };
    CHECK_THAT(told_of({.projection = -2}), Contains("projection is -2: at least 0"));
    CHECK_THAT(told_of({.cell_clip = -1}), Contains("cell_clip is -1: at least 0"));
    CHECK_THAT(told_of({.projection = 2, .projection_clip = -1}), Contains("projection_clip is -1: at least 0"));
    CHECK_THAT(told_of({.layer_normalization = true, .epsilon = -1e-3}), Contains("epsilon is -0.001: at least 0"));
    CHECK_THAT(told_of({.forget_bias = 1e39}), Contains("forget_bias is 1e39, not a value of float32"));
}
