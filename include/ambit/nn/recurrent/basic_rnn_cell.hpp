// SPDX-License-Identifier: BSL-1.0
// The most basic cell: h' = tanh([x, h] · kernel + bias), which is its output, too. Source: J. L. Elman, "Finding
// structure in time", 1990. TensorFlow 1's `BasicRNNCell`: basic_rnn_cell/kernel [in + units, units] and
// basic_rnn_cell/bias [units].
//
//     basic_rnn_cell cell(64);
//     auto [state, output] = cell(s, x, state);                 // x: [batch, in]; both [batch, 64]
#pragma once

#include <ambit/nn/activation.hpp>
#include <ambit/nn/recurrent/cell.hpp>

#include <cstdint>
#include <string_view>

namespace AMBIT_NAMESPACE {

struct basic_rnn_options {
    activation_option activation = {};  ///< else tanh
    initializer_option kernel = {};     ///< else the scope's; else Glorot uniform
    initializer_option bias = zeros();
    std::string_view name = "basic_rnn_cell";
};

class basic_rnn_cell {
public:
    using state = tensor;
    using products = tensor;
    struct weights {
        tensor kernel, of_input, of_state, bias;
    };

    constexpr explicit basic_rnn_cell(std::int64_t units, const basic_rnn_options& options = {})
        : units_(units), options_(options) {}

    /// x: [batch, in], float32 or float64; the state and the output: [batch, units].
    constexpr scan_step<state, tensor> operator()(scope& s, const tensor& x, const state& before,
                                                  const location& at = location::current()) {
        return recurrent_parts::single_step(*this, s, x, before, at);
    }
    constexpr std::int64_t outputs() const { return units_; }

    template <class Make> constexpr state make_state(const Make& make) const { return make("hidden", units_); }

    constexpr weights get_weights(scope& s, const tensor& x, const location& at) {
        auto own = scope_.open(s, options_.name, at);
        const std::int64_t in = recurrent_parts::features_of(x);
        const dtype type = recurrent_parts::dtype_of(x);
        const tensor kernel =
            own.get_variable("kernel", {in + units_, units_}, {.initializer = options_.kernel, .dtype = type}, at);
        const tensor bias = own.get_variable("bias", {units_}, {.initializer = options_.bias, .dtype = type}, at);
        const tensor of_input = recurrent_parts::rows(kernel, 0, in);
        return {kernel, of_input, recurrent_parts::rows(kernel, in, units_), bias};
    }
    constexpr products input_products(const weights& w, const tensor& x) const {
        return bias_add(matmul(x, w.of_input), w.bias);
    }
    constexpr scan_step<state, tensor> step(const weights& w, const products& of_input, const state& before) const {
        const tensor of_state = matmul(before, w.of_state);
        return activated(of_input + of_state);
    }
    constexpr scan_step<state, tensor> step_alone(const weights& w, const tensor& x, const state& before) const {
        const tensor both = concat({x, before}, -1);
        return activated(bias_add(matmul(both, w.kernel), w.bias));
    }
    static constexpr state with_output_state(const state& of, const auto& change) { return change(of); }

private:
    constexpr scan_step<state, tensor> activated(const tensor& sum) const {
        const tensor next = options_.activation ? (*options_.activation)(sum, {}, location::current()) : tanh(sum);
        return {next, next};
    }

    std::int64_t units_;
    basic_rnn_options options_;
    recurrent_parts::kept_scope scope_;
};

}  // namespace ambit
