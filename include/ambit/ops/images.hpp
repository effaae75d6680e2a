// SPDX-License-Identifier: BSL-1.0
// Convolution, pooling, resizing and normalization of images, which are NHWC: [batch, height, width, channels].
//
//     tensor edges = conv2d(image, weights, {.padding = same});
//
// float32 or float64, unless something else is said; other dtypes are refused (op_dtype), as are images of another rank
// and windows that are larger than their image (op_shape). `same` padding gives ceil(in / stride) places, padded
// evenly, the odd one after the image; `valid` pads nothing; `explicit_pads(1)` and `explicit_pads(top, bottom, left,
// right)` pad as many places as they say. Padding is zeros to a convolution and takes no part in pooling.
#pragma once

#include <ambit/contract/images.hpp>
#include <ambit/core/whole_number.hpp>
#include <ambit/ops/images/window.hpp>
#include <ambit/ops/op.hpp>

#include <concepts>
#include <cstdint>
#include <string_view>

// images/ defines each function in the file of its name, but:
//     pool.hpp            max_pool avg_pool
//     pool1d.hpp          max_pool1d avg_pool1d
//     resize.hpp          resize_nearest resize_bilinear
//     space_to_depth.hpp  depth_to_space
//     window.hpp          explicit_pads

namespace AMBIT_NAMESPACE {

/// Padding by number, each at least 0, as PyTorch and ONNX have it: as much on every side.
///
///     tensor half = conv2d(image, weights, {.strides = {2, 2}, .padding = explicit_pads(1)});     // 3 x 3, 8 -> 4
///
/// Of even extents with stride 2, `same` pads nothing before the image and one place behind it, so that results differ.
constexpr op_parts::equal_pads explicit_pads(std::int64_t around);
/// The same on each side of an image.
constexpr op_parts::image_pads explicit_pads(std::int64_t top, std::int64_t bottom, std::int64_t left,
                                             std::int64_t right);
/// The same before and after the one axis of `conv1d`, `max_pool1d` and `avg_pool1d`: a causal convolution has as many
/// before as its window less 1, and none after.
constexpr op_parts::line_pads explicit_pads(std::int64_t before, std::int64_t after);

/// What `conv2d` may be told.
struct conv2d_options {
    window_extents strides = {};
    AMBIT_NO_OPTION(stride, "the option is .strides = {2, 2}")
    padding_option padding = valid;
    window_extents dilations = {};  ///< pixels from one tap to the next; along an axis with strides 1
    AMBIT_NO_OPTION(dilation, "the option is .dilations = {2, 2}")
    AMBIT_NO_OPTION(dilation_rate, "the option is .dilations = {2, 2}")
    core_parts::whole_number groups = 1;  ///< of channels: each group of the result reads one of the image
    std::string_view name = {};
};

/// Convolution with a bank of kernels (cross-correlation, as in every framework): NHWC [batch, height, width, in] x
/// HWIO [kernel height, kernel width, in, out] -> [batch, height', width', out]. With groups, the kernel is [kernel
/// height, kernel width, in / groups, out], and each group of the result reads one of the image. Gradients by image and
/// kernel are ops of their own and have gradients too. TensorFlow's `conv2d`.
///
///     tensor wide = conv2d(image, weights, {.padding = same, .dilations = {2, 2}});      // taps two pixels apart
constexpr tensor conv2d(const tensor& image, const tensor& kernel, const conv2d_options& options = {},
                        const location& at = location::current());
template <class Stride, class... More>
    requires(std::integral<Stride> || core_parts::text_like<Stride>)
AMBIT_REFUSES(
    "strides and padding are options: conv2d(image, kernel, {.strides = {2, 2}, .padding = same})") constexpr tensor
    conv2d(const tensor& image, const tensor&, Stride, const More&...) {
    return image;
}
template <class Padding>
    requires(!std::same_as<Padding, location>)
AMBIT_REFUSES(
    "strides and padding are options: conv2d(image, kernel, {.strides = {2, 2}, .padding = same})") constexpr tensor
    conv2d(const tensor& image, const tensor&, const window_extents&, const Padding&) {
    return image;
}

template <std::same_as<shape> Shape = shape>
AMBIT_REFUSES("the kernel is a variable: conv2d(x, s.get_variable(\"weights\", {3, 3, 1, 8})), or conv makes it")
constexpr tensor conv2d(const tensor& image, const Shape&) {
    return image;
}

// The name is converted, as in a program's own function of this name, which then comes first: it is no template.
template <class Filters, class... More>
AMBIT_REFUSES("the layer is conv(s, \"conv1\", x, 32, {3, 3}); conv2d is the op, of an image and a kernel")
constexpr tensor conv2d(scope&, const refused_parts::anything&, const tensor& image, Filters, const More&...) {
    return image;
}

/// What `conv2d_transpose` may be told: strides and so on of the convolution whose gradient it is.
struct conv2d_transpose_options {
    window_extents strides = {};
    AMBIT_NO_OPTION(stride, "the option is .strides = {2, 2}")
    padding_option padding = valid;
    window_extents dilations = {};  ///< pixels from one tap to the next; along an axis with strides 1
    AMBIT_NO_OPTION(dilation, "the option is .dilations = {2, 2}")
    core_parts::whole_number groups = 1;  ///< of channels: each group of the operand makes one of the result
    window_extents output_padding = {0, 0};  ///< with `any_shape`: lines and columns that the result has besides
    std::string_view name = {};
};

/// Transposed convolution, which makes images larger: the gradient of a convolution by its image, as an op. [batch,
/// height, width, in] x [kernel height, kernel width, out, in] -> output_shape, [batch, height', width', out]. Several
/// extents of a result are convolved to one of an operand, so the caller says which; one that is not is refused.
/// Gradients are convolutions. TensorFlow's `conv2d_transpose`.
///
///     tensor doubled = conv2d_transpose(x, weights, {32, 28, 28, 16}, {.strides = {2, 2}, .padding = same});
constexpr tensor conv2d_transpose(const tensor& x, const tensor& kernel, const shape& output_shape,
                                  const conv2d_transpose_options& o = {}, const location& at = location::current());
/// The same, of the extents that follow: with the padding same, extents times strides; with valid, what the kernel
/// reaches further is added; with explicit pads, (extent - 1) · stride + what the kernel reaches, less the pads, as
/// PyTorch's `ConvTranspose2d`. `.output_padding` is added to each. With `.groups`, the kernel is [kernel height,
/// kernel width, out / groups, in].
///
///     tensor doubled = conv2d_transpose(x, weights, any_shape, {.strides = {2, 2}, .padding = explicit_pads(1),
///                                                               .output_padding = {1, 1}});          // 3 x 3 taps
constexpr tensor conv2d_transpose(const tensor& x, const tensor& kernel, core_parts::any_shape_t,
                                  const conv2d_transpose_options& o = {}, const location& at = location::current());

/// What `depthwise_conv2d` may be told: as for `conv2d`, but for groups.
struct depthwise_conv2d_options {
    window_extents strides = {};
    AMBIT_NO_OPTION(stride, "the option is .strides = {2, 2}")
    padding_option padding = valid;
    window_extents dilations = {};  ///< pixels from one tap to the next; along an axis with strides 1
    AMBIT_NO_OPTION(dilation, "the option is .dilations = {2, 2}")
    AMBIT_NO_OPTION(dilation_rate, "the option is .dilations = {2, 2}")
    std::string_view name = {};
};

/// Each channel with kernels of its own, as many as the channel multiplier says: [batch, height, width, channels] x
/// [kernel height, kernel width, channels, multiplier] -> [batch, height', width', channels * multiplier], the results
/// of a channel side by side. Gradients by both operands, which have gradients too. TensorFlow's `depthwise_conv2d`.
///
///     // [32, 28, 28, 16] x [3, 3, 16, 2] -> [32, 28, 28, 32]
///     tensor h = depthwise_conv2d(image, kernels, {.padding = same});
constexpr tensor depthwise_conv2d(const tensor& image, const tensor& kernel,
                                  const depthwise_conv2d_options& options = {},
                                  const location& at = location::current());

/// What `conv1d` may be told, each for its one axis.
struct conv1d_options {
    core_parts::whole_number stride = 1;
    AMBIT_NO_OPTION(strides, "the option is .stride = 2, of the one axis")
    line_padding_option padding = valid;  ///< or explicit_pads(before, after)
    core_parts::whole_number dilation = 1;  ///< places from one tap to the next; where it is not 1, the stride is 1
    core_parts::whole_number groups = 1;  ///< of channels: each group of the result reads one of the operand
    std::string_view name = {};
};

/// Convolution along one axis: [batch, width, in] x [kernel width, in / groups, out] -> [batch, width', out], as
/// `conv2d` of images of one line. TensorFlow's `conv1d`.
///
///     tensor h = conv1d(signal, weights, {.stride = 2, .padding = same});
constexpr tensor conv1d(const tensor& x, const tensor& kernel, const conv1d_options& o = {},
                        const location& at = location::current());

/// What `max_pool` and `avg_pool` may be told.
struct pool_options {
    window_extents window = {2, 2};
    AMBIT_NO_OPTION(ksize, "the option is .window = {2, 2}")
    AMBIT_NO_OPTION(pool_size, "the option is .window = {2, 2}")
    AMBIT_NO_OPTION(kernel_size, "the option is .window = {2, 2}")
    window_extents strides = {2, 2};
    AMBIT_NO_OPTION(stride, "the option is .strides = {2, 2}")
    padding_option padding = valid;  ///< explicit pads are less than the window
    /// Whether a last window may reach behind the image and its padding, if it begins within the image or the padding
    /// before it: numbers of places are rounded up, as PyTorch's `ceil_mode` does. `same` does so anyway.
    bool ceil_mode = false;
    std::string_view name = {};
};

/// The largest value of each window, [n, h, w, c] -> [n, h', w', c]; the first NaN if there is one. Padded places take
/// no part. The gradient goes to the first place in the window that has the maximum, row by row; windows that overlap
/// add up. TensorFlow's `max_pool`.
///
///     tensor halved = max_pool(x, {.window = {2, 2}, .strides = {2, 2}});
constexpr tensor max_pool(const tensor& image, const pool_options& options = {},
                          const location& at = location::current());
template <std::integral Window, std::integral... Stride>
AMBIT_REFUSES("window and strides are options: max_pool(image, {.window = {2, 2}, .strides = {2, 2}})")
constexpr tensor max_pool(const tensor& image, Window, Stride...) { return image; }
template <class = void>
AMBIT_REFUSES("window and strides are options: max_pool(image, {.window = {2, 2}, .strides = {2, 2}})")
constexpr tensor max_pool(const tensor& image, const window_extents&, const window_extents&) { return image; }

/// The mean of each window, [n, h, w, c] -> [n, h', w', c], of its places inside of the image, never of padding:
/// PyTorch says that with `count_include_pad=False`, which is not its default. The gradient goes to these places in
/// equal shares; windows that overlap add up. TensorFlow's `avg_pool`.
///
///     tensor halved = avg_pool(image);                          // [32, 28, 28, 1] -> [32, 14, 14, 1]
constexpr tensor avg_pool(const tensor& image, const pool_options& options = {},
                          const location& at = location::current());
template <std::integral Window, std::integral... Stride>
AMBIT_REFUSES("window and strides are options: avg_pool(image, {.window = {2, 2}, .strides = {2, 2}})")
constexpr tensor avg_pool(const tensor& image, Window, Stride...) { return image; }
template <class = void>
AMBIT_REFUSES("window and strides are options: avg_pool(image, {.window = {2, 2}, .strides = {2, 2}})")
constexpr tensor avg_pool(const tensor& image, const window_extents&, const window_extents&) { return image; }

/// What `max_pool1d` and `avg_pool1d` may be told, each for their one axis.
struct pool1d_options {
    core_parts::whole_number window = 2;
    core_parts::whole_number stride = 2;
    AMBIT_NO_OPTION(strides, "the option is .stride = 2, of the one axis")
    line_padding_option padding = valid;  ///< or explicit_pads(before, after), less than the window
    bool ceil_mode = false;  ///< as of `max_pool`
    std::string_view name = {};
};

/// `max_pool` along one axis: [batch, width, channels] -> [batch, width', channels]. Keras' `MaxPooling1D`.
///
///     tensor halved = max_pool1d(signal);                       // [32, 100, 8] -> [32, 50, 8]
constexpr tensor max_pool1d(const tensor& x, const pool1d_options& options = {},
                            const location& at = location::current());

/// `avg_pool` along one axis: [batch, width, channels] -> [batch, width', channels]. Keras' `AveragePooling1D`.
///
///     tensor smooth = avg_pool1d(signal, {.window = 5, .stride = 1, .padding = same});
constexpr tensor avg_pool1d(const tensor& x, const pool1d_options& options = {},
                            const location& at = location::current());

/// Where a pixel of the result lies on the operand, at the scale s = extent / extent', as TensorFlow says: pixel · s by
/// default; pixel · (extent - 1) / (extent' - 1) with `align_corners`, so that corners are corners; (pixel + 1/2) · s -
/// 1/2 with `half_pixel_centers`, so that areas are areas. Not both.
struct resize_options {
    bool align_corners = false;
    bool half_pixel_centers = false;
    std::string_view name = {};
};

using contract_parts::resize_rounding;

/// The same of `resize_nearest`, and how a place between pixels is rounded: `down`, `up`, or to the nearest, the lower
/// or the upper one of two (`half_down`, `half_up`); where nothing is said, down by default, and half up with
/// `align_corners` and `half_pixel_centers`. ONNX calls these floor, ceil, round_prefer_floor and round_prefer_ceil.
struct resize_nearest_options {
    bool align_corners = false;
    bool half_pixel_centers = false;
    resize_rounding rounding = resize_rounding::by_centers;
    std::string_view name = {};
};

/// [n, h, w, c] -> [n, height, width, c], each pixel that of the operand next to where it lies. Any dtype. Smaller
/// images are sampled, not averaged. The gradient goes to the pixels that were taken. TensorFlow's
/// `resize_nearest_neighbor`.
///
///     tensor x = resize_nearest(mask, 7, 7, {.half_pixel_centers = true, .rounding = resize_rounding::half_down});
constexpr tensor resize_nearest(const tensor& image, core_parts::whole_number height, core_parts::whole_number width,
                                const resize_nearest_options& options = {}, const location& at = location::current());

/// [n, h, w, c] -> [n, height, width, c], each pixel of the four around where it lies, in proportion. Smaller images
/// are sampled, not averaged. The gradient goes to the four in the same proportion. TensorFlow's `resize_bilinear`.
///
///     tensor smooth = resize_bilinear(x, 56, 56, {.half_pixel_centers = true});
constexpr tensor resize_bilinear(const tensor& image, core_parts::whole_number height, core_parts::whole_number width,
                                 const resize_options& options = {}, const location& at = location::current());

/// What `resize_bicubic` may be told.
struct resize_bicubic_options {
    bool align_corners = false;
    bool half_pixel_centers = false;
    double coefficient =
        -0.75;  ///< of the cubic: -0.75 in PyTorch and TensorFlow 1, -0.5 in TensorFlow 2 and Keys' paper
    std::string_view name = {};
};

/// [n, h, w, c] -> [n, height, width, c], each pixel of the sixteen around where it lies, by cubic convolution; pixels
/// beyond an edge are those of the edge. Smaller images are sampled, not averaged. The gradient goes to the sixteen in
/// the same proportion. With `half_pixel_centers` it is PyTorch's `bicubic`. Source: R. G. Keys, "Cubic convolution
/// interpolation for digital image processing", 1981.
///
///     tensor large = resize_bicubic(image, 56, 56);             // [32, 28, 28, 1] -> [32, 56, 56, 1]
constexpr tensor resize_bicubic(const tensor& image, core_parts::whole_number height, core_parts::whole_number width,
                                const resize_bicubic_options& options = {}, const location& at = location::current());

/// What `crop_and_resize` may be told.
struct crop_and_resize_options {
    double extrapolation_value = 0;  ///< of places outside of the image
    bool nearest = false;  ///< the pixel next to each place, else between four
    std::string_view name = {};
};

/// Boxes of images, each sampled to height x width: images [n, h, w, c], boxes [k, 4] of the same dtype, each {top,
/// left, bottom, right} with 0 for the first pixel's middle and 1 for the last one's, and for each box the number of
/// its image, [k] of int32 or int64 -> [k, height, width, c]. A box may be turned over, and reach outside; an image
/// that there is not gives zeros. Images and boxes have gradients, boxes not with `nearest`. TensorFlow's
/// `crop_and_resize`.
///
///     // [32, 28, 28, 1], [5, 4] and int32[5] -> [5, 14, 14, 1]
///     tensor faces = crop_and_resize(image, boxes, numbers, 14, 14);
constexpr tensor crop_and_resize(const tensor& image, const tensor& boxes, const tensor& image_of_box,
                                 core_parts::whole_number height, core_parts::whole_number width,
                                 const crop_and_resize_options& options = {}, const location& at = location::current());

/// Blocks of pixels moved into the channels, in TensorFlow's order: [n, h, w, c] -> [n, h / block, w / block, block²
/// c]; `block` divides both extents. Any dtype. The gradient is moved back. TensorFlow's `space_to_depth`.
///
///     tensor blocks = space_to_depth(image, 2);                 // [32, 28, 28, 1] -> [32, 14, 14, 4]
constexpr tensor space_to_depth(const tensor& image, core_parts::whole_number block, const op_options& options = {},
                                const location& at = location::current());

/// Channels moved into blocks of pixels: what `space_to_depth` does, undone. Any dtype. TensorFlow's `depth_to_space`.
///
///     tensor image = depth_to_space(blocks, 2);                 // [32, 14, 14, 4] -> [32, 28, 28, 1]
constexpr tensor depth_to_space(const tensor& image, core_parts::whole_number block, const op_options& options = {},
                                const location& at = location::current());

/// What `local_response_normalization` may be told.
struct local_response_normalization_options {
    std::int64_t depth_radius = 5;  ///< neighbours on either side: at least 0
    double bias = 1;  ///< above 0
    double alpha = 1;  ///< at least 0
    double beta = 0.5;  ///< at least 0
    std::string_view name = {};
};

/// x / (bias + alpha · Σ x²)^beta, the sum over the element and its neighbours along the last axis, so that channels
/// compete. With a beta of 1/2, 3/4 or 1 it computes no power. NaN where the sum is no value of the dtype. Has a
/// gradient. Source: A. Krizhevsky, I. Sutskever, G. E. Hinton, "ImageNet classification with deep convolutional neural
/// networks", 2012, section 3.3.
///
///     tensor h = local_response_normalization(image, {.depth_radius = 2, .alpha = 1e-4, .beta = 0.75});
constexpr tensor local_response_normalization(const tensor& x, const local_response_normalization_options& o = {},
                                              const location& at = location::current());

}  // namespace ambit
