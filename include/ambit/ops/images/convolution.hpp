// SPDX-License-Identifier: BSL-1.0
// What a convolution and its gradients share: options, and the geometry of a kernel that moves over an image.
//
//     conv2d_geometry g = convolution_geometry({32, 28, 28, 1}, {5, 5, 1, 32}, {1, 1}, same);     // 28 x 28 places
#pragma once

#include <ambit/contract/images.hpp>
#include <ambit/ops/images/window.hpp>
#include <ambit/ops/op.hpp>

#include <cstdint>
#include <string_view>

namespace AMBIT_NAMESPACE::op_parts {

/// Taps apart, along an axis that has strides, too: what the kernels of gradients do not know.
constexpr bool strides_and_dilates(const window_extents& strides, const window_extents& dilations) {
    return (strides.height > 1 && dilations.height > 1) || (strides.width > 1 && dilations.width > 1);
}
constexpr bool reaches_a_terabyte(const window_extents& taps, const window_extents& dilations) {
    return dilations.height > max_tensor_bytes / taps.height || dilations.width > max_tensor_bytes / taps.width;
}

/// What is wrong with the dilations of a convolution; nothing: the result is `x`.
constexpr inferred check_dilations(const shape& kernel, const window_extents& strides, const window_extents& dilations,
                                   const tensor_spec& x) {
    if (const option_fault off = below_one("dilations", dilations)) return refuses(off, x);
    if (strides_and_dilates(strides, dilations))
        return refuses(mistake::op_option, "with dilations, strides must be 1", x);
    if (reaches_a_terabyte({kernel[0], kernel[1]}, dilations))
        return refuses(mistake::op_option, "a kernel with its dilations must be smaller than a terabyte", x);
    return yields(x);
}

/// Options of a convolution, of a gradient of it with the height and width of its result: an image or a kernel.
struct convolution_attributes {
    std::int64_t stride_height, stride_width;
    padding_option padding;
    std::int64_t height, width;
    std::int64_t dilation_height = 1, dilation_width = 1;

    constexpr window_extents strides() const { return {stride_height, stride_width}; }
    constexpr window_extents dilations() const { return {dilation_height, dilation_width}; }
};

/// What is wrong with the height and width of a gradient; nothing: the result is `x`.
constexpr inferred check_extents(const convolution_attributes& a, const tensor_spec& x) {
    if (a.height < 1 || a.width < 1) return refuses(mistake::op_option, "height and width must be at least 1", x);
    if (a.height > max_tensor_bytes || a.width > max_tensor_bytes) return exceeds_a_terabyte(x);
    return yields(x);
}

/// Precondition: both of rank 4, strides, dilations and extents at least 1, pads at least 0, a kernel that does not
/// reach a terabyte. No place for the kernel gives extents of 0.
constexpr conv2d_geometry convolution_geometry(const shape& image, const shape& kernel, const window_extents& strides,
                                               const padding_option& padding, const window_extents& dilations = {}) {
    const std::int64_t height = (kernel[0] - 1) * dilations.height + 1, width = (kernel[1] - 1) * dilations.width + 1;
    const window_places lines = places_of_window(image[1], height, strides.height, padding.lines());
    const window_places columns = places_of_window(image[2], width, strides.width, padding.columns());
    return {.batch = image[0],
            .in_height = image[1],
            .in_width = image[2],
            .in_channels = image[3],
            .kernel_height = kernel[0],
            .kernel_width = kernel[1],
            .out_channels = kernel[3],
            .out_height = lines.count,
            .out_width = columns.count,
            .stride_height = strides.height,
            .stride_width = strides.width,
            .pad_top = lines.before,
            .pad_left = columns.before,
            .dilation_height = dilations.height,
            .dilation_width = dilations.width};
}

}  // namespace ambit::op_parts
