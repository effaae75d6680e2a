// SPDX-License-Identifier: BSL-1.0
// What a convolution and its gradients share: options, and the geometry of a kernel that moves over an image.
//
//     conv2d_geometry g = convolution_geometry({32, 28, 28, 1}, {5, 5, 1, 32}, {1, 1}, same);     // 28 x 28 places
#pragma once

#include <ambit/contract/images.hpp>
#include <ambit/ops/images/window.hpp>
#include <ambit/ops/op.hpp>

#include <string_view>

namespace AMBIT_NAMESPACE::op_parts {

/// Precondition: both of rank 4, strides and extents at least 1, pads at least 0. No place for the kernel gives extents
/// of 0.
constexpr conv2d_geometry convolution_geometry(const shape& image, const shape& kernel, const window_extents& strides,
                                               const padding_option& padding) {
    const window_places lines = places_of_window(image[1], kernel[0], strides.height, padding.lines());
    const window_places columns = places_of_window(image[2], kernel[1], strides.width, padding.columns());
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
            .pad_left = columns.before};
}

}  // namespace ambit::op_parts
