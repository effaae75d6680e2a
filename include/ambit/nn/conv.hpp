// SPDX-License-Identifier: BSL-1.0
// A convolutional layer: images convolved with weights, plus biases, in a scope of its own.
//
//     tensor h = conv(s, "conv1", images, 32, {5, 5}, {.padding = same, .activation = relu});
//     tensor y = conv(s, "conv2", h, 64, {3, 3}, {.strides = {2, 2}, .groups = 4});
//
// conv1/weights [5, 5, in, 32] and conv1/biases [32], of the dtype of the images.
#pragma once

#include <ambit/ops/bias_add.hpp>
#include <ambit/ops/conv2d.hpp>

#include <cstdint>
#include <string_view>

namespace ambit {

/// What may follow a layer: any op of one operand, `.activation = relu`.
using activation_function = tensor (*)(const tensor&, const op_options&, const location&);

struct conv_options {
    window_extents strides = {};
    padding_option padding = valid;
    window_extents dilations = {};
    std::int64_t groups = 1;
    scope_parts::option<activation_function> activation = {};  ///< of the sum with the biases; else none
    bool use_bias = true;
    scope_parts::option<initializer> weights = {};  ///< else the scope's; else Glorot uniform
    initializer biases = zeros();
};

}  // namespace ambit

namespace ambit::op_parts {

/// What follows a product: biases in the layer's scope, then the activation.
constexpr tensor with_bias(scope& layer, tensor y, std::int64_t filters, bool use_bias, const initializer& biases,
                           const option<activation_function>& activation, const location& at) {
    if (use_bias) {
        const variable added =
            layer.get_variable("biases", {filters}, {.initializer = biases, .dtype = y.dtype()}, at);
        y = bias_add(y, added, {}, at);
    }
    return activation ? (*activation)(y, {}, at) : y;
}

/// conv2d refuses what has no channels, in its own words.
constexpr std::int64_t channels_of(const tensor& x) { return x.shape().rank() > 0 ? x.shape()[-1] : 1; }

}  // namespace ambit::op_parts

namespace ambit {

/// [batch, height, width, in] -> [batch, height', width', filters]; `kernel` is its height and width.
constexpr tensor conv(scope& s, std::string_view name, const tensor& x, std::int64_t filters,
                      const window_extents& kernel, const conv_options& o = {},
                      const location& at = location::current()) {
    auto layer = s.variable_scope(name, {}, at);
    const std::int64_t in = op_parts::channels_of(x);
    const bool divides = o.groups >= 1 && in % o.groups == 0;  // conv2d refuses other groups
    const shape extents{kernel.height, kernel.width, divides ? in / o.groups : in, filters};
    const variable weights =
        layer.get_variable("weights", extents, {.initializer = o.weights, .dtype = x.dtype()}, at);
    const conv2d_options by{.strides = o.strides, .padding = o.padding, .dilations = o.dilations, .groups = o.groups};
    const tensor y = conv2d(x, weights, by, at);
    return op_parts::with_bias(layer, y, filters, o.use_bias, o.biases, o.activation, at);
}

}  // namespace ambit
