// SPDX-License-Identifier: BSL-1.0
// What ops of images and their kernels agree on. Images are NHWC, kernels HWIO.
#pragma once

#include <ambit/contract/array_sum.hpp>
#include <ambit/contract/kernel_tags.hpp>

#include <cstdint>

namespace AMBIT_NAMESPACE::kernel_tag {

struct conv2d : with_epilogue {};  ///< conv2d_geometry
struct conv2d_image_gradient : with_epilogue {};  ///< conv2d_geometry, that of the convolution
struct conv2d_kernel_gradient : without_epilogue {};  ///< conv2d_geometry, that of the convolution
struct depthwise_conv2d : without_epilogue {};  ///< conv2d_geometry, as many channels out as in
struct depthwise_image_gradient : without_epilogue {};  ///< conv2d_geometry (depthwise_conv2d.hpp), the convolution's
struct depthwise_kernel_gradient : without_epilogue {};  ///< conv2d_geometry (depthwise_conv2d.hpp), the convolution's
struct max_pool : without_epilogue {};  ///< pool_geometry (pool.hpp)
struct mean_pool : without_epilogue {};  ///< pool_geometry (pool.hpp)
struct max_pool_gradient : without_epilogue {};  ///< pool_geometry (pool_gradient.hpp), that of the pooling
struct max_pool_pick : without_epilogue {};  ///< pool_geometry (pool_gradient.hpp), that of the pooling
struct mean_pool_gradient : without_epilogue {};  ///< pool_geometry (pool_gradient.hpp), that of the pooling
struct resize_nearest : without_epilogue {};  ///< resize_geometry
struct resize_nearest_gradient : without_epilogue {};  ///< resize_geometry, that of the resizing
struct resize_bilinear : without_epilogue {};  ///< resize_geometry
struct resize_bilinear_gradient : without_epilogue {};  ///< resize_geometry, that of the resizing
struct resize_cubic : without_epilogue {};  ///< resize_geometry
struct resize_cubic_gradient : without_epilogue {};  ///< resize_geometry, that of the resizing
struct window_sum : without_epilogue {};  ///< window_sum_geometry

}  // namespace ambit::kernel_tag

