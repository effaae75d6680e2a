// SPDX-License-Identifier: BSL-1.0
// How a window moves over an image: strides and padding, for convolution and pooling.
// `same` gives ceil(in / stride) places, with padding split evenly and the odd one after the image; `valid` pads
// nothing and gives ceil((in - window + 1) / stride) places. (TensorFlow's definition.)
#pragma once

#include <ambit/core/choice.hpp>
#include <ambit/contract/option_range.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace AMBIT_NAMESPACE {

enum class padding_mode : std::int64_t { valid, same };
inline constexpr padding_mode valid = padding_mode::valid;
inline constexpr padding_mode same = padding_mode::same;

/// The `.padding` of an op: `same` or `valid`.
class padding_option : public core_parts::choice<padding_mode> {
public:
    using choice::choice;
    template <core_parts::text_like Text>
    AMBIT_REFUSES("padding is same or valid, not text: {.padding = same}")
    constexpr padding_option(Text) : choice(valid) {}
    template <core_parts::mistaken_for<padding_mode> Other>
        requires(!core_parts::text_like<Other>)
    AMBIT_REFUSES("padding is same or valid, no number and no mode of pad: {.strides = {2, 2}, .padding = same}")
    constexpr padding_option(Other) : choice(valid) {}
};

/// Height and width, in pixels: `.strides = {2, 2}`.
struct window_extents {
    constexpr window_extents() = default;
    constexpr window_extents(std::int64_t h, std::int64_t w) : height(h), width(w) {}
    template <std::integral Number>
    AMBIT_REFUSES("windows, strides and dilations are {height, width}: {.strides = {2, 2}}")
    constexpr window_extents(Number extent) : height(extent), width(extent) {}

    std::int64_t height = 1;
    std::int64_t width = 1;
};

}  // namespace ambit

namespace AMBIT_NAMESPACE::op_parts {

/// Whether an option is a window that moves: neither extent below 1.
constexpr option_fault below_one(std::string_view option, const window_extents& it) {
    return outside(option, it.height < it.width ? it.height : it.width, range_of::from(1));
}

/// One axis of a moving window: how many places, and how much padding before the image.
struct window_places {
    std::int64_t count = 0;
    std::int64_t before = 0;
};

/// What helps where images of four axes are wanted, or a window is larger than its image.
constexpr std::string_view hint_of_image(int rank) {
    if (rank == 3) return "expand_dims(image, 0) adds a batch of 1, expand_dims(image, -1) a channel";
    if (rank == 2) return "reshape(x, {n, h, w, c}) makes images of rows";
    return rank == 4 ? "images are [n, h, w, c], not [n, c, h, w]" : "";
}

/// Precondition: all arguments at least 1.
constexpr window_places places_of_window(std::int64_t in, std::int64_t window, std::int64_t stride,
                                         padding_mode padding) {
    if (padding == padding_mode::valid) return {in < window ? 0 : (in - window) / stride + 1, 0};
    const std::int64_t count = (in - 1) / stride + 1;
    const std::int64_t reach = (count - 1) * stride + window - in;
    return {count, reach > 0 ? reach / 2 : 0};
}

}  // namespace ambit::op_parts
