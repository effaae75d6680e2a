// SPDX-License-Identifier: BSL-1.0
// A convolution over time that sees nothing of the future: each output is made of its own step and of those
// `dilation`, 2 · dilation, … before it, zeros before the first. Over a whole sequence, or as it comes in.
//
//     tensor h = causal_conv1d(s, "conv1", xs, 16, 3, {.dilation = 4, .activation = relu});   // xs: [batch, time, in]
//     auto [y, keep] = streaming_conv1d(s, "conv1", x, 16, 3, {.dilation = 4, .activation = relu});   // [batch, n, in]
//
// Both have the variables conv1/weights [kernel, in / groups, filters] and conv1/biases [filters], so that one is
// trained and the other one used. The latter keeps the steps that it will need in conv1/history, a local variable of
// each model, and its outputs are those of the whole sequence however it is cut; but for the order of sums, which
// depends on how many steps there are at once (`.steps_at_once`). Source: A. van den Oord et al., "WaveNet: a
// generative model for raw audio", 2016.
#pragma once

#include <ambit/core/whole_number.hpp>
#include <ambit/nn/activation.hpp>
#include <ambit/nn/named_layer.hpp>
#include <ambit/nn/streamed_steps.hpp>
#include <ambit/ops/all.hpp>
#include <ambit/ops/refusal.hpp>

#include <cstdint>
#include <string_view>

namespace AMBIT_NAMESPACE {

struct causal_conv1d_options {
    std::int64_t dilation = 1;  ///< steps from one tap to the next
    AMBIT_NO_OPTION(dilation_rate, "the option is .dilation = 2")
    std::int64_t groups = 1;  ///< of channels
    /// A whole sequence in pieces of so many steps, which divide it, one after another in a loop: bit for bit what
    /// `streaming_conv1d` gives for calls of as many. 0, or a kernel of one tap: all at once.
    std::int64_t steps_at_once = 0;
    activation_option activation = {};  ///< of the sum with the biases; else none
    bool use_bias = true;
    initializer_option weights = {};  ///< else the scope's; else Glorot uniform
    initializer_option biases = zeros();
};

}  // namespace ambit

namespace AMBIT_NAMESPACE::op_parts {

/// Steps that a convolution looks back; 0 of extents that conv1d refuses.
constexpr std::int64_t steps_before(std::int64_t kernel, const causal_conv1d_options& o) {
    return kernel >= 1 && o.dilation >= 1 ? (kernel - 1) * o.dilation : 0;
}

/// The layer over steps with as many more in front as it looks back.
constexpr tensor convolved_steps(scope& layer, const tensor& steps, std::int64_t filters, std::int64_t kernel,
                                 const causal_conv1d_options& o, const location& at) {
    const std::int64_t in = steps.shape()[-1];
    const bool divides = o.groups >= 1 && in % o.groups == 0;  // conv1d refuses other groups
    const variable weights = layer.get_variable("weights", {kernel, divides ? in / o.groups : in, filters},
                                                {.initializer = o.weights, .dtype = steps.dtype()}, at);
    const tensor y = conv1d(steps, weights, {.dilation = o.dilation, .groups = o.groups}, at);
    return with_bias(layer, y, filters, y.dtype(), o.use_bias, o.biases, o.activation, at);
}

/// Outputs of the next steps, and the steps that the layer will look back at, [batch, before, in].
constexpr scan_step<tensor, tensor> next_steps(scope& layer, const tensor& history, const tensor& x,
                                               std::int64_t filters, std::int64_t kernel,
                                               const causal_conv1d_options& o, const location& at) {
    const tensor steps = concat({history, x}, 1);
    const tensor y = convolved_steps(layer, steps, filters, kernel, o, at);
    return {slice(steps, {0, x.shape()[1], 0}, history.shape()), y};
}

/// A whole sequence in pieces.
constexpr tensor convolved_in_pieces(scope& layer, const tensor& x, std::int64_t filters, std::int64_t kernel,
                                     const causal_conv1d_options& o, const location& at) {
    const std::int64_t batch = x.shape()[0], time = x.shape()[1], in = x.shape()[2], piece = o.steps_at_once;
    if (piece < 1 || time % piece != 0)
        return refuse<mistake::op_option, "pieces of steps_at_once divide the sequence">(x, "causal_conv1d", at);
    const tensor apart = transpose(reshape(x, {batch, time / piece, piece, in}), {1, 0, 2, 3});
    const tensor nothing = zeros(layer, {batch, steps_before(kernel, o), in}, {.dtype = x.dtype()});
    const auto body = [&](scope& inside, const tensor& history, const tensor& next) {
        return next_steps(inside, history, next, filters, kernel, o, at);
    };
    const tensor y = transpose(scan(layer, body, apart, nothing, {}, at).outputs, {1, 0, 2, 3});
    return reshape(y, {batch, time, filters});
}

}  // namespace ambit::op_parts

