// SPDX-License-Identifier: BSL-1.0
// Gradients of pooling. That of a maximum goes to the first place of a window that has it, in row-major order (to the
// first NaN if there is one); that of a mean in equal shares to the places inside the image. Windows that overlap add
// up.
//
//     max_pool_gradient(pool_geometry{…}, image, upstream, out, {0, 32});  // like the image; of images [0, 32)
//     mean_pool_gradient(pool_geometry{…}, upstream, out, {0, 32});
//     max_pool_pick(pool_geometry{…}, image, values, out, {0, 32});        // like the result: values at the maxima
#pragma once

#include <ambit/contract/images.hpp>
#include <ambit/kernels/vectors/entry.hpp>
#include <ambit/kernels/images/pool.hpp>
#include <ambit/kernels/vectors/channels.hpp>

#include <concepts>

namespace AMBIT_NAMESPACE::kernel_parts {

namespace detail {

constexpr bool windows_overlap(const pool_geometry& g) {
    return g.stride_height < g.window_height || g.stride_width < g.window_width;
}
// Whether windows leave places of the image between or behind them.
constexpr bool windows_leave_places(const pool_geometry& g) {
    const std::int64_t lines = (g.out_height - 1) * g.stride_height - g.pad_top + g.window_height;
    const std::int64_t columns = (g.out_width - 1) * g.stride_width - g.pad_left + g.window_width;
    return g.stride_height > g.window_height || g.stride_width > g.window_width || lines < g.in_height ||
           columns < g.in_width;
}

template <class V> [[gnu::always_inline]] inline auto is_nan(const V& x) noexcept {
    if constexpr (lanes<V> == 1) return math::isnan(x);
    else return xsimd::isnan(x);
}
template <class V, class Mask>
[[gnu::always_inline]] inline V where(const Mask& mask, const V& a, const V& b) noexcept {
    if constexpr (lanes<V> == 1) return mask ? a : b;
    else return xsimd::select(mask, a, b);
}

// `visit(place, lanes)` for the places of a window: the lanes whose maximum stands there.
template <class V, bool Partial, class T, class Visit>
[[gnu::always_inline]] inline void visit_maxima(const pool_geometry& g, const pool_window& w, const T* image,
                                                std::int64_t channels, const Visit& visit) noexcept {
    const auto at = [&](std::int64_t y, std::int64_t x) { return (y * g.in_width + x) * g.channels; };
    V most = fill<V>(maximum::identity<T>());
    for (std::int64_t y = w.top; y < w.bottom; ++y)
        for (std::int64_t x = w.left; x < w.right; ++x)
            most = maximum{}(most, load_channels<Partial, V>(image + at(y, x), channels));
    using mask = decltype(most == most);
    mask is_open(true);
    for (std::int64_t y = w.top; y < w.bottom; ++y)
        for (std::int64_t x = w.left; x < w.right; ++x) {
            const V value = load_channels<Partial, V>(image + at(y, x), channels);
            const mask is_first = is_open & ((value == most) | is_nan(value));
            is_open = is_open & !is_first;
            visit(at(y, x), is_first);
        }
}

// `visit.template operator()<V, Partial>(window, image, result, channels)` for all channels of all windows of some
// images, a batch at a time; `image` and `result` are where the image and the batch of channels begin.
template <class T, class Geometry, class Arch, class Visit>
[[gnu::always_inline]] inline void for_pool_batches(Geometry geometry, image_range images, Arch,
                                                    const Visit& visit) noexcept {
    constexpr auto fit = [] {
        if constexpr (!is_vectorized<T>) return std::type_identity<T>{};
        else if constexpr (is_static<Geometry>) return fitting<T, Arch, Geometry::value.channels>();
        else return std::type_identity<xsimd::batch<T, Arch>>{};
    }();
    using V = typename decltype(fit)::type;
    const pool_geometry g = value_of(geometry);
    std::int64_t result = images.first * g.out_height * g.out_width * g.channels;
    for (std::int64_t n = images.first; n < images.last; ++n)
        for (std::int64_t y = 0; y < g.out_height; ++y)
            for (std::int64_t x = 0; x < g.out_width; ++x, result += g.channels) {
                const pool_window window(g, y, x);
                const std::int64_t image = n * g.in_height * g.in_width * g.channels;
                std::int64_t c = 0;
                for (; c + lanes<V> <= g.channels; c += lanes<V>)
                    visit.template operator()<V, false>(window, image + c, result + c, lanes<V>);
                if constexpr (lanes<V> > 1)
                    if (c < g.channels)
                        visit.template operator()<V, true>(window, image + c, result + c, g.channels - c);
            }
}

// Stores what a place gets from a window, or adds it to what it has.
template <class V, bool Partial, class T>
[[gnu::always_inline]] inline void give(bool adds, T* to, const V& value, std::int64_t channels) noexcept {
    if (adds) {
        const V sum = load_channels<Partial, V>(static_cast<const T*>(to), channels) + value;
        store_channels<Partial>(to, sum, channels);
    } else {
        store_channels<Partial>(to, value, channels);
    }
}

template <class T> inline void clear_for_windows(const pool_geometry& g, image_range images, T* out) noexcept {
    const std::int64_t image = g.in_height * g.in_width * g.channels;
    if (windows_overlap(g) || windows_leave_places(g))
        std::fill(out + images.first * image, out + images.last * image, T(0));
}

}  // namespace detail

template <std::floating_point T, class Geometry, class Arch = kernel_arch>
inline void max_pool_gradient(Geometry geometry, const T* in, const T* upstream, T* out, image_range images,
                              Arch arch = {}) noexcept {
    const pool_geometry g = value_of(geometry);
    detail::clear_for_windows(g, images, out);
    const auto window = [&]<class V, bool Partial>(const detail::pool_window& w, std::int64_t image,
                                                   std::int64_t result, std::int64_t channels) {
        const V share = load_channels<Partial, V>(upstream + result, channels), zero = fill<V>(T(0));
        detail::visit_maxima<V, Partial>(g, w, in + image, channels, [&](std::int64_t place, const auto& lanes_of_it) {
            detail::give<V, Partial>(detail::windows_overlap(g), out + image + place,
                                     detail::where(lanes_of_it, share, zero), channels);
        });
    };
    detail::for_pool_batches<T>(geometry, images, arch, window);
}

template <std::floating_point T, class Geometry, class Arch = kernel_arch>
inline void max_pool_pick(Geometry geometry, const T* in, const T* values, T* out, image_range images,
                          Arch arch = {}) noexcept {
    const pool_geometry g = value_of(geometry);
    const auto window = [&]<class V, bool Partial>(const detail::pool_window& w, std::int64_t image,
                                                   std::int64_t result, std::int64_t channels) {
        V picked = fill<V>(T(0));
        detail::visit_maxima<V, Partial>(g, w, in + image, channels, [&](std::int64_t place, const auto& lanes_of_it) {
            const V value = load_channels<Partial, V>(values + image + place, channels);
            picked = detail::where(lanes_of_it, value, picked);
        });
        store_channels<Partial>(out + result, picked, channels);
    };
    detail::for_pool_batches<T>(geometry, images, arch, window);
}

template <std::floating_point T, class Geometry, class Arch = kernel_arch>
inline void mean_pool_gradient(Geometry geometry, const T* upstream, T* out, image_range images,
                               Arch arch = {}) noexcept {
    const pool_geometry g = value_of(geometry);
    detail::clear_for_windows(g, images, out);
    const auto window = [&]<class V, bool Partial>(const detail::pool_window& w, std::int64_t image,
                                                   std::int64_t result, std::int64_t channels) {
        const V share = load_channels<Partial, V>(upstream + result, channels) / fill<V>(static_cast<T>(w.count()));
        for (std::int64_t y = w.top; y < w.bottom; ++y)
            for (std::int64_t x = w.left; x < w.right; ++x)
                detail::give<V, Partial>(detail::windows_overlap(g), out + image + (y * g.in_width + x) * g.channels,
                                         share, channels);
    };
    detail::for_pool_batches<T>(geometry, images, arch, window);
}

template <> struct entry<kernel_tag::max_pool_gradient> : entry_by_images {
    template <class Geometry, class T>
    static void run(Geometry geometry, T* out, const T* in, const T* upstream) noexcept {
        max_pool_gradient(geometry, in, upstream, out, {0, value_of(geometry).batch});
    }
    template <class Geometry, class T>
    static void run_parts(Geometry geometry, T* out, const T* in, const T* upstream, std::int64_t first,
                          std::int64_t last) noexcept {
        max_pool_gradient(geometry, in, upstream, out, {first, last});
    }
};
template <> struct entry<kernel_tag::max_pool_pick> : entry_by_images {
    template <class Geometry, class T>
    static void run(Geometry geometry, T* out, const T* in, const T* values) noexcept {
        max_pool_pick(geometry, in, values, out, {0, value_of(geometry).batch});
    }
    template <class Geometry, class T>
    static void run_parts(Geometry geometry, T* out, const T* in, const T* values, std::int64_t first,
                          std::int64_t last) noexcept {
        max_pool_pick(geometry, in, values, out, {first, last});
    }
};
template <> struct entry<kernel_tag::mean_pool_gradient> : entry_by_images {
    template <class Geometry, class T> static void run(Geometry geometry, T* out, const T* upstream) noexcept {
        mean_pool_gradient(geometry, upstream, out, {0, value_of(geometry).batch});
    }
    template <class Geometry, class T>
    static void run_parts(Geometry geometry, T* out, const T* upstream, std::int64_t first,
                          std::int64_t last) noexcept {
        mean_pool_gradient(geometry, upstream, out, {first, last});
    }
};

}  // namespace ambit::kernel_parts
