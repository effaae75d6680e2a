// SPDX-License-Identifier: BSL-1.0
// Convolution along one axis: [batch, width, in] x [kernel width, in / groups, out] -> [batch, width', out]. It is
// conv2d of images of one line.
//
//     tensor h = conv1d(signal, weights, {.stride = 2, .padding = same});
#pragma once

#include <ambit/ops/arrays.hpp>
#include <ambit/ops/images.hpp>
#include <ambit/ops/refusal.hpp>

namespace AMBIT_NAMESPACE {

constexpr tensor conv1d(const tensor& x, const tensor& kernel, const conv1d_options& o, const location& at) {
    const std::string_view name = o.name.empty() ? std::string_view("conv1d") : o.name;
    if (refused::is_without_graph({x, kernel})) return refused::without_graph({x, kernel});
    const graph_parts::line_of_call here(x, at);
    if (x.shape().rank() != 3 || kernel.shape().rank() != 3)
        return op_parts::refuse<mistake::op_shape, "the operand is [n, w, c], the kernel is [w, in, out]">({x, kernel},
                                                                                                           name, at);
    const tensor image = expand_dims(x, 1);
    const tensor taps = expand_dims(kernel, 0);
    const conv2d_options line{.strides = {1, o.stride},
                              .padding = padding_option::of_columns(o.padding),
                              .dilations = {1, o.dilation},
                              .groups = o.groups};
    const tensor y = conv2d(image, taps, line);
    return squeeze(y, 1, {name});
}

}  // namespace ambit
