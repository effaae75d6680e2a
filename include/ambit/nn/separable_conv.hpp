// SPDX-License-Identifier: BSL-1.0
// Depthwise separable convolution: each channel convolved for itself, then all of them mixed pixel by pixel. Fewer
// weights and products than a convolution of both at once. Source: F. Chollet, "Xception: deep learning with depthwise
// separable convolutions", 2017.
//
//     tensor h = separable_conv(s, "block1", x, 64, {3, 3}, {.padding = same, .activation = relu});
//     tensor y = separable_conv2d(x, depthwise, pointwise, {.strides = {2, 2}, .padding = same});
//
// block1/depthwise_weights [3, 3, in, multiplier], block1/pointwise_weights [1, 1, in * multiplier, 64] and
// block1/biases [64], of the dtype of the images.
#pragma once

#include <ambit/core/whole_number.hpp>
#include <ambit/nn/conv.hpp>
#include <ambit/nn/named_layer.hpp>
#include <ambit/ops/all.hpp>

#include <cstdint>
#include <string_view>

namespace AMBIT_NAMESPACE {

/// The op without a layer: `depthwise` is [height, width, in, multiplier], `pointwise` [1, 1, in * multiplier, out].
///
///     tensor h = separable_conv2d(image, depthwise, pointwise, {.padding = same});
constexpr tensor separable_conv2d(const tensor& x, const tensor& depthwise, const tensor& pointwise,
                                  const depthwise_conv2d_options& o = {}, const location& at = location::current()) {
    const tensor apart =
        depthwise_conv2d(x, depthwise, {.strides = o.strides, .padding = o.padding, .dilations = o.dilations}, at);
    const std::string_view name = o.name.empty() ? std::string_view("separable_conv2d") : o.name;
    const shape taps = pointwise.shape();
    if (taps.rank() == 4 && (taps[0] != 1 || taps[1] != 1))
        return op_parts::refuse<mistake::op_shape, "the second kernel mixes pixel by pixel: [1, 1, in, out]">(
            {x, pointwise}, name, at);
    return conv2d(apart, pointwise, {.name = name}, at);
}

struct separable_conv_options {
    window_extents strides = {};
    AMBIT_NO_OPTION(stride, "the option is .strides = {2, 2}")
    padding_option padding = valid;
    window_extents dilations = {};
    AMBIT_NO_OPTION(dilation, "the option is .dilations = {2, 2}")
    AMBIT_NO_OPTION(dilation_rate, "the option is .dilations = {2, 2}")
    std::int64_t multiplier = 1;                  ///< results of each channel before they are mixed
    activation_option activation = {};  ///< of the sum with the biases; else none
    bool use_bias = true;
    initializer_option depthwise_weights = {};  ///< else the scope's; else Glorot uniform
    initializer_option pointwise_weights = {};  ///< else the scope's; else Glorot uniform
    initializer_option biases = zeros();
};

/// [batch, height, width, in] -> [batch, height', width', filters]; `kernel` is its height and width.
///
///     // [32, 28, 28, 16] -> [32, 28, 28, 64]
///     tensor h = separable_conv(s, "block1", image, 64, {3, 3}, {.padding = same});
constexpr tensor separable_conv(scope& s, std::string_view name, const tensor& x, core_parts::whole_number filters,
                                const window_extents& kernel, const separable_conv_options& o = {},
                                const location& at = location::current()) {
    const graph_parts::line_of_call here(s, at);
    auto layer = s.variable_scope(name);
    const dtype type = x.dtype();
    const std::int64_t in = op_parts::channels_of(x);
    // A multiplier below 1 makes shapes that variables refuse.
    const bool is_small = o.multiplier >= 1 && o.multiplier < core_parts::max_tensor_bytes / in;
    const std::int64_t channels = is_small ? in * o.multiplier : in;
    const variable depthwise = layer.get_variable("depthwise_weights", {kernel.height, kernel.width, in, o.multiplier},
                                                  {.initializer = o.depthwise_weights, .dtype = type}, at);
    const variable pointwise = layer.get_variable("pointwise_weights", {1, 1, channels, filters.value},
                                                  {.initializer = o.pointwise_weights, .dtype = type}, at);
    const depthwise_conv2d_options by{.strides = o.strides, .padding = o.padding, .dilations = o.dilations};
    const tensor y = separable_conv2d(x, depthwise, pointwise, by, at);
    return op_parts::with_bias(layer, y, filters, y.dtype(), o.use_bias, o.biases, o.activation, at);
}

AMBIT_NAMED_LAYER(separable_conv, "separable_conv(s, \"conv1\", x, 32, {3, 3})")

}  // namespace ambit
