// SPDX-License-Identifier: BSL-1.0
// Pooling of an NHWC image: `maximum` or `mean` (or another functor of combine.hpp) over the places of a
// window that lie inside the image.
//
//     pool(pool_geometry{…}, in, out, maximum{});
#pragma once

#include <ambit/contract/images.hpp>
#include <ambit/core/static_value.hpp>
#include <ambit/kernels/vectors/combine.hpp>
#include <ambit/kernels/vectors/entry.hpp>
#include <ambit/kernels/vectors/sum_tree.hpp>

#include <algorithm>
#include <cstdint>
#include <type_traits>

namespace AMBIT_NAMESPACE::kernel_parts {

namespace detail {

// The part of a window that lies inside the image.
struct pool_window {
    std::int64_t top, bottom, left, right;
    constexpr pool_window(const pool_geometry& g, std::int64_t y, std::int64_t x)
        : top(std::max<std::int64_t>(0, y * g.stride_height - g.pad_top)),
          bottom((std::min)(g.in_height, y * g.stride_height - g.pad_top + g.window_height)),
          left(std::max<std::int64_t>(0, x * g.stride_width - g.pad_left)),
          right((std::min)(g.in_width, x * g.stride_width - g.pad_left + g.window_width)) {}
    constexpr std::int64_t count() const { return (bottom - top) * (right - left); }
};

// Means of finite pixels are finite, whatever their sums are.
template <class T>
[[gnu::noinline]] void mend_means(const pool_geometry& g, const pool_window& w, const T* image, T* out,
                                  std::int64_t channels) noexcept {
    for (std::int64_t c = 0; c < channels; ++c) {
        if (std::isfinite(out[c])) continue;
        std::int64_t pixel = 0;
        out[c] = mean_of_large<T>(w.count(), [&] {
            const std::int64_t y = w.top + pixel / (w.right - w.left), x = w.left + pixel % (w.right - w.left);
            ++pixel;
            return image[(y * g.in_width + x) * g.channels + c];
        });
    }
}

// One output pixel, `lanes` channels from `image` and `out` on.
template <bool Partial, class V, class T, class Combine>
[[gnu::always_inline]] inline void pool_vector(const pool_geometry& g, const pool_window& w, const T* image, T* out,
                                               std::int64_t channels, Combine combine) noexcept {
    using A = element_of<V>;
    constexpr bool in_blocks = std::is_floating_point_v<A> && std::is_base_of_v<sum, Combine>;
    V value[1] = {fill<V>(combine.template identity<A>())};
    tree_if<in_blocks, V, 1> before;
    for (std::int64_t y = w.top; y < w.bottom; ++y) {
        const T* from = image + (y * g.in_width + w.left) * g.channels;
        before.run(w.right - w.left, value, [&](std::int64_t pixels) {
            for (std::int64_t x = 0; x < pixels; ++x, from += g.channels) {
                if constexpr (lanes<V> == 1) value[0] = combine(value[0], static_cast<A>(*from));
                else if constexpr (Partial) value[0] = combine(value[0], load_partial<V>(from, channels, A(0)));
                else value[0] = combine(value[0], load_vector<V>(from));
            }
        });
    }
    before.add_to(value);
    const V result = finish_all(value[0], w.count(), combine);
    if constexpr (lanes<V> == 1) *out = static_cast<T>(result);
    else if constexpr (Partial) store_partial(out, result, channels);
    else store_vector(out, result);
    if constexpr (in_blocks && lanes<V> > 1)
        if (is_any_unbounded(result)) mend_means(g, w, image, out, channels);
}

}  // namespace detail

/// Images [first, last) of a batch.
struct image_range {
    std::int64_t first, last;
};

namespace detail {

// `in` and `out` begin with image 0.
template <class T, class Geometry, class Combine, class Arch>
inline void pool_images(Geometry geometry, const T* in, T* out, image_range images, Combine combine, Arch) noexcept {
    constexpr auto fit = [] {
        if constexpr (!combines_in_batches<T, Combine>)
            return std::type_identity<typename Combine::template accumulator<T>>{};
        else if constexpr (is_static<Geometry>) return fitting<T, Arch, Geometry::value.channels>();
        else return std::type_identity<xsimd::batch<T, Arch>>{};
    }();
    using V = typename decltype(fit)::type;
    const pool_geometry g = value_of(geometry);
    in += images.first * g.in_height * g.in_width * g.channels;
    out += images.first * g.out_height * g.out_width * g.channels;
    for (std::int64_t n = images.first; n < images.last; ++n, in += g.in_height * g.in_width * g.channels)
        for (std::int64_t y = 0; y < g.out_height; ++y)
            for (std::int64_t x = 0; x < g.out_width; ++x, out += g.channels) {
                const pool_window window(g, y, x);
                std::int64_t c = 0;
                for (; c + lanes<V> <= g.channels; c += lanes<V>)
                    pool_vector<false, V>(g, window, in + c, out + c, lanes<V>, combine);
                if constexpr (lanes<V> > 1)
                    if (c < g.channels) pool_vector<true, V>(g, window, in + c, out + c, g.channels - c, combine);
            }
}

}  // namespace detail

template <class T, class Geometry, class Combine, class Arch = kernel_arch>
inline void pool(Geometry geometry, const T* in, T* out, Combine combine, Arch arch = {}) noexcept {
    detail::pool_images(geometry, in, out, {0, value_of(geometry).batch}, combine, arch);
}

/// The entry of a kernel that goes through a batch image by image: each is a part.
struct entry_by_images {
    template <class, pool_geometry G> static constexpr std::int64_t parts() { return G.batch; }
};

template <> struct entry<kernel_tag::max_pool> : entry_by_images {
    template <class Geometry, class T> static void run(Geometry geometry, T* out, const T* in) noexcept {
        pool(geometry, in, out, maximum{});
    }
    template <class Geometry, class T>
    static void run_parts(Geometry geometry, T* out, const T* in, std::int64_t first, std::int64_t last) noexcept {
        detail::pool_images(geometry, in, out, {first, last}, maximum{}, kernel_arch{});
    }
};
template <> struct entry<kernel_tag::mean_pool> : entry_by_images {
    template <class Geometry, class T> static void run(Geometry geometry, T* out, const T* in) noexcept {
        pool(geometry, in, out, mean{});
    }
    template <class Geometry, class T>
    static void run_parts(Geometry geometry, T* out, const T* in, std::int64_t first, std::int64_t last) noexcept {
        detail::pool_images(geometry, in, out, {first, last}, mean{}, kernel_arch{});
    }
};

}  // namespace ambit::kernel_parts
