// SPDX-License-Identifier: BSL-1.0
// A transposed convolutional layer, which makes images larger: the way back of a convolution, plus biases.
//
//     tensor up = conv_transpose(s, "up1", h, 16, {4, 4}, {.strides = {2, 2}, .padding = same, .activation = relu});
//
// up1/weights [4, 4, 16, in] and up1/biases [16], of the dtype of the images.
#pragma once

#include <ambit/core/whole_number.hpp>
#include <ambit/nn/conv.hpp>
#include <ambit/nn/named_layer.hpp>
#include <ambit/ops/all.hpp>

#include <cstdint>
#include <string_view>

namespace AMBIT_NAMESPACE {

struct conv_transpose_options {
    window_extents strides = {};
    AMBIT_NO_OPTION(stride, "the option is .strides = {2, 2}")
    padding_option padding = valid;
    window_extents dilations = {};
    AMBIT_NO_OPTION(dilation, "the option is .dilations = {2, 2}")
    std::int64_t groups = 1;
    window_extents output_padding = {0, 0};  ///< lines and columns that the result has besides
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

namespace AMBIT_NAMESPACE {

/// [batch, height, width, in] -> [batch, height', width', filters]. With the padding same, extents are multiplied by
/// the stride; with valid, what the kernel reaches further is added; with explicit pads, as `conv2d_transpose` says.
///
///     // [32, 14, 14, 32] -> [32, 28, 28, 16]
///     tensor up = conv_transpose(s, "up1", h, 16, {4, 4}, {.strides = {2, 2}, .padding = same});
constexpr tensor conv_transpose(scope& s, std::string_view name, const tensor& x, core_parts::whole_number filters,
                                const window_extents& kernel, const conv_transpose_options& o = {},
                                const location& at = location::current()) {
    const graph_parts::line_of_call here(s, at);
    auto layer = s.variable_scope(name);
    // conv2d_transpose refuses groups that do not divide.
    const bool divides = o.groups >= 1 && filters % o.groups == 0;
    const shape extents{kernel.height, kernel.width, divides ? filters / o.groups : filters.value,
                        op_parts::channels_of(x)};
    const variable weights = layer.get_variable("weights", extents, {.initializer = o.weights, .dtype = x.dtype()}, at);
    const conv2d_transpose_options by{.strides = o.strides,
                                      .padding = o.padding,
                                      .dilations = o.dilations,
                                      .groups = o.groups,
                                      .output_padding = o.output_padding};
    shape indivisible = x.shape();  // refused before its extents count
    if (indivisible.rank() == 4) indivisible.set(3, filters);
    const tensor y =
        divides ? conv2d_transpose(x, weights, any_shape, by, at) : conv2d_transpose(x, weights, indivisible, by, at);
    return op_parts::with_bias(layer, y, filters, y.dtype(), o.use_bias, o.biases, o.activation, at);
}

AMBIT_NAMED_LAYER(conv_transpose, "conv_transpose(s, \"up\", x, 32, {3, 3})")

}  // namespace ambit
