// SPDX-License-Identifier: BSL-1.0
// Convolution along one axis: [batch, width, in] x [kernel width, in / groups, out] -> [batch, width', out]. It is
// conv2d of images of one line.
//
//     tensor h = conv1d(signal, weights, {.stride = 2, .padding = same});
#pragma once

#include <ambit/ops/images/conv2d.hpp>
#include <ambit/ops/arrays/expand_dims.hpp>

namespace AMBIT_NAMESPACE {

struct conv1d_options {
    std::int64_t stride = 1;
    AMBIT_NO_OPTION(strides, "the option is .stride = 2, of the one axis")
    padding_option padding = valid;
    std::int64_t dilation = 1;  ///< places from one tap to the next; where it is not 1, the stride is
    std::int64_t groups = 1;    ///< of channels: each group of the result reads one of the operand
    std::string_view name = {};
};

constexpr tensor conv1d(const tensor& x, const tensor& kernel, const conv1d_options& o = {},
                        const location& at = location::current()) {
    const std::string_view name = o.name.empty() ? std::string_view("conv1d") : o.name;
    if (x.builder() == nullptr || kernel.builder() == nullptr)
        refused::an_op_was_called_with_a_tensor_that_belongs_to_no_graph();
    if (x.shape().rank() != 3 || kernel.shape().rank() != 3)
        return op_parts::refuse<mistake::op_shape, "the operand is [n, w, c], the kernel is [w, in, out]">(
            {x, kernel}, name, at);
    const tensor image = expand_dims(x, 1, {}, at);
    const tensor taps = expand_dims(kernel, 0, {}, at);
    const conv2d_options line{
        .strides = {1, o.stride}, .padding = o.padding, .dilations = {1, o.dilation}, .groups = o.groups};
    const tensor y = conv2d(image, taps, line, at);
    return squeeze(y, 1, {name}, at);
}

}  // namespace ambit
