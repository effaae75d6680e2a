// SPDX-License-Identifier: BSL-1.0
// Pictures of any size through a model of fixed size: tile by tile. Neighbouring tiles read the same pixels around
// their border, and around the picture it is mirrored, so the result is that of one large convolution.
//
//     using outputs = two_images::outputs;
//     stages result = filter_picture<&outputs::blurred1, &outputs::edges1>(net, picture);
#pragma once

#include "filter.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include <xtensor/xtensor.hpp>

namespace image_filter {

/// [height, width, 3], samples in [0, 1].
using picture = xt::xtensor<float, 3>;

inline std::int64_t height_of(const picture& p) { return static_cast<std::int64_t>(p.shape(0)); }
inline std::int64_t width_of(const picture& p) { return static_cast<std::int64_t>(p.shape(1)); }

struct stages {
    picture blurred, edges;
};

/// The place in [0, count) that a place outside of it mirrors: -1 is 1, count is count - 2, and so on.
constexpr std::int64_t mirrored(std::int64_t at, std::int64_t count) {
    if (count == 1) return 0;
    const std::int64_t period = 2 * (count - 1);
    const std::int64_t phase = ((at % period) + period) % period;
    return phase < count ? phase : period - phase;
}

constexpr std::int64_t tiles_along(std::int64_t pixels) { return (pixels + tile - 1) / tile; }

/// Fills a tile with the pixels of its result and `halo` more on every side.
inline void cut(const picture& from, std::int64_t top, std::int64_t left, xt::xtensor<float, 4>& to) {
    const std::int64_t height = height_of(from), width = width_of(from);
    float* out = to.data();
    for (std::int64_t row = top - halo; row < top + tile + halo; ++row) {
        const float* const line = from.data() + mirrored(row, height) * width * 3;
        for (std::int64_t column = left - halo; column < left + tile + halo; ++column, out += 3)
            std::copy_n(line + mirrored(column, width) * 3, 3, out);
    }
}

/// Copies a tile's result into the picture, as far as it lies inside. `border` is what `from` has around it.
template <class Result>
void paste(const Result& from, std::int64_t border, std::int64_t top, std::int64_t left, picture& to) {
    const std::int64_t rows = std::min(tile, height_of(to) - top),
                       columns = std::min(tile, width_of(to) - left);
    for (std::int64_t row = 0; row < rows; ++row)
        std::copy_n(from.data() + ((row + border) * (tile + 2 * border) + border) * 3, columns * 3,
                    to.data() + ((top + row) * width_of(to) + left) * 3);
}

/// Both stages of one of the model's two images; the other one is neither asked for nor computed.
template <auto Blurred, auto Edges> stages filter_picture(filter& net, const picture& from) {
    stages result{picture::from_shape(from.shape()), picture::from_shape(from.shape())};
    auto input = xt::xtensor<float, 4>::from_shape({1, tile + 2 * halo, tile + 2 * halo, 3});
    for (std::int64_t top = 0; top < height_of(from); top += tile)
        for (std::int64_t left = 0; left < width_of(from); left += tile) {
            cut(from, top, left, input);
            const auto [blurred, edges] = net.template run<Blurred, Edges>(input);
            paste(blurred, edge_halo, top, left, result.blurred);
            paste(edges, 0, top, left, result.edges);
        }
    return result;
}

}  // namespace image_filter
