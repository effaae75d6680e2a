// SPDX-License-Identifier: BSL-1.0
// Images of another size: each pixel of the result is the nearest pixel of the operand, or lies between two lines and
// two columns of it; and the gradients of both, which give each pixel what those that read it got.
//
//     resize_nearest(resize_geometry{…}, in, out);
//     resize_bilinear(resize_geometry{…}, in, out);
//     resize_bilinear_gradient(resize_geometry{…}, upstream, out);     // the geometry of the forward direction
//
// Positions are exact fractions, so that no pixel is a rounding error away from its place; vectors run along the
// channels. The sums of gradients run in blocks (sum_tree.hpp) where they are long.
#pragma once

#include <ambit/contract/images.hpp>
#include <ambit/core/static_value.hpp>
#include <ambit/kernels/vectors/channels.hpp>
#include <ambit/kernels/vectors/entry.hpp>
#include <ambit/kernels/vectors/sum_tree.hpp>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <type_traits>

namespace AMBIT_NAMESPACE::kernel_parts {

namespace detail {

// Where place `at` of the result lies on an axis of the operand: numerator / denominator.
struct resized_place {
    std::int64_t numerator = 0, denominator = 1;
    constexpr resized_place(std::int64_t at, std::int64_t in, std::int64_t out, resize_centers centers) {
        switch (centers) {
            case resize_centers::corners:
                if (out > 1) numerator = at * (in - 1), denominator = out - 1;
                break;
            case resize_centers::half_pixels: numerator = (2 * at + 1) * in - out, denominator = 2 * out; break;
            case resize_centers::legacy: numerator = at * in, denominator = out; break;
        }
    }
};

// The pixel that is nearest: where nothing else is said, of half pixels and of corners rounded up from the middle, else
// cut off.
constexpr std::int64_t nearest_place(std::int64_t at, std::int64_t in, std::int64_t out, resize_centers centers,
                                     resize_rounding rounding) {
    const resized_place place(at, in, out, centers);
    if (place.numerator <= 0) return 0;
    if (rounding == resize_rounding::by_centers)
        rounding = centers == resize_centers::legacy ? resize_rounding::down : resize_rounding::half_up;
    const std::int64_t n = place.numerator, d = place.denominator;
    std::int64_t nearest = n / d;
    if (rounding == resize_rounding::half_down) nearest = (2 * n + d - 1) / (2 * d);
    if (rounding == resize_rounding::half_up) nearest = (2 * n + d) / (2 * d);
    if (rounding == resize_rounding::up) nearest = (n + d - 1) / d;
    return (std::min)(in - 1, nearest);
}

// The two pixels between which a place lies, and how far it is from the first one.
struct between_places {
    std::int64_t first = 0, second = 0;
    double share = 0;
    constexpr between_places(std::int64_t at, std::int64_t in, std::int64_t out, resize_centers centers) {
        const resized_place place(at, in, out, centers);
        if (place.numerator <= 0) return;
        first = (std::min)(in - 1, place.numerator / place.denominator);
        second = (std::min)(in - 1, first + 1);
        if (first < second)
            share = static_cast<double>(place.numerator % place.denominator) / static_cast<double>(place.denominator);
    }
    constexpr between_places(std::int64_t at, std::int64_t in, std::int64_t out, const resize_geometry& g)
        : between_places(at, in, out, g.centers) {}

