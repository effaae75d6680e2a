// SPDX-License-Identifier: BSL-1.0
// Convolution of images with a bank of kernels (cross-correlation, as in every framework):
// NHWC [batch, height, width, in] x HWIO [kernel height, kernel width, in, out] -> [batch, height', width', out].
//
//     tensor edges = conv2d(image, weights, {.strides = {1, 1}, .padding = same});
//     tensor wide  = conv2d(image, weights, {.padding = same, .dilations = {2, 2}});      // taps two pixels apart
//     tensor parts = conv2d(image, of_groups, {.padding = same, .groups = 4});            // [5, 5, in / 4, out]
//
// Groups are convolutions of their own, side by side.
#pragma once

#include <ambit/contract/images.hpp>
#include <ambit/ops/arrays.hpp>
#include <ambit/ops/arrays/concat.hpp>
#include <ambit/ops/images.hpp>
#include <ambit/ops/images/conv2d_gradients.hpp>
#include <ambit/ops/images/convolution.hpp>
#include <ambit/ops/refusal.hpp>

namespace AMBIT_NAMESPACE::op_parts {

struct conv2d_op : compute_op {
    static constexpr std::string_view name = "conv2d";
    static constexpr void gradient(gradient_call& call);
    using kernel = kernel_tag::conv2d;
    struct attributes {
        std::int64_t stride_height, stride_width;
        padding_option padding;
        std::int64_t dilation_height = 1, dilation_width = 1;
    };

    static constexpr inferred infer(const op_call& call) {
        const shape& image = call.extents(0);
        const shape& kernel_extents = call.extents(1);
        const auto [stride_height, stride_width, padding, down, across] = call.attributes<attributes>();
        if (image.rank() != 4 || kernel_extents.rank() != 4)
            return hinted(
                refuses(mistake::op_shape, "image is [n, h, w, c], kernel is [h, w, in, out]", call.operand(0)),
                image.rank() != 4 ? hint_of_image(image.rank()) : "");
        if (const option_fault off = below_one("strides", {stride_height, stride_width}))
            return refuses(off, call.operand(0));
        if (const option_fault off = no_pads(padding)) return refuses(off, call.operand(0));
        const inferred apart =
            check_dilations(kernel_extents, {stride_height, stride_width}, {down, across}, call.operand(0));
        if (apart.fault != mistake::none) return apart;
        const conv2d_geometry g =
            convolution_geometry(image, kernel_extents, {stride_height, stride_width}, padding, {down, across});
        const tensor_spec result{{image[0], g.out_height, g.out_width, kernel_extents[3]}, call.type(0)};
        if (!is_floating(call.type(0)) || call.type(0) != call.type(1))
            return refuses(mistake::op_dtype, "image and kernel must be float32 or float64, both", result);
        if (image[3] != kernel_extents[2])
            return hinted(refuses(mistake::op_shape, "channels of the image must be the kernel's third extent", result),
                          hint_of_layout(image, kernel_extents));
        if (g.out_height < 1 || g.out_width < 1)
            return hinted(
                refuses(mistake::op_shape, "the kernel is larger than the image: pad with same", call.operand(0)),
                hint_of_image(4));
        return yields_below_a_terabyte(result, call.operand(0));
    }

    /// Which of the two seems to lie as other libraries have it, with a square as its last two axes.
    static constexpr std::string_view hint_of_layout(const shape& image, const shape& kernel_extents) {
        if (image[1] == kernel_extents[2] && image[2] == image[3])
            return "images are [n, h, w, c]: transpose(image, {0, 2, 3, 1}) makes them of [n, c, h, w]";
        if (image[3] == kernel_extents[1] && kernel_extents[2] == kernel_extents[3])
            return "kernels are [h, w, in, out]: transpose(kernel, {2, 3, 1, 0}) makes them of [out, in, h, w]";
        return "images are [n, h, w, c], kernels [h, w, in, out]: c is in";
    }

