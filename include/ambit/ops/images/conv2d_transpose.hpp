// SPDX-License-Identifier: BSL-1.0
// Transposed convolution, which makes images larger: the gradient of a convolution by its image, as an op of its own.
// [batch, height, width, in] x [kernel height, kernel width, out, in] -> output_shape, [batch, height', width', out].
//
//     tensor doubled = conv2d_transpose(x, weights, {32, 28, 28, 16}, {.strides = {2, 2}, .padding = same});
//
// Several extents of a result are convolved to one of an operand, so the caller says which; strides and padding are
// those of that convolution.
#pragma once

#include <ambit/contract/images.hpp>
#include <ambit/ops/images.hpp>
#include <ambit/ops/images/conv2d_gradients.hpp>
#include <ambit/ops/images/convolution.hpp>
#include <ambit/ops/refusal.hpp>

namespace AMBIT_NAMESPACE {

constexpr tensor conv2d_transpose(const tensor& x, const tensor& kernel, const shape& output_shape,
                                  const conv2d_transpose_options& o, const location& at) {
    const std::string_view name = o.name.empty() ? std::string_view("conv2d_transpose") : o.name;
    if (refused::is_without_graph({x, kernel})) return refused::without_graph({x, kernel});
    const shape in = x.shape(), taps = kernel.shape();
    if (in.rank() != 4 || taps.rank() != 4)
        return op_parts::refuse<mistake::op_shape, "the operand is [n, h, w, in], the kernel is [h, w, out, in]">(
            {x, kernel}, name, at);
    if (output_shape.rank() != 4 || !core_parts::is_legal(output_shape))
        return op_parts::refuse<mistake::op_option, "output_shape is [n, h, w, out], each at least 1">({x, kernel},
                                                                                                       name, at);
    if (const contract_parts::option_fault off = op_parts::below_one("strides", o.strides))
        return op_parts::refuse(off, x, name, at);
    if (const contract_parts::option_fault off = op_parts::no_pads(o.padding))
        return op_parts::refuse(off, x, name, at);
    if (in[3] != taps[3])
        return op_parts::refuse<mistake::op_shape, "channels of the operand must be the kernel's last extent">(
            {x, kernel}, name, at);
    const contract_parts::conv2d_geometry g = op_parts::convolution_geometry(output_shape, taps, o.strides, o.padding);
    if (output_shape[0] != in[0] || output_shape[3] != taps[2] || g.out_height != in[1] || g.out_width != in[2])
        return op_parts::refuse<mistake::op_option, "a convolution of output_shape must have the shape of the operand">(
            {x, kernel}, name, at);
    const conv2d_options convolution{.strides = o.strides, .padding = o.padding, .name = name};
    return op_parts::conv2d_image_gradient(kernel, x, {output_shape[1], output_shape[2]}, convolution, at);
}

}  // namespace ambit
