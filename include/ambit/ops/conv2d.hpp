// SPDX-License-Identifier: BSL-1.0
// Convolution of images with a bank of kernels (cross-correlation, as in every framework):
// NHWC [batch, height, width, in] x HWIO [kernel height, kernel width, in, out] -> [batch, height', width', out].
//
//     tensor edges = conv2d(image, weights, {.strides = {1, 1}, .padding = same});
#pragma once

#include <ambit/ops/convolution.hpp>
#include <ambit/ops/op.hpp>

namespace ambit {

struct conv2d_op : compute_op {
    static constexpr std::string_view name = "conv2d";
    static constexpr void gradient(gradient_call& call);
    using kernel = kernel_tag::conv2d;
    struct attributes {
        std::int64_t stride_height, stride_width;
        padding_mode padding;
    };

    static constexpr inferred infer(const op_call& call) {
        const shape& image = call.extents(0);
        const shape& kernel_extents = call.extents(1);
        const auto [stride_height, stride_width, padding] = call.attributes<attributes>();
        if (image.rank() != 4 || kernel_extents.rank() != 4)
            return refuses(mistake::op_shape, "image is [n, h, w, c], kernel is [h, w, in, out]", call.operand(0));
        if (stride_height < 1 || stride_width < 1)
            return refuses(mistake::op_option, "strides must be at least 1", call.operand(0));
        const std::int64_t height = places_of_window(image[1], kernel_extents[0], stride_height, padding).count;
        const std::int64_t width = places_of_window(image[2], kernel_extents[1], stride_width, padding).count;
        const tensor_spec result{{image[0], height, width, kernel_extents[3]}, call.type(0)};
        if (!is_floating(call.type(0)) || call.type(0) != call.type(1))
            return refuses(mistake::op_dtype, "image and kernel must be float32 or float64, both", result);
        if (image[3] != kernel_extents[2])
            return refuses(mistake::op_shape, "channels of the image must be the kernel's third extent", result);
        if (height < 1 || width < 1)
            return refuses(mistake::op_shape, "the kernel is larger than the image: pad with same", call.operand(0));
        if (!is_legal(result.extents))
            return refuses(mistake::op_shape, "the result would exceed a terabyte", call.operand(0));
        return yields(result);
    }

    static constexpr conv2d_geometry geometry(const op_call& call, const tensor_spec&) {
        const auto [stride_height, stride_width, padding] = call.attributes<attributes>();
        return convolution_geometry(call.extents(0), call.extents(1), {stride_height, stride_width}, padding);
    }
};
inline constexpr op_info conv2d_info = describe<conv2d_op>();
template <> struct op_of<&conv2d_info> {
    using type = conv2d_op;
};

constexpr tensor conv2d(const tensor& image, const tensor& kernel, const conv2d_options& options = {},
                        const location& at = location::current()) {
    return make_op(conv2d_info, {image, kernel},
                   conv2d_op::attributes{options.strides.height, options.strides.width, options.padding},
                   {options.name}, at);
}

}  // namespace ambit

// They include this header, so they come after what it defines.
#include <ambit/ops/conv2d_gradients.hpp>

namespace ambit {

constexpr void conv2d_op::gradient(gradient_call& call) {
    const auto [stride_height, stride_width, padding] = call.attributes<attributes>();
    const tensor image = call.operand(0);
    const tensor kernel = call.operand(1);
    const conv2d_options options{.strides = {stride_height, stride_width}, .padding = padding};
    if (call.wants(0))
        call.give(0, conv2d_image_gradient(kernel, call.upstream(), {image.shape()[1], image.shape()[2]}, options));
    if (call.wants(1))
        call.give(1, conv2d_kernel_gradient(image, call.upstream(), {kernel.shape()[0], kernel.shape()[1]}, options));
}

}  // namespace ambit
