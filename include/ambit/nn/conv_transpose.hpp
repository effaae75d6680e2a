// SPDX-License-Identifier: BSL-1.0
// A transposed convolutional layer, which makes images larger: the way back of a convolution, plus biases.
//
//     tensor up = conv_transpose(s, "up1", h, 16, {4, 4}, {.strides = {2, 2}, .padding = same, .activation = relu});
//
// up1/weights [4, 4, 16, in] and up1/biases [16], of the dtype of the images.
#pragma once

#include <ambit/nn/conv.hpp>
#include <ambit/nn/named_layer.hpp>
#include <ambit/ops/all.hpp>

#include <algorithm>
#include <cstdint>
#include <string_view>

namespace AMBIT_NAMESPACE {

struct conv_transpose_options {
    window_extents strides = {};
    AMBIT_NO_OPTION(stride, "the option is .strides = {2, 2}")
    padding_option padding = valid;
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

/// The extent of a result all of which is reached; 0, which is refused, where there is none such.
constexpr std::int64_t transposed_extent(std::int64_t in, std::int64_t window, std::int64_t stride,
                                         const line_padding_option& padding) {
    if (stride < 1 || stride > max_tensor_bytes / in || window > max_tensor_bytes || no_pads(padding)) return 0;
    if (padding.mode == padding_mode::pads)
        return std::max<std::int64_t>(0, (in - 1) * stride + window - padding.before - padding.after);
    return in * stride + (padding.mode == valid && window > stride ? window - stride : 0);
}

}  // namespace ambit::op_parts

namespace AMBIT_NAMESPACE {

/// [batch, height, width, in] -> [batch, height', width', filters]. With the padding same, extents are multiplied by
/// the stride; with valid, what the kernel reaches further is added; with explicit pads, (extent - 1) · stride + kernel less the pads.
constexpr tensor conv_transpose(scope& s, std::string_view name, const tensor& x, std::int64_t filters,
                                const window_extents& kernel, const conv_transpose_options& o = {},
                                const location& at = location::current()) {
    const graph_parts::line_of_call here(s, at);
    auto layer = s.variable_scope(name);
    const shape extents{kernel.height, kernel.width, filters, op_parts::channels_of(x)};
    const variable weights = layer.get_variable("weights", extents, {.initializer = o.weights, .dtype = x.dtype()}, at);
    shape result = x.shape();  // of another rank: refused as it is
    if (result.rank() == 4) {
        result.set(1, op_parts::transposed_extent(result[1], kernel.height, o.strides.height, o.padding.lines()));
        result.set(2, op_parts::transposed_extent(result[2], kernel.width, o.strides.width, o.padding.columns()));
        result.set(3, filters);
    }
    const tensor y = conv2d_transpose(x, weights, result, {.strides = o.strides, .padding = o.padding}, at);
    return op_parts::with_bias(layer, y, filters, y.dtype(), o.use_bias, o.biases, o.activation, at);
}

AMBIT_NAMED_LAYER(conv_transpose, "conv_transpose(s, \"up\", x, 32, {3, 3})")

}  // namespace ambit
