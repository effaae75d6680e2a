// SPDX-License-Identifier: BSL-1.0
// Transposed convolution, which makes images larger: the gradient of a convolution by its image, as an op of its own.
// [batch, height, width, in] x [kernel height, kernel width, out, in] -> output_shape, [batch, height', width', out].
//
//     tensor doubled = conv2d_transpose(x, weights, {32, 28, 28, 16}, {.strides = {2, 2}, .padding = same});
//
//     tensor twice   = conv2d_transpose(x, weights, any_shape, {.strides = {2, 2}, .padding = explicit_pads(1)});
//
// Several extents of a result are convolved to one of an operand, so the caller says which, or how many lines and
// columns the smallest of them gets besides. Strides and so on are those of that convolution.
#pragma once

#include <ambit/contract/images.hpp>
#include <ambit/ops/arrays.hpp>
#include <ambit/ops/arrays/concat.hpp>
#include <ambit/ops/images.hpp>
#include <ambit/ops/images/conv2d_gradients.hpp>
#include <ambit/ops/images/convolution.hpp>
#include <ambit/ops/images/depthwise_conv2d.hpp>
#include <ambit/ops/refusal.hpp>

#include <cstdint>
#include <string_view>

namespace AMBIT_NAMESPACE::op_parts {

/// The extent of a result all of which is reached; 0, which is refused, where there is none such.
constexpr std::int64_t transposed_extent(std::int64_t in, std::int64_t window, std::int64_t stride,
                                         const line_padding_option& padding, std::int64_t besides = 0) {
    if (stride < 1 || stride > max_tensor_bytes / in || window > max_tensor_bytes || no_pads(padding)) return 0;
    if (besides < 0 || besides > max_tensor_bytes) return 0;
    if (padding.mode == padding_mode::pads) {
        const std::int64_t extent = (in - 1) * stride + window - padding.before - padding.after + besides;
        return extent > 0 ? extent : 0;
    }
    return in * stride + (padding.mode == valid && window > stride ? window - stride : 0) + besides;
}

/// All of a convolution without groups. Preconditions: ranks of 4, channels that fit, `result` legal.
constexpr tensor transposed(const tensor& x, const tensor& kernel, const shape& result,
                            const conv2d_transpose_options& o, std::string_view name, const location& at) {
    const shape in = x.shape(), taps = kernel.shape();
    const conv2d_geometry g = convolution_geometry(result, taps, o.strides, o.padding, o.dilations);
    if (g.out_height != in[1] || g.out_width != in[2])
        return refuse<mistake::op_option, "a convolution of output_shape must have the shape of the operand">(
            {x, kernel}, name, at);
    if (o.groups != in[3] || taps[2] != 1)
        return conv2d_image_gradient(
            kernel, x, {result[1], result[2]},
            {.strides = o.strides, .padding = o.padding, .dilations = o.dilations, .name = name}, at);
    const tensor by_channel = reshape(kernel, {taps[0], taps[1], taps[3], 1});
    const depthwise_op::attributes a{o.strides.height, o.strides.width,    o.padding,        result[1],
                                     result[2],        o.dilations.height, o.dilations.width};
    return make_op(depthwise_image_gradient_info, {by_channel, x}, a, {name}, at);
}

}  // namespace ambit::op_parts

