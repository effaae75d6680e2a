// SPDX-License-Identifier: BSL-1.0
// Depthwise convolution of an NHWC image with a kernel [height, width, channels], and its gradients: each channel with
// taps of its own, vectors along the channels.
//
//     constexpr static_value<conv2d_geometry{…}> g;                      // as many output channels as input channels
//     depthwise_conv2d(g, image, weights, out);
//     depthwise_image_gradient(g, weights, upstream, out);
//     depthwise_kernel_gradient(g, image, upstream, out);
//
// Taps outside of the image are not computed. Sums over more than 64 taps, and those over places, run in blocks
// (sum_tree.hpp), lines of places then in array_sum.hpp; shorter ones, and those of the gradient by an image with
// strides, are within k·ε·Σ|aᵢbᵢ| of the exact ones, k = their number.
#pragma once

#include <ambit/contract/images.hpp>
#include <ambit/core/static_value.hpp>
#include <ambit/kernels/vectors/array_sum.hpp>
#include <ambit/kernels/vectors/channels.hpp>
#include <ambit/kernels/images/conv2d.hpp>
#include <ambit/kernels/vectors/entry.hpp>
#include <ambit/kernels/vectors/sum_tree.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <type_traits>

namespace AMBIT_NAMESPACE::kernel_parts {

namespace detail {

template <class T, class Geometry, class Arch> constexpr auto depthwise_vector() {
    if constexpr (is_static<Geometry>) return fitting<T, Arch, Geometry::value.in_channels>();
    else return std::type_identity<xsimd::batch<T, Arch>>{};
}

// `Pixels` neighbouring pixels of a line that use the taps [left, right) of the lines [top, bottom) of the kernel, one
// vector of channels: each weight is read once for all of them. Element `at` of the image is what their first tap lies
// on: before the beginning, where that is outside of the image and not read. Mirrored, the last tap is the first.
// Of many taps, some at a time.
template <int Pixels, bool Mirrored, bool Many, bool Partial, class V, class T>
[[gnu::always_inline]] inline void depthwise_pixels(const conv2d_geometry& g, const T* in, std::int64_t at,
                                                    const T* weights, T* to, std::int64_t top, std::int64_t bottom,
                                                    std::int64_t left, std::int64_t right,
                                                    std::int64_t count) noexcept {
    const std::int64_t channels = g.in_channels, step = g.stride_width * channels;
    const std::int64_t last = g.kernel_height * g.kernel_width - 1;
    V sums[std::size_t(Pixels)];
    AMBIT_UNROLL for (int p = 0; p < Pixels; ++p) sums[p] = fill<V>(T(0));
    tree_if<Many, V, Pixels> before;
    for (std::int64_t ky = top; ky < bottom; ++ky) {
        std::int64_t first = left;
        before.run(right - left, sums, [&](std::int64_t taps) {
            for (std::int64_t kx = first; kx < first + taps; ++kx) {
                const std::int64_t tap = ky * g.kernel_width + kx;
                const V weight = load_channels<Partial, V>(weights + (Mirrored ? last - tap : tap) * channels, count);
                const T* const pixels =
                    in + (at + (ky * g.dilation_height * g.in_width + kx * g.dilation_width) * channels);
                AMBIT_UNROLL for (int p = 0; p < Pixels; ++p) sums[p] =
                    multiply_add(load_channels<Partial, V>(pixels + p * step, count), weight, sums[p]);
            }
            first += taps;
        });
    }
    before.add_to(sums);
    AMBIT_UNROLL for (int p = 0; p < Pixels; ++p) store_channels<Partial, V>(to + p * channels, sums[p], count);
}

// All channels of a run of pixels before the next run: what they read stays in the first cache.
template <bool Mirrored, bool Many, class V, class T>
inline void depthwise_images_of(const conv2d_geometry& g, const T* in, const T* weights, T* out) noexcept {
    constexpr int pixels = 6;
    const conv_axis lines = conv_lines(g), columns = conv_columns(g);
    const std::int64_t image = g.in_height * g.in_width * g.in_channels;
    for (std::int64_t n = 0; n < g.batch; ++n)
        for (std::int64_t y = 0; y < g.out_height; ++y) {
            const std::int64_t first = (y * g.stride_height - g.pad_top) * g.in_width - g.pad_left;
            const std::int64_t line = n * image + first * g.in_channels;
            std::int64_t x = 0;
            const auto run = [&]<int Pixels>(std::integral_constant<int, Pixels>) {
                for_channels<V>(g.in_channels, [&]<class Partial>(Partial, std::int64_t c, std::int64_t count) {
                    depthwise_pixels<Pixels, Mirrored, Many, Partial::value, V>(
                        g, in, line + x * g.stride_width * g.in_channels + c, weights + c, out + c, lines.from_tap(y),
                        lines.to_tap(y), columns.from_tap(x), columns.to_tap(x), count);
                });
                out += Pixels * g.in_channels;
                x += Pixels;
            };
            while (x < columns.first) run(std::integral_constant<int, 1>{});
            while (x + pixels <= columns.last) run(std::integral_constant<int, pixels>{});
            while (x < g.out_width) run(std::integral_constant<int, 1>{});
        }
}

template <bool Mirrored, class V, class T>
inline void depthwise_images(const conv2d_geometry& g, const T* in, const T* weights, T* out) noexcept {
    if (g.kernel_height * g.kernel_width <= block_steps) depthwise_images_of<Mirrored, false, V>(g, in, weights, out);
    else depthwise_images_of<Mirrored, true, V>(g, in, weights, out);
}

// Without strides, the gradient by the image is a convolution of the upstream gradient with the kernel mirrored.
constexpr conv2d_geometry mirrored_convolution(const conv2d_geometry& g) {
    return {g.batch,
            g.out_height,
            g.out_width,
            g.in_channels,
            g.kernel_height,
            g.kernel_width,
            g.in_channels,
            g.in_height,
            g.in_width,
            1,
            1,
            (g.kernel_height - 1) * g.dilation_height - g.pad_top,
            (g.kernel_width - 1) * g.dilation_width - g.pad_left,
            g.dilation_height,
            g.dilation_width};
}

}  // namespace detail

template <class T, class Geometry, class Arch = kernel_arch>
    requires std::is_floating_point_v<T>
inline void depthwise_conv2d(Geometry geometry, const T* in, const T* weights, T* out, Arch = {}) noexcept {
    using V = typename decltype(detail::depthwise_vector<T, Geometry, Arch>())::type;
    detail::depthwise_images<false, V>(value_of(geometry), in, weights, out);
}

/// d loss / d image.
template <class T, class Geometry, class Arch = kernel_arch>
    requires std::is_floating_point_v<T>
inline void depthwise_image_gradient(Geometry geometry, const T* weights, const T* upstream, T* out,
                                     Arch = {}) noexcept {
    using V = typename decltype(detail::depthwise_vector<T, Geometry, Arch>())::type;
    const conv2d_geometry g = value_of(geometry);
    if (g.stride_height == 1 && g.stride_width == 1)
        return detail::depthwise_images<true, V>(detail::mirrored_convolution(g), upstream, weights, out);
    const std::int64_t channels = g.in_channels;
    for (std::int64_t line = 0; line < g.batch * g.in_height; ++line)
        for (std::int64_t x = 0; x < g.in_width; ++x, out += channels) {
            const std::int64_t n = line / g.in_height, at_y = line % g.in_height + g.pad_top, at_x = x + g.pad_left;
            for_channels<V>(channels, [&]<class Partial>(Partial, std::int64_t c, std::int64_t count) {
                V sum = fill<V>(T(0));
                // Tap ky of the place y of the result lies on this pixel where y · stride + ky · dilation is the
                // pixel's; one of the two is 1.
                for (std::int64_t ky = at_y % g.stride_height; ky < g.kernel_height && ky * g.dilation_height <= at_y;
                     ky += g.stride_height) {
                    const std::int64_t y = (at_y - ky * g.dilation_height) / g.stride_height;
                    if (y >= g.out_height) continue;
                    for (std::int64_t kx = at_x % g.stride_width; kx < g.kernel_width && kx * g.dilation_width <= at_x;
                         kx += g.stride_width) {
                        const std::int64_t place = (at_x - kx * g.dilation_width) / g.stride_width;
                        if (place >= g.out_width) continue;
                        const T* const up = upstream + (((n * g.out_height + y) * g.out_width + place) * channels + c);
                        const T* const tap = weights + ((ky * g.kernel_width + kx) * channels + c);
                        sum = multiply_add(load_channels<Partial::value, V>(up, count),
                                           load_channels<Partial::value, V>(tap, count), sum);
                    }
                }
                store_channels<Partial::value, V>(out + c, sum, count);
            });
        }
}

/// d loss / d kernel. Lines are summed for themselves: they stay in the first cache. `scratch` has
/// `depthwise_gradient_scratch(g)` elements.
template <class T, class Geometry, class Arch = kernel_arch>
    requires std::is_floating_point_v<T>
inline void depthwise_kernel_gradient(Geometry geometry, const T* in, const T* upstream, T* scratch, T* out,
                                      Arch = {}) noexcept {
    using V = typename decltype(detail::depthwise_vector<T, Geometry, Arch>())::type;
    const conv2d_geometry g = value_of(geometry);
    const std::int64_t channels = g.in_channels, step = g.stride_width * channels;
    array_sum<T> lines(g.batch * g.out_height, g.kernel_height * g.kernel_width * channels, scratch, out);
    for (std::int64_t row = 0; row < g.batch * g.out_height; ++row) {
        for (std::int64_t ky = 0; ky < g.kernel_height; ++ky) {
            const std::int64_t from_y = row % g.out_height * g.stride_height - g.pad_top + ky * g.dilation_height;
            if (from_y < 0 || from_y >= g.in_height) continue;
            const std::int64_t line = (row / g.out_height * g.in_height + from_y) * g.in_width * channels;
            for_channels<V>(channels, [&]<class Partial>(Partial, std::int64_t c, std::int64_t count) {
                const T* const up = upstream + (row * g.out_width * channels + c);
                for (std::int64_t kx = 0; kx < g.kernel_width; ++kx) {
                    // The places of the result whose tap lies inside the image.
                    const std::int64_t before = g.pad_left - kx * g.dilation_width, room = g.in_width - 1 + before;
                    std::int64_t x = before > 0 ? ceiling_divide(before, g.stride_width) : 0;
                    const std::int64_t last = room < 0 ? 0 : (std::min)(g.out_width, room / g.stride_width + 1);
                    V sums[4] = {fill<V>(T(0)), fill<V>(T(0)), fill<V>(T(0)), fill<V>(T(0))};
                    const auto add = [&](V& sum, std::int64_t place) {
                        const T* const pixel = in + (line - before * channels + c + place * step);
                        sum = multiply_add(load_channels<Partial::value, V>(pixel, count),
                                           load_channels<Partial::value, V>(up + place * channels, count), sum);
                    };
                    sum_tree<V, 4> blocks;
                    blocks.run(x < last ? (last - x) / 4 : 0, sums, [&](std::int64_t steps) {
                        for (const std::int64_t end = x + 4 * steps; x < end; x += 4)
                            AMBIT_UNROLL for (int i = 0; i < 4; ++i) add(sums[i], x + i);
                    });
                    for (; x < last; ++x) add(sums[0], x);
                    blocks.add_to(sums);
                    T* const to = lines.into() + ((ky * g.kernel_width + kx) * channels + c);
                    const V sum = (sums[0] + sums[1]) + (sums[2] + sums[3]);
                    store_channels<Partial::value, V>(to, load_channels<Partial::value, V>(to, count) + sum, count);
                }
            });
        }
        lines.finish_block();
    }
    lines.finish();
}

template <> struct entry<kernel_tag::depthwise_conv2d> {
    template <class Geometry, class T>
    static void run(Geometry geometry, T* out, const T* image, const T* weights) noexcept {
        depthwise_conv2d(geometry, image, weights, out);
    }
};
template <> struct entry<kernel_tag::depthwise_image_gradient> {
    template <class Geometry, class T>
    static void run(Geometry geometry, T* out, const T* weights, const T* upstream) noexcept {
        depthwise_image_gradient(geometry, weights, upstream, out);
    }
};
template <> struct entry<kernel_tag::depthwise_kernel_gradient> {
    template <class Geometry, class T>
    static void run(Geometry geometry, T* out, const T* image, const T* upstream,
                    std::byte* scratch = nullptr) noexcept {
        depthwise_kernel_gradient(geometry, image, upstream, reinterpret_cast<T*>(scratch), out);
    }
};

}  // namespace ambit::kernel_parts
