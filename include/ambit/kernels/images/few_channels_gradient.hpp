// SPDX-License-Identifier: BSL-1.0
// Gradient of a convolution by an image of few channels: too few to fill the vectors of a tile, so that vectors run
// along the channels of the upstream gradient instead, and each element of the result is an inner product.
//
//     if (has_few_channels(g)) few_channels_gradient<vector>(part, upstream, mirrored, epilogue);
//
// `part` is a convolution without strides of the upstream gradient; `mirrored` has its kernel with the few channels
// first: [channel, kernel height, kernel width, upstream channel].
#pragma once

#include <ambit/contract/images.hpp>
#include <ambit/kernels/vectors/combine.hpp>
#include <ambit/kernels/images/conv2d.hpp>
#include <ambit/kernels/vectors/sum_tree.hpp>

#include <type_traits>

namespace AMBIT_NAMESPACE::kernel_parts::detail {

constexpr bool has_few_channels(const conv2d_geometry& g) {
    return g.in_channels <= 4 && g.out_channels >= 8 && g.dilation_height == 1 && g.dilation_width == 1;
}

// `Pixels` neighbouring pixels of one line that meet the same taps, one channel.
template <int Pixels, class V, class T, class Epilogue>
[[gnu::always_inline]] inline void few_channels_pixels(const T* upstream, std::int64_t line, std::int64_t pixel,
                                                       const T* taps, std::int64_t taps_line, std::int64_t lines,
                                                       std::int64_t depth, const Epilogue& epilogue, std::int64_t row,
                                                       std::int64_t channel) noexcept {
    V sums[std::size_t(Pixels)];
    AMBIT_UNROLL for (int p = 0; p < Pixels; ++p) sums[p] = fill<V>(T(0));
    tree_if<std::is_floating_point_v<T>, V, Pixels> before;
    for (std::int64_t y = 0; y < lines; ++y) {
        const T* const from = upstream + y * line;
        const T* const weights = taps + y * taps_line;
        std::int64_t k = 0;
        before.run(depth / lanes<V>, sums, [&](std::int64_t steps) {
            for (const std::int64_t end = k + steps * lanes<V>; k < end; k += lanes<V>) {
                const V weight = load_vector<V>(weights + k);
                AMBIT_UNROLL for (int p = 0; p < Pixels; ++p) sums[p] =
                    multiply_add(load_vector<V>(from + p * pixel + k), weight, sums[p]);
            }
        });
        if constexpr (lanes<V> > 1) {
            if (k < depth) {
                before.make_room(1, sums);
                const V weight = load_partial<V>(weights + k, depth - k, T(0));
                AMBIT_UNROLL for (int p = 0; p < Pixels; ++p) sums[p] =
                    multiply_add(load_partial<V>(from + p * pixel + k, depth - k, T(0)), weight, sums[p]);
            }
        }
    }
    before.add_to(sums);
    AMBIT_UNROLL for (int p = 0; p < Pixels; ++p) epilogue(across(sums[p], sum{}), row + p, channel);
}

// `epilogue(element, pixel, channel)` for all pixels and channels of the result.
template <class V, class T, class Epilogue>
inline void few_channels_gradient(const conv2d_geometry& g, const T* upstream, const T* mirrored,
                                  const Epilogue& epilogue) noexcept {
    constexpr int most = 4;
    const conv_axis lines = conv_lines(g), columns = conv_columns(g);
    const std::int64_t pixel = g.in_channels, line = g.in_width * pixel, taps_line = g.kernel_width * pixel;
    for (std::int64_t n = 0; n < g.batch; ++n)
        for (std::int64_t y = 0; y < g.out_height; ++y)
            for (std::int64_t x = 0, count; x < g.out_width; x += count) {
                count = x >= columns.first && x + most <= columns.last ? most : 1;
                const std::int64_t top = lines.from_tap(y), left = columns.from_tap(x);
                const std::int64_t height = lines.to_tap(y) - top, depth = (columns.to_tap(x) - left) * pixel;
                const std::int64_t row = (n * g.out_height + y) * g.out_width + x;
                const T* const from =
                    upstream + ((n * g.in_height + y - g.pad_top + top) * line + (x - g.pad_left + left) * pixel);
                for (std::int64_t c = 0; c < g.out_channels; ++c) {
                    const T* const taps = mirrored + (c * g.kernel_height + top) * taps_line + left * pixel;
                    const auto run = [&](auto pixels) {
                        few_channels_pixels<pixels.value, V>(from, line, pixel, taps, taps_line, height, depth,
                                                             epilogue, row, c);
                    };
                    if (count == most) run(std::integral_constant<int, most>{});
                    else run(std::integral_constant<int, 1>{});
                }
            }
}

}  // namespace ambit::kernel_parts::detail
