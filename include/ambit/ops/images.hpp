// SPDX-License-Identifier: BSL-1.0
// Convolutions, pooling and resizing of images [n, h, w, c] and of sequences [n, length, c].
#pragma once

#include <ambit/ops/images/window.hpp>
#include <ambit/ops/op.hpp>

#include <cstdint>
#include <string_view>

namespace AMBIT_NAMESPACE {

struct conv2d_options {
    window_extents strides = {};
    AMBIT_NO_OPTION(stride, "the option is .strides = {2, 2}")
    padding_option padding = valid;
    window_extents dilations = {};  ///< pixels from one tap to the next; where they are not 1, strides are
    AMBIT_NO_OPTION(dilation, "the option is .dilations = {2, 2}")
    AMBIT_NO_OPTION(dilation_rate, "the option is .dilations = {2, 2}")
    std::int64_t groups = 1;        ///< of channels: each group of the result reads one of the image
    std::string_view name = {};
};

/// With groups, the kernel is [kernel height, kernel width, in / groups, out].
constexpr tensor conv2d(const tensor& image, const tensor& kernel, const conv2d_options& options = {},
                        const location& at = location::current());

struct conv2d_transpose_options {
    window_extents strides = {};
    AMBIT_NO_OPTION(stride, "the option is .strides = {2, 2}")
    padding_option padding = valid;
    std::string_view name = {};
};

constexpr tensor conv2d_transpose(const tensor& x, const tensor& kernel, const shape& output_shape,
                                  const conv2d_transpose_options& o = {}, const location& at = location::current());

struct depthwise_conv2d_options {
    window_extents strides = {};
    AMBIT_NO_OPTION(stride, "the option is .strides = {2, 2}")
    padding_option padding = valid;
    window_extents dilations = {};  ///< pixels from one tap to the next; where they are not 1, strides are
    AMBIT_NO_OPTION(dilation, "the option is .dilations = {2, 2}")
    AMBIT_NO_OPTION(dilation_rate, "the option is .dilations = {2, 2}")
    std::string_view name = {};
};

constexpr tensor depthwise_conv2d(const tensor& image, const tensor& kernel,
                                  const depthwise_conv2d_options& options = {},
                                  const location& at = location::current());

struct conv1d_options {
    std::int64_t stride = 1;
    AMBIT_NO_OPTION(strides, "the option is .stride = 2, of the one axis")
    padding_option padding = valid;
    std::int64_t dilation = 1;  ///< places from one tap to the next; where it is not 1, the stride is
    std::int64_t groups = 1;    ///< of channels: each group of the result reads one of the operand
    std::string_view name = {};
};

constexpr tensor conv1d(const tensor& x, const tensor& kernel, const conv1d_options& o = {},
                        const location& at = location::current());

struct pool_options {
    window_extents window = {2, 2};
    AMBIT_NO_OPTION(ksize, "the option is .window = {2, 2}")
    AMBIT_NO_OPTION(pool_size, "the option is .window = {2, 2}")
    AMBIT_NO_OPTION(kernel_size, "the option is .window = {2, 2}")
    window_extents strides = {2, 2};
    AMBIT_NO_OPTION(stride, "the option is .strides = {2, 2}")
    padding_option padding = valid;
    std::string_view name = {};
};

constexpr tensor max_pool(const tensor& image, const pool_options& options = {},
                          const location& at = location::current());

constexpr tensor avg_pool(const tensor& image, const pool_options& options = {},
                          const location& at = location::current());

struct pool1d_options {
    std::int64_t window = 2;
    std::int64_t stride = 2;
    AMBIT_NO_OPTION(strides, "the option is .stride = 2, of the one axis")
    padding_option padding = valid;
    std::string_view name = {};
};

constexpr tensor max_pool1d(const tensor& x, const pool1d_options& options = {},
                            const location& at = location::current());

constexpr tensor avg_pool1d(const tensor& x, const pool1d_options& options = {},
                            const location& at = location::current());

struct resize_options {
    bool align_corners = false;
    bool half_pixel_centers = false;
    std::string_view name = {};
};

/// Any dtype.
constexpr tensor resize_nearest(const tensor& image, std::int64_t height, std::int64_t width,
                                const resize_options& options = {}, const location& at = location::current());

/// float32 or float64.
constexpr tensor resize_bilinear(const tensor& image, std::int64_t height, std::int64_t width,
                                 const resize_options& options = {}, const location& at = location::current());

constexpr tensor space_to_depth(const tensor& image, std::int64_t block, const op_options& options = {},
                                const location& at = location::current());

constexpr tensor depth_to_space(const tensor& image, std::int64_t block, const op_options& options = {},
                                const location& at = location::current());

struct local_response_normalization_options {
    std::int64_t depth_radius = 5;  ///< neighbours on either side: at least 0
    double bias = 1;                ///< above 0
    double alpha = 1;               ///< at least 0
    double beta = 0.5;              ///< at least 0
    std::string_view name = {};
};

/// x / (bias + alpha · Σ x²)^beta, the sum over the element and its neighbours. float32 or float64. With a beta of 1/2,
/// 3/4 or 1 it computes no power. NaN where the sum is no value of the dtype.
constexpr tensor local_response_normalization(const tensor& x, const local_response_normalization_options& o = {},
                                              const location& at = location::current());

}  // namespace ambit
