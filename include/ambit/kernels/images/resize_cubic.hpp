// SPDX-License-Identifier: BSL-1.0
// Images of another size, each pixel of the result a sum of four lines and four columns of the operand, by cubic
// convolution; and its gradient.
//
//     resize_cubic(resize_geometry{…}, in, out);
//     resize_cubic_gradient(resize_geometry{…}, upstream, out);      // the geometry of the forward direction
//
// Pixels beyond an edge are those of the edge. Positions are exact fractions, shares are computed in double; vectors
// run along the channels. Sums are within 20 ε of the largest pixel; those of the gradient run in blocks
// (sum_tree.hpp) where they are long.
#pragma once

#include <ambit/contract/images.hpp>
#include <ambit/core/static_value.hpp>
#include <ambit/kernels/images/resize.hpp>
#include <ambit/kernels/vectors/channels.hpp>
#include <ambit/kernels/vectors/entry.hpp>

#include <algorithm>
#include <bit>
#include <cstdint>
#include <type_traits>

namespace AMBIT_NAMESPACE::kernel_parts {

namespace detail {

// The four pixels of an axis around a place, and how much of each. Source: R. G. Keys, "Cubic convolution interpolation
// for digital image processing", 1981, with a free coefficient.
struct cubic_places {
    std::int64_t pixel[4] = {};
    double share[4] = {};

    constexpr cubic_places(std::int64_t at, std::int64_t in, std::int64_t out, const resize_geometry& g) {
        const resized_place place(at, in, out, g.centers);
        std::int64_t first = place.numerator / place.denominator;
        if (place.numerator % place.denominator < 0) --first;
        const std::int64_t left = place.numerator - first * place.denominator;
        const double beyond = static_cast<double>(left) / static_cast<double>(place.denominator);
        const double a = std::bit_cast<double>(g.coefficient);
        for (int i = 0; i < 4; ++i) {
            const double x = i < 2 ? beyond + (1 - i) : i - 1 - beyond;
            pixel[i] = (std::min)(in - 1, std::max<std::int64_t>(0, first - 1 + i));
            share[i] = x <= 1 ? ((a + 2) * x - (a + 3)) * x * x + 1 : ((a * x - 5 * a) * x + 8 * a) * x - 4 * a;
        }
    }

    constexpr std::int64_t lowest() const { return pixel[0]; }
    constexpr std::int64_t highest() const { return pixel[3]; }
    constexpr double share_of(std::int64_t of) const {
        double sum = 0;
        for (int i = 0; i < 4; ++i) sum += pixel[i] == of ? share[i] : 0;
        return sum;
    }
};

}  // namespace detail

template <class T, class Geometry, class Arch = kernel_arch>
    requires std::is_floating_point_v<T>
inline void resize_cubic(Geometry geometry, const T* in, T* out, Arch = {}) noexcept {
    using V = typename decltype(detail::resize_vector<T, Geometry, Arch>())::type;
    const resize_geometry g = value_of(geometry);
    const std::int64_t line = g.in_width * g.channels;
    for (std::int64_t n = 0; n < g.batch; ++n, in += g.in_height * line)
        for (std::int64_t y = 0; y < g.out_height; ++y) {
            const detail::cubic_places rows(y, g.in_height, g.out_height, g);
            for (std::int64_t x = 0; x < g.out_width; ++x, out += g.channels) {
                const detail::cubic_places columns(x, g.in_width, g.out_width, g);
                for_channels<V>(g.channels, [&]<class Partial>(Partial, std::int64_t c, std::int64_t count) {
                    V sum = fill<V>(T(0));
                    for (int i = 0; i < 4; ++i) {
                        const T* const row = in + rows.pixel[i] * line + c;
                        V across = fill<V>(T(0));
                        for (int k = 0; k < 4; ++k)
                            across = multiply_add(
                                load_channels<Partial::value, V>(row + columns.pixel[k] * g.channels, count),
                                fill<V>(static_cast<T>(columns.share[k])), across);
                        sum = multiply_add(across, fill<V>(static_cast<T>(rows.share[i])), sum);
                    }
                    store_channels<Partial::value, V>(out + c, sum, count);
                });
            }
        }
}

/// d loss / d operand.
template <class T, class Geometry, class Arch = kernel_arch>
    requires std::is_floating_point_v<T>
inline void resize_cubic_gradient(Geometry geometry, const T* upstream, T* out, Arch = {}) noexcept {
    using V = typename decltype(detail::resize_vector<T, Geometry, Arch>())::type;
    const resize_geometry g = value_of(geometry);
    if (detail::many_read_a_pixel(g)) return detail::gather_resized<detail::cubic_places, V>(g, upstream, out);
    const std::int64_t line = g.in_width * g.channels;
    detail::resize_clear(g, out);
    for (std::int64_t n = 0; n < g.batch; ++n, out += g.in_height * line)
        for (std::int64_t y = 0; y < g.out_height; ++y) {
            const detail::cubic_places rows(y, g.in_height, g.out_height, g);
            for (std::int64_t x = 0; x < g.out_width; ++x, upstream += g.channels) {
                const detail::cubic_places columns(x, g.in_width, g.out_width, g);
                for (int i = 0; i < 4; ++i)
                    for (int k = 0; k < 4; ++k) {
                        T* const to = out + rows.pixel[i] * line + columns.pixel[k] * g.channels;
                        const V share = fill<V>(static_cast<T>(rows.share[i] * columns.share[k]));
                        for_channels<V>(g.channels, [&]<class Partial>(Partial, std::int64_t c, std::int64_t count) {
                            const V up = load_channels<Partial::value, V>(upstream + c, count);
                            const V sum = multiply_add(up, share, load_channels<Partial::value, V>(to + c, count));
                            store_channels<Partial::value, V>(to + c, sum, count);
                        });
                    }
            }
        }
}

template <> struct entry<kernel_tag::resize_cubic> {
    template <class Geometry, class T> static void run(Geometry geometry, T* out, const T* in) noexcept {
        resize_cubic(geometry, in, out);
    }
};
template <> struct entry<kernel_tag::resize_cubic_gradient> {
    template <class Geometry, class T> static void run(Geometry geometry, T* out, const T* upstream) noexcept {
        resize_cubic_gradient(geometry, upstream, out);
    }
};

}  // namespace ambit::kernel_parts
