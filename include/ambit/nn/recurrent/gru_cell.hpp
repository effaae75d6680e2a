// SPDX-License-Identifier: BSL-1.0
// A gated recurrent unit: a reset gate r and an update gate u, one product, and a candidate c.
//
//     [r u] = σ([x, h] · gates/kernel + gates/bias),   h' = u h + (1 - u) c
//     before the product:  c = tanh([x, r h] · candidate/kernel + candidate/bias)
//     after it:            c = tanh(x · W + b + r (h · R + d))
//
// Reset before the product is TensorFlow 1's `GRUCell`; reset after it is its `CudnnCompatibleGRUCell`, in whose names
// W, b are candidate/input_projection/kernel, bias and R, d candidate/hidden_projection/kernel, bias; Keras'
// `reset_after` is that, too. Source: K. Cho, B. van Merriënboer, C. Gulcehre, D. Bahdanau, F. Bougares, H. Schwenk,
// Y. Bengio, "Learning phrase representations using RNN encoder-decoder for statistical machine translation", 2014.
//
//     gru_cell cell(64, {.reset = gru_reset::after_product});
//     auto [state, output] = cell(s, x, state);                 // x: [batch, in]; both [batch, 64]
#pragma once

#include <ambit/nn/activation.hpp>
#include <ambit/nn/recurrent/cell.hpp>

#include <cstdint>
#include <string_view>

namespace AMBIT_NAMESPACE {

/// Where the reset gate takes effect.
enum class gru_reset : int {
    before_product,  ///< on the state that the candidate's product reads
    after_product    ///< on what that product gives
};

struct gru_options {
    gru_reset reset = gru_reset::before_product;
    activation_option activation = {};  ///< of the candidate; else tanh
    initializer_option kernel = {};     ///< else the scope's; else Glorot uniform
    initializer_option gates_bias = ones();
    initializer_option candidate_bias = zeros();
    std::string_view name = {};  ///< else gru_cell, or cudnn_compatible_gru_cell
};

class gru_cell {
public:
    using state = tensor;
    struct products {
        tensor gates, candidate;
    };
    /// The kernel of the candidate is whole if reset comes before the product; what a kind does not have belongs to no
    /// graph.
    struct weights {
        tensor gates, gates_of_input, gates_of_state, gates_bias;
        tensor candidate, candidate_of_input, candidate_of_state, candidate_bias, state_bias;
    };

    constexpr explicit gru_cell(std::int64_t units, const gru_options& options = {})
        : units_(units), options_(options) {}

    /// x: [batch, in], float32 or float64; the state and the output: [batch, units].
    constexpr scan_step<state, tensor> operator()(scope& s, const tensor& x, const state& before,
                                                  const location& at = location::current()) {
        return recurrent_parts::single_step(*this, s, x, before, at);
    }
    constexpr std::int64_t outputs() const { return units_; }

    template <class Make> constexpr state make_state(const Make& make) const { return make("hidden", units_); }

    constexpr weights get_weights(scope& s, const tensor& x, const location& at) {
        auto own = scope_.open(s, name(), at);
        const std::int64_t in = recurrent_parts::features_of(x);
        const dtype type = recurrent_parts::dtype_of(x);
        const variable_options of_kernel{.initializer = options_.kernel, .dtype = type};
        const variable_options of_bias{.initializer = options_.candidate_bias, .dtype = type};
        weights w;
        {
            auto gates = own.variable_scope("gates");
            const tensor kernel = gates.get_variable("kernel", {in + units_, 2 * units_}, of_kernel, at);
            w.gates = kernel;
            w.gates_of_input = recurrent_parts::rows(kernel, 0, in);
            w.gates_of_state = recurrent_parts::rows(kernel, in, units_);
            w.gates_bias =
                gates.get_variable("bias", {2 * units_}, {.initializer = options_.gates_bias, .dtype = type}, at);
        }
        auto candidate = own.variable_scope("candidate");
        if (options_.reset == gru_reset::after_product) {
            {
                auto projection = candidate.variable_scope("input_projection");
                w.candidate_of_input = projection.get_variable("kernel", {in, units_}, of_kernel, at);
                w.candidate_bias = projection.get_variable("bias", {units_}, of_bias, at);
            }
            auto projection = candidate.variable_scope("hidden_projection");
            w.candidate_of_state = projection.get_variable("kernel", {units_, units_}, of_kernel, at);
            w.state_bias = projection.get_variable("bias", {units_}, of_bias, at);
        } else {
            const tensor kernel = candidate.get_variable("kernel", {in + units_, units_}, of_kernel, at);
            w.candidate = kernel;
            w.candidate_of_input = recurrent_parts::rows(kernel, 0, in);
            w.candidate_of_state = recurrent_parts::rows(kernel, in, units_);
            w.candidate_bias = candidate.get_variable("bias", {units_}, of_bias, at);
        }
        return w;
    }

    constexpr products input_products(const weights& w, const tensor& x) const {
        const tensor gates = bias_add(matmul(x, w.gates_of_input), w.gates_bias);
        return {gates, bias_add(matmul(x, w.candidate_of_input), w.candidate_bias)};
    }

    constexpr scan_step<state, tensor> step(const weights& w, const products& of_input, const state& before) const {
        const tensor gates_of_state = matmul(before, w.gates_of_state);
        const auto [reset, update] = split<2>(sigmoid(of_input.gates + gates_of_state), -1);
        if (options_.reset == gru_reset::after_product)
            return renewed(of_input.candidate + let_in(w, reset, before), update, before);
        const tensor kept = reset * before;
        const tensor of_state = matmul(kept, w.candidate_of_state);
        return renewed(of_input.candidate + of_state, update, before);
    }
    constexpr scan_step<state, tensor> step_alone(const weights& w, const tensor& x, const state& before) const {
        const tensor both = concat({x, before}, -1);
        const tensor gates = bias_add(matmul(both, w.gates), w.gates_bias);
        const auto [reset, update] = split<2>(sigmoid(gates), -1);
        if (options_.reset == gru_reset::after_product) {
            const tensor of_input = bias_add(matmul(x, w.candidate_of_input), w.candidate_bias);
            return renewed(of_input + let_in(w, reset, before), update, before);
        }
        const tensor with_kept = concat({x, reset * before}, -1);
        return renewed(bias_add(matmul(with_kept, w.candidate), w.candidate_bias), update, before);
    }
    static constexpr state with_output_state(const state& of, const auto& change) { return change(of); }

private:
    // One op a line: compilers differ in which operand they evaluate first.
    static constexpr tensor let_in(const weights& w, const tensor& reset, const state& before) {
        const tensor of_state = bias_add(matmul(before, w.candidate_of_state), w.state_bias);
        return reset * of_state;
    }
    constexpr scan_step<state, tensor> renewed(const tensor& sum, const tensor& update, const state& before) const {
        const tensor candidate = options_.activation ? (*options_.activation)(sum, {}, location::current()) : tanh(sum);
        const tensor kept = update * before;
        const tensor other = 1 - update;
        const tensor added = other * candidate;
        const tensor next = kept + added;
        return {next, next};
    }

    constexpr std::string_view name() const {
        if (!options_.name.empty()) return options_.name;
        return options_.reset == gru_reset::after_product ? "cudnn_compatible_gru_cell" : "gru_cell";
    }

    std::int64_t units_;
    gru_options options_;
    recurrent_parts::kept_scope scope_;
};

}  // namespace ambit