namespace AMBIT_NAMESPACE {

constexpr tensor conv2d_transpose(const tensor& x, const tensor& kernel, const shape& output_shape,
                                  const conv2d_transpose_options& o, const location& at) {
    const std::string_view name = o.name.empty() ? std::string_view("conv2d_transpose") : o.name;
    if (refused_parts::is_without_graph({x, kernel})) return refused_parts::without_graph({x, kernel});
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
    if (const contract_parts::option_fault off = op_parts::below_one("dilations", o.dilations))
        return op_parts::refuse(off, x, name, at);
    if (op_parts::strides_and_dilates(o.strides, o.dilations))
        return op_parts::refuse<mistake::op_option, "with dilations, strides must be 1">({x, kernel}, name, at);
    if (op_parts::reaches_a_terabyte({taps[0], taps[1]}, o.dilations))
        return op_parts::refuse<mistake::op_option, "a kernel with its dilations must be smaller than a terabyte">(
            {x, kernel}, name, at);
    if (o.groups < 1 || in[3] % o.groups != 0 || output_shape[3] % o.groups != 0)
        return op_parts::refuse<mistake::op_option,
                                "the number of groups must divide the channels of image and result">({x, kernel}, name,
                                                                                                     at);
    if (in[3] != taps[3])
        return op_parts::refuse<mistake::op_shape, "channels of the operand must be the kernel's last extent">(
            {x, kernel}, name, at);
    if (output_shape[0] != in[0] || output_shape[3] / o.groups != taps[2])
        return op_parts::refuse<mistake::op_option, "a convolution of output_shape must have the shape of the operand">(
            {x, kernel}, name, at);
    if (o.groups == 1 || (o.groups == in[3] && taps[2] == 1))
        return op_parts::transposed(x, kernel, output_shape, o, name, at);

    const graph_parts::line_of_call here(x, at);
    const core_parts::buffer<tensor> images = split(x, o.groups.value, 3);
    const core_parts::buffer<tensor> kernels = split(kernel, o.groups.value, 3);
    core_parts::short_text each(name);
    each += "/group";
    conv2d_transpose_options of_one = o;
    of_one.groups = 1;
    shape part = output_shape;
    part.set(3, taps[2]);
    core_parts::buffer<tensor> results;
    for (int i = 0; i < images.size(); ++i) {
        const tensor result = op_parts::transposed(images[i], kernels[i], part, of_one, each, at);
        if (result.builder()->is_inert(result.id())) return result;  // one mistake, not one a group
        results.push_back(result);
    }
    return op_parts::concat_list(results, 3, {name}, at);
}

constexpr tensor conv2d_transpose(const tensor& x, const tensor& kernel, core_parts::any_shape_t,
                                  const conv2d_transpose_options& o, const location& at) {
    const std::string_view name = o.name.empty() ? std::string_view("conv2d_transpose") : o.name;
    if (refused_parts::is_without_graph({x, kernel})) return refused_parts::without_graph({x, kernel});
    const shape in = x.shape(), taps = kernel.shape();
    shape result = in;  // of another rank: refused as it is
    if (in.rank() == 4 && taps.rank() == 4) {
        if (const contract_parts::option_fault off = op_parts::below_one("strides", o.strides))
            return op_parts::refuse(off, x, name, at);
        if (const contract_parts::option_fault off = op_parts::below_one("dilations", o.dilations))
            return op_parts::refuse(off, x, name, at);
        const std::int64_t least =
            o.output_padding.height < o.output_padding.width ? o.output_padding.height : o.output_padding.width;
        if (const contract_parts::option_fault off =
                contract_parts::outside("output_padding", least, contract_parts::range_of::from(0)))
            return op_parts::refuse(off, x, name, at);
        const auto extent = [&](int axis, std::int64_t stride, std::int64_t dilation,
                                const line_padding_option& padding, std::int64_t besides) {
            if (dilation > core_parts::max_tensor_bytes / taps[axis - 1]) return std::int64_t{0};
            return op_parts::transposed_extent(in[axis], (taps[axis - 1] - 1) * dilation + 1, stride, padding, besides);
        };
        result.set(1, extent(1, o.strides.height, o.dilations.height, o.padding.lines(), o.output_padding.height));
        result.set(2, extent(2, o.strides.width, o.dilations.width, o.padding.columns(), o.output_padding.width));
        result.set(3, o.groups > 0 && o.groups <= core_parts::max_tensor_bytes / taps[2] ? taps[2] * o.groups : 0);
    }
    return conv2d_transpose(x, kernel, result, o, at);
}

}  // namespace ambit
