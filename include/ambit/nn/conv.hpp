// SPDX-License-Identifier: BSL-1.0
// A convolutional layer: images convolved with weights, plus biases, in a scope of its own.
//
//     tensor h = conv(s, "conv1", images, 32, {5, 5}, {.padding = same, .activation = relu});
//     tensor y = conv(s, "conv2", h, 64, {3, 3}, {.strides = {2, 2}, .groups = 4});
//
// conv1/weights [5, 5, in, 32] and conv1/biases [32], of the dtype of the images.
#pragma once

#include <ambit/core/whole_number.hpp>
#include <ambit/nn/activation.hpp>
#include <ambit/nn/named_layer.hpp>
#include <ambit/ops/all.hpp>

#include <cstdint>
#include <string_view>

namespace AMBIT_NAMESPACE {

struct conv_options {
    window_extents strides = {};
    AMBIT_NO_OPTION(stride, "the option is .strides = {2, 2}")
    padding_option padding = valid;
    window_extents dilations = {};
    AMBIT_NO_OPTION(dilation, "the option is .dilations = {2, 2}")
    AMBIT_NO_OPTION(dilation_rate, "the option is .dilations = {2, 2}")
    core_parts::whole_number groups = 1;
    activation_option activation = {};  ///< of the sum with the biases; else none
    bool use_bias = true;
    AMBIT_NO_OPTION(bias, "the options are .use_bias = false and .biases = zeros()")
    initializer_option weights = {};  ///< else the scope's; else Glorot uniform
    AMBIT_NO_OPTION(kernel_initializer, "the option is .weights = he_normal()")
    AMBIT_NO_OPTION(initializer, "the option is .weights = he_normal()")
    initializer_option biases = zeros();
    AMBIT_NO_OPTION(bias_initializer, "the option is .biases = zeros()")
};

}  // namespace ambit

namespace AMBIT_NAMESPACE::op_parts {

/// conv2d refuses what has no channels, in its own words.
constexpr std::int64_t channels_of(const tensor& x) { return x.shape().rank() > 0 ? x.shape()[-1] : 1; }

}  // namespace ambit::op_parts

namespace AMBIT_NAMESPACE {

/// [batch, height, width, in] -> [batch, height', width', filters]; `kernel` is its height and width.
///
///     // [32, 28, 28, 1] -> [32, 28, 28, 32]
///     tensor h = conv(s, "conv1", image, 32, {5, 5}, {.padding = same, .activation = relu});
constexpr tensor conv(scope& s, std::string_view name, const tensor& x, core_parts::whole_number filters,
                      const window_extents& kernel, const conv_options& o = {},
                      const location& at = location::current()) {
    const graph_parts::line_of_call here(s, at);
    auto layer = s.variable_scope(name);
    const std::int64_t in = op_parts::channels_of(x);
    const bool divides = o.groups >= 1 && in % o.groups == 0;  // conv2d refuses other groups
    const shape extents{kernel.height, kernel.width, divides ? in / o.groups : in, filters.value};
    const variable weights = layer.get_variable("weights", extents, {.initializer = o.weights, .dtype = x.dtype()}, at);
    const conv2d_options by{.strides = o.strides, .padding = o.padding, .dilations = o.dilations, .groups = o.groups};
    const tensor y = conv2d(x, weights, by, at);
    return op_parts::with_bias(layer, y, filters, y.dtype(), o.use_bias, o.biases, o.activation, at);
}

AMBIT_NAMED_LAYER(conv, "conv(s, \"conv1\", x, 32, {3, 3})")

}  // namespace ambit
