// SPDX-License-Identifier: BSL-1.0
// Long short-term memory. One product for the four gates, in TensorFlow 1's order: input i, new values j, forget f,
// output o.
//
//     c' = σ(f + forget_bias) c + σ(i) tanh(j),   h' = σ(o) tanh(c'),   [i j f o] = [x, h] · kernel + bias
//
// Peepholes add the state to the gates: w_i_diag c to i, w_f_diag c to f, w_o_diag c' to o. A projection makes the
// output h' · projection/kernel. With layer normalization each gate and the state have mean 0 and variance 1, then a
// factor gamma and an offset beta, and there is no bias. Sources: S. Hochreiter, J. Schmidhuber, "Long short-term
// memory", 1997; F. Gers, J. Schmidhuber, F. Cummins, "Learning to forget", 2000; F. Gers, J. Schmidhuber, "Recurrent
// nets that time and count", 2000; H. Sak, A. Senior, F. Beaufays, "Long short-term memory recurrent neural network
// architectures for large scale acoustic modeling", 2014; J. L. Ba, J. R. Kiros, G. E. Hinton, "Layer normalization",
// 2016.
//
//     lstm_cell cell(128, {.use_peepholes = true, .projection = 64});
//     auto [state, output] = cell(s, x, state);                 // state.cell [batch, 128], state.hidden [batch, 64]
//
// Variables: lstm_cell/kernel [in + outputs, 4 units], lstm_cell/bias, lstm_cell/w_f_diag, w_i_diag, w_o_diag [units],
// lstm_cell/projection/kernel [units, outputs]; of a cell with layer normalization those of TensorFlow's
// LayerNormBasicLSTMCell, input/gamma and beta, transform/…, forget/…, output/… and state/….
#pragma once

#include <ambit/graph/option_ranges.hpp>
#include <ambit/nn/activation.hpp>
#include <ambit/nn/normalize.hpp>
#include <ambit/nn/recurrent/cell.hpp>

#include <cstdint>
#include <string_view>

namespace AMBIT_NAMESPACE {

struct lstm_state {
    tensor cell, hidden;
};

struct lstm_options {
    double forget_bias = 1;    ///< added to the forget gate, so that a new net remembers
    bool use_peepholes = false;
    std::int64_t projection = 0;  ///< as many outputs; 0: as many as units, without a projection
    double cell_clip = 0;  ///< the cell's state stays between -cell_clip and cell_clip; 0: it may be anything
    double projection_clip = 0;  ///< as cell_clip, of the projected output
    bool layer_normalization = false;
    double epsilon = 1e-12;  ///< of layer normalization, added to variances
    activation_option activation = {};  ///< of new values and of the output; else tanh
    initializer_option kernel = {};  ///< else the scope's; else Glorot uniform; of peepholes and projection too
    initializer_option bias = zeros();
    std::string_view name = {};  ///< else lstm_cell, or layer_norm_basic_lstm_cell
};

class lstm_cell {
public:
    using state = lstm_state;
    using products = tensor;
    /// What the cell does not have belongs to no graph.
    struct weights {
        tensor kernel, of_input, of_state, bias, peephole_input, peephole_forget, peephole_output, projection;
        std::array<tensor, 5> gamma, beta;  // input, transform, forget, output, state
    };

    constexpr explicit lstm_cell(std::int64_t units, const lstm_options& options = {})
        : units_(units), options_(options) {}

    /// x: [batch, in], float32 or float64; the output is the hidden state, [batch, outputs].
    constexpr scan_step<state, tensor> operator()(scope& s, const tensor& x, const state& before,
                                                  const location& at = location::current()) {
        return recurrent_parts::single_step(*this, s, x, before, at);
    }
    constexpr std::int64_t outputs() const { return options_.projection > 0 ? options_.projection : units_; }

    template <class Make> constexpr state make_state(const Make& make) const {
        const tensor cell = make("cell", units_);
        return {cell, make("hidden", outputs())};
    }

    constexpr weights get_weights(scope& s, const tensor& x, const location& at) {
        auto own = scope_.open(s, name(), at);
        check_options(x, at);
        const std::int64_t in = recurrent_parts::features_of(x);
        const dtype type = recurrent_parts::dtype_of(x);
        const variable_options of_kernel{.initializer = options_.kernel, .dtype = type};
        const tensor kernel = own.get_variable("kernel", {in + outputs(), 4 * units_}, of_kernel, at);
        weights w;
        w.kernel = kernel;
        w.of_input = recurrent_parts::rows(kernel, 0, in);
        w.of_state = recurrent_parts::rows(kernel, in, outputs());
        if (options_.layer_normalization) get_normalization(w, own, type, at);
        else w.bias = own.get_variable("bias", {4 * units_}, {.initializer = options_.bias, .dtype = type}, at);
        if (options_.use_peepholes) {
            w.peephole_forget = own.get_variable("w_f_diag", {units_}, of_kernel, at);
            w.peephole_input = own.get_variable("w_i_diag", {units_}, of_kernel, at);
            w.peephole_output = own.get_variable("w_o_diag", {units_}, of_kernel, at);
        }
        if (options_.projection > 0) {
            auto projection = own.variable_scope("projection");
            w.projection = projection.get_variable("kernel", {units_, options_.projection}, of_kernel, at);
        }
        return w;
    }

