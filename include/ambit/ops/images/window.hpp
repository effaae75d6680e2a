// SPDX-License-Identifier: BSL-1.0
// How a window moves over an image: strides and padding, for convolution and pooling.
// `same` gives ceil(in / stride) places, with padding split evenly and the odd one after the image; `valid` pads
// nothing and gives ceil((in - window + 1) / stride) places (TensorFlow's definition). `explicit_pads` says how many
// places are added on each side, and gives as many as `valid` does of an image that has them.
#pragma once

#include <ambit/core/choice.hpp>
#include <ambit/core/shape.hpp>
#include <ambit/contract/option_range.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace AMBIT_NAMESPACE {

/// How many places are added around what a window moves over; `pads` are those that `explicit_pads` says.
enum class padding_mode : std::int64_t { valid, same, pads };
inline constexpr padding_mode valid = padding_mode::valid;
inline constexpr padding_mode same = padding_mode::same;

}  // namespace ambit

namespace AMBIT_NAMESPACE::op_parts {

// What explicit_pads makes, of as many numbers: a type each, so that one axis is not taken for two.
struct equal_pads {
    std::int64_t around;
};
struct line_pads {
    std::int64_t before, after;
};
struct image_pads {
    std::int64_t top, bottom, left, right;
};

}  // namespace ambit::op_parts

namespace AMBIT_NAMESPACE {

// ops/images.hpp says what they mean.
constexpr op_parts::equal_pads explicit_pads(std::int64_t around) { return {around}; }
constexpr op_parts::image_pads explicit_pads(std::int64_t top, std::int64_t bottom, std::int64_t left,
                                             std::int64_t right) {
    return {top, bottom, left, right};
}
constexpr op_parts::line_pads explicit_pads(std::int64_t before, std::int64_t after) { return {before, after}; }

/// The `.padding` along one axis: `same`, `valid` or `explicit_pads`.
class line_padding_option {
public:
    constexpr line_padding_option(padding_mode chosen) : mode(chosen) {}  // NOLINT: implicit, as all options
    constexpr line_padding_option(const op_parts::equal_pads& pads)  // NOLINT
        : mode(padding_mode::pads), before(pads.around), after(pads.around) {}
    constexpr line_padding_option(const op_parts::line_pads& pads)  // NOLINT
        : mode(padding_mode::pads), before(pads.before), after(pads.after) {}
    AMBIT_REFUSES("along one axis there are two pads: explicit_pads(before, after)")
    constexpr line_padding_option(const op_parts::image_pads&) : mode(valid) {}
    template <core_parts::text_like Text>
    AMBIT_REFUSES("padding is a padding_mode, same or valid, or explicit_pads(1, 0), not text: {.padding = same}")
    constexpr line_padding_option(Text) : mode(valid) {}
    template <core_parts::mistaken_for<padding_mode> Other>
        requires(!core_parts::text_like<Other>)
    AMBIT_REFUSES(
        "padding is same, valid or explicit_pads(1, 0), no number and no mode of pad: {.padding = "
        "same}") constexpr line_padding_option(Other)
        : mode(valid) {}

    friend constexpr bool operator==(const line_padding_option&, const line_padding_option&) = default;

    padding_mode mode;
    std::int64_t before = 0, after = 0;  ///< where the mode is `pads`
};

/// The `.padding` of an op of images: `same`, `valid` or `explicit_pads`.
class padding_option {
public:
    constexpr padding_option(padding_mode chosen) : mode(chosen) {}  // NOLINT: implicit, as all options
    constexpr padding_option(const op_parts::equal_pads& pads)  // NOLINT
        : mode(padding_mode::pads), top(pads.around), bottom(pads.around), left(pads.around), right(pads.around) {}
    constexpr padding_option(const op_parts::image_pads& pads)  // NOLINT
        : mode(padding_mode::pads), top(pads.top), bottom(pads.bottom), left(pads.left), right(pads.right) {}
    AMBIT_REFUSES("an image has four sides: explicit_pads(top, bottom, left, right), or explicit_pads(around)")
    constexpr padding_option(const op_parts::line_pads&) : mode(valid) {}
    template <core_parts::text_like Text>
    AMBIT_REFUSES("padding is a padding_mode, same or valid, or explicit_pads(1), not text: {.padding = same}")
    constexpr padding_option(Text) : mode(valid) {}
    template <core_parts::mistaken_for<padding_mode> Other>
        requires(!core_parts::text_like<Other>)
    AMBIT_REFUSES(
        "padding is same, valid or explicit_pads(1), no number and no mode of pad: {.padding = "
        "same}") constexpr padding_option(Other)
        : mode(valid) {}

