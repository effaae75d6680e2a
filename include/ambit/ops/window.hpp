// SPDX-License-Identifier: BSL-1.0
// How a window moves over an image: strides and padding, for convolution and pooling.
// `same` gives ceil(in / stride) places, with padding split evenly and the odd one after the image; `valid` pads
// nothing and gives ceil((in - window + 1) / stride) places. (TensorFlow's definition.)
#pragma once

#include <cstdint>

namespace ambit {

enum class padding_mode : std::int64_t { valid, same };
inline constexpr padding_mode valid = padding_mode::valid;
inline constexpr padding_mode same = padding_mode::same;

/// Height and width, in pixels: `.strides = {2, 2}`.
struct window_extents {
    std::int64_t height = 1;
    std::int64_t width = 1;
};

/// One axis of a moving window: how many places, and how much padding before the image.
struct window_places {
    std::int64_t count = 0;
    std::int64_t before = 0;
};

/// Precondition: all arguments at least 1.
constexpr window_places places_of_window(std::int64_t in, std::int64_t window, std::int64_t stride, padding_mode padding) {
    if (padding == padding_mode::valid) return {in < window ? 0 : (in - window) / stride + 1, 0};
    const std::int64_t count = (in - 1) / stride + 1;
    const std::int64_t reach = (count - 1) * stride + window - in;
    return {count, reach > 0 ? reach / 2 : 0};
}

}  // namespace ambit