    static constexpr conv2d_geometry geometry(const op_call& call, const tensor_spec&) {
        const auto [stride_height, stride_width, padding, down, across] = call.attributes<attributes>();
        return convolution_geometry(call.extents(0), call.extents(1), {stride_height, stride_width}, padding,
                                    {down, across});
    }
};
inline constexpr op_info conv2d_info = describe<conv2d_op>();

}  // namespace ambit::op_parts

namespace AMBIT_NAMESPACE {

template <> struct op_of<&op_parts::conv2d_info> {
    using type = op_parts::conv2d_op;
};

}  // namespace ambit

namespace AMBIT_NAMESPACE::op_parts {

/// A convolution of each group, side by side. With one channel in each it is a depthwise one.
constexpr tensor conv2d_of_groups(const tensor& image, const tensor& kernel, const conv2d_options& o,
                                  const location& at) {
    const line_of_call here(image, at);
    const std::string_view name = o.name.empty() ? conv2d_op::name : o.name;
    const shape x = image.shape(), taps = kernel.shape();
    if (o.groups < 1 || x[3] % o.groups != 0 || taps[3] % o.groups != 0)
        return refuse<mistake::op_option, "the number of groups must divide the channels of image and result">(
            {image, kernel}, name, at);
    if (x[3] / o.groups != taps[2])
        return refuse<mistake::op_shape, "channels of a group of the image must be the kernel's third extent">(
            {image, kernel}, name, at);
    if (taps[2] == 1) {
        const tensor by_channel = reshape(kernel, {taps[0], taps[1], x[3], taps[3] / o.groups});
        const depthwise_conv2d_options by{
            .strides = o.strides, .padding = o.padding, .dilations = o.dilations, .name = name};
        return depthwise_conv2d(image, by_channel, by);
    }
    const buffer<tensor> images = split(image, o.groups.value, 3);
    const buffer<tensor> kernels = split(kernel, o.groups.value, 3);
    short_text each(name);
    each += "/group";
    const conv2d_options of_one{.strides = o.strides, .padding = o.padding, .dilations = o.dilations, .name = each};
    buffer<tensor> results;
    for (int i = 0; i < images.size(); ++i) {
        const tensor result = conv2d(images[i], kernels[i], of_one);
        if (result.builder()->is_inert(result.id())) return result;  // one mistake, not one a group
        results.push_back(result);
    }
    return op_parts::concat_list(results, 3, {name}, at);
}

}  // namespace ambit::op_parts

namespace AMBIT_NAMESPACE {

constexpr tensor conv2d(const tensor& image, const tensor& kernel, const conv2d_options& o, const location& at) {
    const op_parts::conv2d_op::attributes a{o.strides.height, o.strides.width, o.padding, o.dilations.height,
                                            o.dilations.width};
    const bool are_images = image.builder() != nullptr && kernel.builder() != nullptr && image.shape().rank() == 4 &&
                            kernel.shape().rank() == 4 && image.dtype() == kernel.dtype() && is_floating(image.dtype());
    // What the rule refuses is refused with the operands as they were given.
    if (are_images && o.groups != 1) return op_parts::conv2d_of_groups(image, kernel, o, at);
    return make_op(op_parts::conv2d_info, {image, kernel}, a, {o.name}, at);
}

}  // namespace ambit

namespace AMBIT_NAMESPACE::op_parts {

constexpr void conv2d_op::gradient(gradient_call& call) {
    const auto [stride_height, stride_width, padding, down, across] = call.attributes<attributes>();
    const tensor image = call.operand(0);
    const tensor kernel = call.operand(1);
    const conv2d_options options{
        .strides = {stride_height, stride_width}, .padding = padding, .dilations = {down, across}};
    if (call.wants(0))
        call.give(0, conv2d_image_gradient(kernel, call.upstream(), {image.shape()[1], image.shape()[2]}, options));
    if (call.wants(1))
        call.give(1, conv2d_kernel_gradient(image, call.upstream(), {kernel.shape()[0], kernel.shape()[1]}, options));
}

}  // namespace ambit::op_parts