    constexpr products input_products(const weights& w, const tensor& x) const {
        const tensor product = matmul(x, w.of_input);
        return options_.layer_normalization ? product : bias_add(product, w.bias);
    }

    constexpr scan_step<state, tensor> step(const weights& w, const products& of_input, const state& before) const {
        const tensor of_state = matmul(before.hidden, w.of_state);
        return with_gates(w, of_input + of_state, before);
    }
    constexpr scan_step<state, tensor> step_alone(const weights& w, const tensor& x, const state& before) const {
        const tensor both = concat({x, before.hidden}, -1);
        const tensor product = matmul(both, w.kernel);
        return with_gates(w, options_.layer_normalization ? product : bias_add(product, w.bias), before);
    }
    static constexpr state with_output_state(const state& of, const auto& change) {
        return {of.cell, change(of.hidden)};
    }

private:
    // One op a line: compilers differ in which operand they evaluate first.
    constexpr scan_step<state, tensor> with_gates(const weights& w, const tensor& sum, const state& before) const {
        auto [i, j, f, o] = split<4>(sum, -1);
        if (options_.layer_normalization) {
            i = normalized(w, i, 0);
            j = normalized(w, j, 1);
            f = normalized(w, f, 2);
            o = normalized(w, o, 3);
        }
        if (options_.use_peepholes) {
            i = peeped(i, w.peephole_input, before.cell);
            f = peeped(f, w.peephole_forget, before.cell);
        }
        if (!math::equals(options_.forget_bias, 0)) f = f + options_.forget_bias;
        f = sigmoid(f);
        i = sigmoid(i);
        j = activated(j);
        const tensor kept = f * before.cell;
        const tensor added = i * j;
        tensor cell = kept + added;
        if (options_.layer_normalization) cell = normalized(w, cell, 4);
        if (options_.cell_clip > 0) cell = clip(cell, -options_.cell_clip, options_.cell_clip);
        if (options_.use_peepholes) o = peeped(o, w.peephole_output, cell);
        o = sigmoid(o);
        const tensor shown = activated(cell);
        tensor hidden = o * shown;
        if (options_.projection > 0) hidden = matmul(hidden, w.projection);
        if (options_.projection > 0 && options_.projection_clip > 0)
            hidden = clip(hidden, -options_.projection_clip, options_.projection_clip);
        return {{cell, hidden}, hidden};
    }

    constexpr std::string_view name() const {
        if (!options_.name.empty()) return options_.name;
        return options_.layer_normalization ? "layer_norm_basic_lstm_cell" : "lstm_cell";
    }

    constexpr void check_options(const tensor& x, const location& at) const {
        graph_parts::option_ranges ranges(x, name(), at);
        ranges.finite("forget_bias", options_.forget_bias);
        ranges.from("projection", options_.projection, 0);
        ranges.from("cell_clip", options_.cell_clip, 0);
        ranges.from("projection_clip", options_.projection_clip, 0);
        ranges.from("epsilon", options_.epsilon, 0);
    }

    constexpr void get_normalization(weights& w, scope& own, dtype type, const location& at) const {
        constexpr std::string_view parts[] = {"input", "transform", "forget", "output", "state"};
        for (std::size_t i = 0; i < w.gamma.size(); ++i) {
            auto part = own.variable_scope(parts[i]);
            w.gamma[i] = part.get_variable("gamma", {units_}, {.initializer = ones(), .dtype = type}, at);
            w.beta[i] = part.get_variable("beta", {units_}, {.initializer = zeros(), .dtype = type}, at);
        }
    }
    constexpr tensor normalized(const weights& w, const tensor& x, std::size_t part) const {
        const mean_and_variance of = moments(x, {.axes = -1, .keep_dims = true});
        return normalize(x, of.mean, of.variance,
                         {.gamma = w.gamma[part], .beta = w.beta[part], .epsilon = options_.epsilon});
    }
    static constexpr tensor peeped(const tensor& gate, const tensor& weights, const tensor& cell) {
        const tensor seen = weights * cell;
        return gate + seen;
    }
    constexpr tensor activated(const tensor& x) const {
        return options_.activation ? (*options_.activation)(x, {}, location::current()) : tanh(x);
    }

    std::int64_t units_;
    lstm_options options_;
    recurrent_parts::kept_scope scope_;
};

/// An LSTM cell under the name that TensorFlow 1's `BasicLSTMCell` has: basic_lstm_cell/kernel and
/// basic_lstm_cell/bias.
///
///     auto [state, outputs] = dynamic_rnn(s, basic_lstm_cell(128), xs);
constexpr lstm_cell basic_lstm_cell(std::int64_t units, lstm_options options = {}) {
    if (options.name.empty()) options.name = "basic_lstm_cell";
    return lstm_cell(units, options);
}

}  // namespace ambit