    constexpr std::int64_t lowest() const { return first; }
    constexpr std::int64_t highest() const { return share > 0 ? second : first; }
    constexpr double share_of(std::int64_t pixel) const {
        return (pixel == first ? 1 - share : 0) + (pixel == second ? share : 0);
    }
};

// Along one axis, the places of the result that read a pixel of the operand: neighbours, which go up with the pixels.
template <class T, class Places> class readers {
public:
    readers(const resize_geometry& g, std::int64_t in, std::int64_t out) : g_(g), in_(in), out_(out) {}

    void begin_with_first() { begin_ = end_ = 0; }
    void move_to(std::int64_t pixel) {
        pixel_ = pixel;
        while (begin_ < out_ && place(begin_).highest() < pixel) ++begin_;
        end_ = (std::max)(begin_, end_);
        while (end_ < out_ && place(end_).lowest() <= pixel) ++end_;
        known_ = -1;
    }
    std::int64_t begin() const { return begin_; }
    std::int64_t end() const { return end_; }

    /// How much they read, up to `block_steps` of them from `first` on.
    const T* shares(std::int64_t first, std::int64_t count) {
        if (first != known_)
            for (std::int64_t i = 0; i < count; ++i) shares_[i] = static_cast<T>(place(first + i).share_of(pixel_));
        known_ = first;
        return shares_;
    }

private:
    Places place(std::int64_t at) const { return Places(at, in_, out_, g_); }

    const resize_geometry& g_;
    std::int64_t in_, out_, pixel_ = 0, begin_ = 0, end_ = 0, known_ = -1;
    T shares_[static_cast<std::size_t>(block_steps)];
};

template <class T, class Geometry, class Arch> constexpr auto resize_vector() {
    if constexpr (!is_vectorized<T>) return std::type_identity<T>{};
    else if constexpr (is_static<Geometry>) return fitting<T, Arch, Geometry::value.channels>();
    else return std::type_identity<xsimd::batch<T, Arch>>{};
}

template <class T> inline void resize_clear(const resize_geometry& g, T* out) noexcept {
    std::fill_n(out, g.batch * g.in_height * g.in_width * g.channels, T(0));
}

// Where fewer do, it is faster to give each pixel what one place of the result after the other got.
constexpr bool many_read_a_pixel(const resize_geometry& g) {
    return g.out_height * g.out_width > 64 * g.in_height * g.in_width;
}

// Each pixel of the operand gathers what those that read it got.
template <class Places, class V, class T>
inline void gather_resized(const resize_geometry& g, const T* upstream, T* out) noexcept {
    readers<T, Places> lines(g, g.in_height, g.out_height), columns(g, g.in_width, g.out_width);
    for (std::int64_t n = 0; n < g.batch; ++n, upstream += g.out_height * g.out_width * g.channels) {
        lines.begin_with_first();
        for (std::int64_t y = 0; y < g.in_height; ++y) {
            lines.move_to(y);
            columns.begin_with_first();
            for (std::int64_t x = 0; x < g.in_width; ++x, out += g.channels) {
                columns.move_to(x);
                for_channels<V>(g.channels, [&]<class Partial>(Partial, std::int64_t c, std::int64_t count) {
                    V sums[1] = {fill<V>(T(0))};
                    sum_tree<V> before;
                    for (std::int64_t top = lines.begin(); top < lines.end(); top += block_steps) {
                        const std::int64_t height = (std::min)(block_steps, lines.end() - top);
                        const T* const down = lines.shares(top, height);
                        for (std::int64_t left = columns.begin(); left < columns.end(); left += block_steps) {
                            const std::int64_t width = (std::min)(block_steps, columns.end() - left);
                            const T* const across = columns.shares(left, width);
                            const T* from = upstream + ((top * g.out_width + left) * g.channels + c);
                            std::int64_t line = 0;
                            before.run(height, sums, [&](std::int64_t steps) {
                                for (const std::int64_t last = line + steps; line < last; ++line) {
                                    V sum = fill<V>(T(0));
                                    for (std::int64_t i = 0; i < width; ++i)
                                        sum =
                                            multiply_add(load_channels<Partial::value, V>(from + i * g.channels, count),
                                                         fill<V>(across[i]), sum);
                                    sums[0] = multiply_add(sum, fill<V>(down[line]), sums[0]);
                                    from += g.out_width * g.channels;
                                }
                            });
                        }
                    }
                    before.add_to(sums);
                    store_channels<Partial::value, V>(out + c, sums[0], count);
                });
            }
        }
    }
}

}  // namespace detail

/// Any element type.
template <class T, class Geometry> inline void resize_nearest(Geometry geometry, const T* in, T* out) noexcept {
    const resize_geometry g = value_of(geometry);
    for (std::int64_t n = 0; n < g.batch; ++n)
        for (std::int64_t y = 0; y < g.out_height; ++y) {
            const T* const line =
                in + (n * g.in_height + detail::nearest_place(y, g.in_height, g.out_height, g.centers, g.rounding)) *
                         g.in_width * g.channels;
            for (std::int64_t x = 0; x < g.out_width; ++x, out += g.channels) {
                const std::int64_t from = detail::nearest_place(x, g.in_width, g.out_width, g.centers, g.rounding);
                std::memcpy(out, line + from * g.channels, static_cast<std::size_t>(g.channels) * sizeof(T));
            }
        }
}

/// d loss / d operand. Pixels that read one pixel of the operand are neighbours.
template <class T, class Geometry, class Arch = kernel_arch>
    requires std::is_floating_point_v<T>
inline void resize_nearest_gradient(Geometry geometry, const T* upstream, T* out, Arch = {}) noexcept {
    using V = typename decltype(detail::resize_vector<T, Geometry, Arch>())::type;
    const resize_geometry g = value_of(geometry);
    // Where the pixels end that read a pixel of the operand, and begin with `first`.
    const auto end_of = [&](std::int64_t pixel, std::int64_t first, std::int64_t in, std::int64_t all) {
        while (first < all && detail::nearest_place(first, in, all, g.centers, g.rounding) == pixel) ++first;
        return first;
    };
    for (std::int64_t n = 0; n < g.batch; ++n, upstream += g.out_height * g.out_width * g.channels)
        for (std::int64_t y = 0, top = 0; y < g.in_height; ++y) {
            const std::int64_t bottom = end_of(y, top, g.in_height, g.out_height);
            for (std::int64_t x = 0, left = 0; x < g.in_width; ++x, out += g.channels) {
                const std::int64_t right = end_of(x, left, g.in_width, g.out_width);
                for_channels<V>(g.channels, [&]<class Partial>(Partial, std::int64_t c, std::int64_t count) {
                    V sums[1] = {fill<V>(T(0))};
                    sum_tree<V> before;
                    for (std::int64_t line = top; line < bottom; ++line) {
                        const T* from = upstream + ((line * g.out_width + left) * g.channels + c);
                        before.run(right - left, sums, [&](std::int64_t pixels) {
                            for (std::int64_t i = 0; i < pixels; ++i, from += g.channels)
                                sums[0] = sums[0] + load_channels<Partial::value, V>(from, count);
                        });
                    }
                    before.add_to(sums);
                    store_channels<Partial::value, V>(out + c, sums[0], count);
                });
                left = right;
            }
            top = bottom;
        }
}

/// Within 8ε of the largest of the four pixels.
template <class T, class Geometry, class Arch = kernel_arch>
    requires std::is_floating_point_v<T>
inline void resize_bilinear(Geometry geometry, const T* in, T* out, Arch = {}) noexcept {
    using V = typename decltype(detail::resize_vector<T, Geometry, Arch>())::type;
    const resize_geometry g = value_of(geometry);
    const std::int64_t line = g.in_width * g.channels;
    for (std::int64_t n = 0; n < g.batch; ++n, in += g.in_height * line)
        for (std::int64_t y = 0; y < g.out_height; ++y) {
            const detail::between_places rows(y, g.in_height, g.out_height, g.centers);
            const V down = fill<V>(static_cast<T>(rows.share));
            const T *const above = in + rows.first * line, *const below = in + rows.second * line;
            for (std::int64_t x = 0; x < g.out_width; ++x, out += g.channels) {
                const detail::between_places columns(x, g.in_width, g.out_width, g.centers);
                const V across = fill<V>(static_cast<T>(columns.share));
                const std::int64_t left = columns.first * g.channels, right = columns.second * g.channels;
                for_channels<V>(g.channels, [&]<class Partial>(Partial, std::int64_t c, std::int64_t count) {
                    const auto between = [&](const T* row) {
                        const V a = load_channels<Partial::value, V>(row + left + c, count);
                        const V b = load_channels<Partial::value, V>(row + right + c, count);
                        return multiply_add(b - a, across, a);
                    };
                    const V top = between(above), bottom = between(below);
                    store_channels<Partial::value, V>(out + c, multiply_add(bottom - top, down, top), count);
                });
            }
        }
}

/// d loss / d operand.
template <class T, class Geometry, class Arch = kernel_arch>
    requires std::is_floating_point_v<T>
inline void resize_bilinear_gradient(Geometry geometry, const T* upstream, T* out, Arch = {}) noexcept {
    using V = typename decltype(detail::resize_vector<T, Geometry, Arch>())::type;
    const resize_geometry g = value_of(geometry);
    if (detail::many_read_a_pixel(g)) return detail::gather_resized<detail::between_places, V>(g, upstream, out);
    const std::int64_t line = g.in_width * g.channels;
    detail::resize_clear(g, out);
    for (std::int64_t n = 0; n < g.batch; ++n, out += g.in_height * line)
        for (std::int64_t y = 0; y < g.out_height; ++y) {
            const detail::between_places rows(y, g.in_height, g.out_height, g.centers);
            for (std::int64_t x = 0; x < g.out_width; ++x, upstream += g.channels) {
                const detail::between_places columns(x, g.in_width, g.out_width, g.centers);
                const auto add = [&](std::int64_t row, std::int64_t column, double share) {
                    T* const to = out + row * line + column * g.channels;
                    const V weight = fill<V>(static_cast<T>(share));
                    for_channels<V>(g.channels, [&]<class Partial>(Partial, std::int64_t c, std::int64_t count) {
                        const V up = load_channels<Partial::value, V>(upstream + c, count);
                        const V sum = multiply_add(up, weight, load_channels<Partial::value, V>(to + c, count));
                        store_channels<Partial::value, V>(to + c, sum, count);
                    });
                };
                add(rows.first, columns.first, (1 - rows.share) * (1 - columns.share));
                if (columns.share > 0) add(rows.first, columns.second, (1 - rows.share) * columns.share);
                if (rows.share > 0) add(rows.second, columns.first, rows.share * (1 - columns.share));
                if (rows.share > 0 && columns.share > 0) add(rows.second, columns.second, rows.share * columns.share);
            }
        }
}

template <> struct entry<kernel_tag::resize_nearest> {
    template <class Geometry, class T> static void run(Geometry geometry, T* out, const T* in) noexcept {
        resize_nearest(geometry, in, out);
    }
};
template <> struct entry<kernel_tag::resize_nearest_gradient> {
    template <class Geometry, class T> static void run(Geometry geometry, T* out, const T* upstream) noexcept {
        resize_nearest_gradient(geometry, upstream, out);
    }
};
template <> struct entry<kernel_tag::resize_bilinear> {
    template <class Geometry, class T> static void run(Geometry geometry, T* out, const T* in) noexcept {
        resize_bilinear(geometry, in, out);
    }
};
template <> struct entry<kernel_tag::resize_bilinear_gradient> {
    template <class Geometry, class T> static void run(Geometry geometry, T* out, const T* upstream) noexcept {
        resize_bilinear_gradient(geometry, upstream, out);
    }
};

}  // namespace ambit::kernel_parts