namespace AMBIT_NAMESPACE {

/// [batch, time, in] -> [batch, time, filters], float32 or float64; `kernel` is the number of taps.
///
///     tensor h = causal_conv1d(s, "conv1", x, 16, 3, {.dilation = 4});  // [8, 100, 2] -> [8, 100, 16]
constexpr tensor causal_conv1d(scope& s, std::string_view name, const tensor& x, core_parts::whole_number filters,
                               core_parts::whole_number kernel, const causal_conv1d_options& o = {},
                               const location& at = location::current()) {
    const graph_parts::line_of_call here(s, at);
    auto layer = s.variable_scope(name);
    if (x.shape().rank() != 3)
        return op_parts::refuse<mistake::op_shape, "the operand is [batch, time, channels]">(x, "causal_conv1d", at);
    const std::int64_t before = op_parts::steps_before(kernel, o);
    if (o.steps_at_once != 0 && before > 0) return op_parts::convolved_in_pieces(layer, x, filters, kernel, o, at);
    const tensor steps = before > 0 ? pad(x, {{0, 0}, {before, 0}, {0, 0}}) : x;
    return op_parts::convolved_steps(layer, steps, filters, kernel, o, at);
}

/// The same of the next steps of sequences that go on from call to call, [batch, n, in] with any n.
///
///     auto [y, keep] = streaming_conv1d(s, "conv1", x, 16, 3, {.dilation = 4});  // x: [8, n, 2], y: [8, n, 16]
constexpr streamed_steps streaming_conv1d(scope& s, std::string_view name, const tensor& x,
                                          core_parts::whole_number filters, core_parts::whole_number kernel,
                                          const causal_conv1d_options& o = {},
                                          const location& at = location::current()) {
    const graph_parts::line_of_call here(s, at);
    auto layer = s.variable_scope(name);
    if (x.shape().rank() != 3) {
        const tensor none =
            op_parts::refuse<mistake::op_shape, "the operand is [batch, time, channels]">(x, "streaming_conv1d", at);
        return {none, none.builder()->group({}, {}, at)};
    }
    const std::int64_t before = op_parts::steps_before(kernel, o);
    if (before == 0)
        return {op_parts::convolved_steps(layer, x, filters, kernel, o, at), x.builder()->group({}, {}, at)};
    const shape remembered{x.shape()[0], before, x.shape()[2]};
    const variable history =
        layer.get_local_variable("history", remembered, {.initializer = zeros(), .dtype = x.dtype()}, at);
    const auto [last, y] = op_parts::next_steps(layer, history, x, filters, kernel, o, at);
    return {y, assign(history, last, {}, at)};
}

AMBIT_NAMED_LAYER(causal_conv1d, "causal_conv1d(s, \"conv1\", x, 16, 3)")
AMBIT_NAMED_LAYER(streaming_conv1d, "streaming_conv1d(s, \"conv1\", x, 16, 3)")

}  // namespace ambit