namespace AMBIT_NAMESPACE::contract_parts {

/// Convolution (cross-correlation) of an NHWC image with an HWIO kernel, whose taps are `dilation` pixels apart.
/// Padding after the image follows from the extents.
struct conv2d_geometry {
    std::int64_t batch = 1, in_height = 1, in_width = 1, in_channels = 1;
    std::int64_t kernel_height = 1, kernel_width = 1, out_channels = 1;
    std::int64_t out_height = 1, out_width = 1;
    std::int64_t stride_height = 1, stride_width = 1;
    std::int64_t pad_top = 0, pad_left = 0;
    std::int64_t dilation_height = 1, dilation_width = 1;
    friend constexpr bool operator==(const conv2d_geometry&, const conv2d_geometry&) = default;
};

/// Floating-point operations of a convolution or of either gradient, those in its padding among them; of one that takes
/// each channel by itself.
constexpr std::int64_t depthwise_flops(const conv2d_geometry& g) {
    return 2 * g.batch * g.out_height * g.out_width * g.kernel_height * g.kernel_width * g.in_channels;
}
constexpr std::int64_t flops(const conv2d_geometry& g) { return depthwise_flops(g) * g.out_channels; }

/// Pooling of an NHWC image. Padded places take no part: neither in a maximum nor in the count of a mean.
struct pool_geometry {
    std::int64_t batch = 1, in_height = 1, in_width = 1, channels = 1;
    std::int64_t window_height = 1, window_width = 1;
    std::int64_t out_height = 1, out_width = 1;
    std::int64_t stride_height = 1, stride_width = 1;
    std::int64_t pad_top = 0, pad_left = 0;
    friend constexpr bool operator==(const pool_geometry&, const pool_geometry&) = default;
};

constexpr std::int64_t flops(const pool_geometry& g) {
    return g.batch * g.out_height * g.out_width * g.window_height * g.window_width * g.channels;
}

/// Where a pixel of a resized image lies: ops/images/resize.hpp.
enum class resize_centers : std::int64_t { legacy, corners, half_pixels };

/// Which pixel is the nearest one: rounded so; by default, as is usual with these centers.
enum class resize_rounding : std::int64_t { by_centers, down, half_down, half_up, up };

/// An NHWC image and its height and width after resizing.
struct resize_geometry {
    std::int64_t batch = 1, in_height = 1, in_width = 1, channels = 1;
    std::int64_t out_height = 1, out_width = 1;
    resize_centers centers = resize_centers::legacy;
    resize_rounding rounding = resize_rounding::by_centers;  // of the nearest pixel
    std::int64_t coefficient = 0;  // of a cubic: the bits of a double
    friend constexpr bool operator==(const resize_geometry&, const resize_geometry&) = default;
};

/// Rows of `extent` elements, each summed with its neighbours up to `radius` places away.
struct window_sum_geometry {
    std::int64_t rows = 1, extent = 1, radius = 0;
    friend constexpr bool operator==(const window_sum_geometry&, const window_sum_geometry&) = default;
};

/// Whether there are enough pixels to make up for what is done with all weights once a call.
constexpr bool has_many_pixels(const conv2d_geometry& g) { return g.batch * g.out_height * g.out_width >= 64; }

/// Whether the weights are copied so that those of the output channels that a tile computes lie together: where there
/// are more than two vectors of channels.
constexpr bool packs_channels(const conv2d_geometry& g) { return g.out_channels > 32 && has_many_pixels(g); }

constexpr std::int64_t scratch_elements(const conv2d_geometry& g) {
    const std::int64_t channels = (g.out_channels + 15) / 16 * 16;
    return packs_channels(g) ? g.kernel_height * g.kernel_width * g.in_channels * channels : 0;
}

/// The image's gradient reads the kernel mirrored, with its channels exchanged: a copy, and what the convolution with
/// it needs.
constexpr std::int64_t image_gradient_scratch(const conv2d_geometry& g) {
    const std::int64_t channels = (g.in_channels + 15) / 16 * 16;
    return g.kernel_height * g.kernel_width * g.out_channels * (g.in_channels + (g.in_channels > 32 ? channels : 0));
}

/// Whether taps fall outside of the image to the left or right.
constexpr bool pads_columns(const conv2d_geometry& g) {
    const std::int64_t reach = (g.kernel_width - 1) * g.dilation_width + 1;
    return g.pad_left > 0 || (g.out_width - 1) * g.stride_width - g.pad_left + reach > g.in_width;
}

/// Whether the kernel's gradient takes the taps of a line together, as one run of `kernel_width * in_channels`
/// elements of the image: where channels alone are too few, and where that costs nothing. Taps apart are no run.
constexpr bool joins_taps(const conv2d_geometry& g) {
    return g.kernel_width > 1 && g.dilation_width == 1 && (g.in_channels < 8 || !pads_columns(g));
}

/// The part of the batch that the kernel's gradient sums up before it goes on: images, and lines of each. Its
/// upstream elements stay in the first cache; a kernel that is too large for the second one itself gets longer sums.
struct gradient_block {
    std::int64_t images, lines;
};
constexpr gradient_block kernel_gradient_block(const conv2d_geometry& g) {
    const std::int64_t weights = g.kernel_height * g.kernel_width * g.in_channels * g.out_channels;
    // No more pixels than a tile sums up without a tree: sums in a row of 200 equal values are off by 2e-6.
    const std::int64_t pixels = weights <= 131072 ? 128 : 1024;
    const std::int64_t lines = g.out_width < pixels ? pixels / g.out_width : 1;
    if (lines < g.out_height) return {1, lines};
    const std::int64_t images = lines / g.out_height;
    return {images < g.batch ? images : g.batch, g.out_height};
}

constexpr std::int64_t kernel_gradient_blocks(const conv2d_geometry& g) {
    const gradient_block step = kernel_gradient_block(g);
    return ((g.batch + step.images - 1) / step.images) * ((g.out_height + step.lines - 1) / step.lines);
}

/// Lines between zeros, for the images of a block.
constexpr std::int64_t padded_lines_scratch(const conv2d_geometry& g) {
    if (!joins_taps(g) || !pads_columns(g)) return 0;
    const std::int64_t columns = (g.out_width - 1) * g.stride_width + g.kernel_width;
    return kernel_gradient_block(g).images * g.in_height * columns * g.in_channels;
}

/// Those lines, and the sums of the blocks.
constexpr std::int64_t kernel_gradient_scratch(const conv2d_geometry& g) {
    const std::int64_t weights = g.kernel_height * g.kernel_width * g.in_channels * g.out_channels;
    return padded_lines_scratch(g) + array_sum_scratch(kernel_gradient_blocks(g), weights);
}

/// The same of a depthwise convolution, whose blocks are lines.
constexpr std::int64_t depthwise_gradient_scratch(const conv2d_geometry& g) {
    return array_sum_scratch(g.batch * g.out_height, g.kernel_height * g.kernel_width * g.in_channels);
}

}  // namespace ambit::contract_parts