    /// That of an image of one line.
    static constexpr padding_option of_columns(const line_padding_option& columns) {
        padding_option all(columns.mode);
        all.left = columns.before;
        all.right = columns.after;
        return all;
    }
    constexpr line_padding_option lines() const { return along(top, bottom); }
    constexpr line_padding_option columns() const { return along(left, right); }
    friend constexpr bool operator==(const padding_option&, const padding_option&) = default;

    padding_mode mode;
    std::int64_t top = 0, bottom = 0, left = 0, right = 0;  ///< where the mode is `pads`

private:
    constexpr line_padding_option along(std::int64_t before, std::int64_t after) const {
        return mode == padding_mode::pads ? line_padding_option(op_parts::line_pads{before, after}) : mode;
    }
};

/// Height and width, in pixels: `.strides = {2, 2}`.
struct window_extents {
    constexpr window_extents() = default;
    constexpr window_extents(std::int64_t h, std::int64_t w) : height(h), width(w) {}
    template <std::integral Number>
    AMBIT_REFUSES("windows, strides and dilations are {height, width}: {.strides = {2, 2}}")
    constexpr window_extents(Number extent) : height(extent), width(extent) {}
    template <class... Extent>
        requires(sizeof...(Extent) <= 2 && (std::is_arithmetic_v<Extent> && ...) &&
                 (std::floating_point<Extent> || ...))
    AMBIT_REFUSES("windows, strides and dilations are counted, by integers: {.strides = {2, 2}}")
    constexpr window_extents(Extent...) {}

    std::int64_t height = 1;
    std::int64_t width = 1;
};

}  // namespace ambit

namespace AMBIT_NAMESPACE::op_parts {

/// Whether an option is a window that moves: neither extent below 1.
constexpr option_fault below_one(std::string_view option, const window_extents& asked) {
    return outside(option, asked.height < asked.width ? asked.height : asked.width, range_of::from(1));
}

/// Whether pads are numbers of places: none below 0, none that no tensor could have.
constexpr option_fault no_pads(const line_padding_option& asked) {
    const bool grows = asked.before < asked.after;
    const std::int64_t least = grows ? asked.before : asked.after, most = grows ? asked.after : asked.before;
    if (const option_fault off = outside("padding", least, range_of::from(0))) return off;
    return outside("padding", most, range_of::to(static_cast<double>(core_parts::max_tensor_bytes)));
}
constexpr option_fault no_pads(const padding_option& asked) {
    if (const option_fault off = no_pads(asked.lines())) return off;
    return no_pads(asked.columns());
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

/// Precondition: all numbers at least 1, pads at least 0. `round_up`: a last window may reach behind image and padding,
/// as long as it begins within the image or the padding before it.
constexpr window_places places_of_window(std::int64_t in, std::int64_t window, std::int64_t stride,
                                         const line_padding_option& padding, bool round_up = false) {
    if (padding.mode == same) {
        const std::int64_t count = (in - 1) / stride + 1;
        const std::int64_t reach = (count - 1) * stride + window - in;
        return {count, reach > 0 ? reach / 2 : 0};
    }
    const std::int64_t extent = in + padding.before + padding.after;
    if (extent < window) return {0, padding.before};
    std::int64_t count = (extent - window) / stride + 1;
    if (round_up && (extent - window) % stride != 0 && count * stride < in + padding.before) ++count;
    return {count, padding.before};
}

}  // namespace ambit::op_parts
