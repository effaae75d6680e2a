// SPDX-License-Identifier: BSL-1.0
// Convolution with weights in a compact format. For many pixels, they become floats in scratch memory, laid out as
// conv2d reads them, which then goes over the image: where it copies weights anyhow, that takes no more memory. For few
// pixels, they become floats in registers, as those of products (compact_gemm.hpp).
//
//     compact_conv2d<weight_format::int8>(g, image, bytes, scratch, store_epilogue<float>{out, 32});
//
// `scratch` has `compact_conv2d_scratch(g)` elements, 64-byte aligned. The result has the bits of conv2d with the
// floats that the weights stand for, unless weights of int8 become floats in registers: then sums are multiplied by the
// scales, not weights.
#pragma once

#include <ambit/contract/compact_weights.hpp>
#include <ambit/core/static_value.hpp>
#include <ambit/kernels/images/conv2d.hpp>
#include <ambit/kernels/products/widened.hpp>
#include <ambit/kernels/vectors/entry.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>

namespace AMBIT_NAMESPACE::kernel_parts {

namespace detail {

/// Weights [k, n] in a format, and how they become floats.
template <weight_format Format, class V> struct compact_columns {
    const std::byte* weights;
    std::int64_t k, n;

    /// `count` columns, from `first` on, as rows of `width` floats.
    [[gnu::always_inline]] void widen(std::int64_t first, std::int64_t count, std::int64_t width,
                                      float* to) const noexcept {
        const auto* from = rows_of<Format>(weights, n) + first;
        const std::int64_t whole = count / lanes<V> * lanes<V>;
        for (std::int64_t row = 0; row < k; ++row, from += n, to += width) {
            for (std::int64_t j = 0; j < whole; j += lanes<V>)
                store_vector(to + j, vector(from + j, first + j, lanes<V>));
            const std::int64_t rest = count - whole;
            if (rest > 0) store_partial(to + whole, last(from + whole, first + whole, rest), rest);
        }
    }

private:
    template <class Stored>
    [[gnu::always_inline]] V vector(const Stored* from, std::int64_t column, std::int64_t count) const noexcept {
        const V weight = load_widened<V>(from);
        if constexpr (Format == weight_format::int8)
            return weight * load_scales<V>(weights + column * std::int64_t{sizeof(float)}, count);
        else return weight;
    }
    template <class Stored>
    [[gnu::always_inline]] V last(const Stored* from, std::int64_t column, std::int64_t count) const noexcept {
        Stored buffer[static_cast<std::size_t>(lanes<V>)] = {};
        std::memcpy(buffer, from, static_cast<std::size_t>(count) * sizeof(Stored));
        return vector(buffer, column, count);
    }
};

/// Makes floats of all weights, in the panels of the tiles where conv2d has such.
template <weight_format Format, class Channels>
inline void widen_weights(const conv2d_geometry& g, const std::byte* weights, float* scratch) noexcept {
    const std::int64_t depth = Channels::depth(g), whole = packs_channels(g) ? Channels::whole(g) : 0;
    const compact_columns<Format, typename Channels::V> columns{weights, depth, g.out_channels};
    for (std::int64_t c = 0; c < whole; c += Channels::panel)
        columns.widen(c, Channels::panel, Channels::panel, scratch + c * depth);
    columns.widen(whole, g.out_channels - whole, packs_channels(g) ? Channels::used(g) : g.out_channels,
                  scratch + whole * depth);
}

/// Weights that become floats as a tile reads them.
template <weight_format Format> struct widened_weights {
    const stored_weight<Format>* data;
    const std::byte* scales;  // if there are any, of the first channel

    [[gnu::always_inline]] widened_weights from(std::int64_t element) const noexcept {
        return {data + element, scales};
    }
    [[gnu::always_inline]] widened_operand<stored_weight<Format>> operand(std::int64_t step,
                                                                          std::int64_t last) const noexcept {
        return {data, step, last};
    }
    template <class Tile>
    [[gnu::always_inline]] void finish(Tile& sums, std::int64_t channel, std::int64_t last) const noexcept {
        if constexpr (Format == weight_format::int8)
            scale_columns(sums, scales + channel * std::int64_t{sizeof(float)}, last);
    }
};

/// Calls `run` with the weights as a convolution of this geometry reads them, and whether they lie in panels.
template <weight_format Format, class Geometry, class Run>
[[gnu::always_inline]] inline void with_compact_weights(Geometry geometry, const std::byte* weights,
                                                        const float* scratch, const Run& run) noexcept {
    const conv2d_geometry g = value_of(geometry);
    const auto from_scratch = [&] { run(plain_weights<float>{scratch}, packs_channels(g)); };
    const auto from_bytes = [&] {
        run(widened_weights<Format>{rows_of<Format>(weights, g.out_channels), weights}, false);
    };
    if constexpr (is_static<Geometry>) {
        if constexpr (widens_at_once(Geometry::value)) from_scratch();
        else from_bytes();
    } else {
        if (widens_at_once(g)) from_scratch();
        else from_bytes();
    }
}

}  // namespace detail

/// `epilogue(v, pixel, channel)` for every vector or element of the result, in no particular order. `weights` are the
/// bytes of [height, width, in, out], a column an output channel, wherever they lie.
template <weight_format Format, class Geometry, class Epilogue, class Arch = kernel_arch>
inline void compact_conv2d(Geometry geometry, const float* in, const std::byte* weights, float* scratch,
                           const Epilogue& epilogue, Arch = {}) noexcept {
    using channels = detail::conv_channels<float, Geometry, Arch>;
    const conv2d_geometry g = value_of(geometry);
    if (widens_at_once(g)) detail::widen_weights<Format, channels>(g, weights, scratch);
    detail::with_compact_weights<Format>(geometry, weights, scratch, [&](const auto& read, bool packs) {
        for (std::int64_t n = 0; n < g.batch; ++n)
            channels::run(geometry, in, read, packs, epilogue, n, {0, g.out_height, true});
    });
}

template <weight_format Format> struct entry<kernel_tag::compact_conv2d<Format>> {
    template <class Geometry, class T, class Epilogue>
    static void run(Geometry geometry, const T* left, const T* right, T* scratch, Epilogue& epilogue) noexcept {
        static_assert(std::is_same_v<T, float>);
        compact_conv2d<Format>(geometry, left, reinterpret_cast<const std::byte*>(right), scratch, epilogue);
    }
    static constexpr std::int64_t columns(const conv2d_geometry& g) { return g.out_channels; }
    template <class T, conv2d_geometry G> static constexpr std::int64_t parts() {
        return entry<kernel_tag::conv2d>::parts<T, G>();
    }
    template <class Geometry, class T> static void prepare(Geometry, const T*, const T* right, T* scratch) noexcept {
        if constexpr (widens_at_once(Geometry::value))
            detail::widen_weights<Format, detail::conv_channels<T, Geometry, kernel_arch>>(
                Geometry::value, reinterpret_cast<const std::byte*>(right), scratch);
    }
    template <class Geometry, class T, class Epilogue>
    static void run_parts(Geometry geometry, const T* left, const T* right, T* scratch, const Epilogue& epilogue,
                          std::int64_t first, std::int64_t last) noexcept {
        const auto some = [&](const auto& weights, bool packs) {
            detail::conv2d_some_parts(geometry, left, weights, packs, epilogue, first, last, kernel_arch{});
        };
        detail::with_compact_weights<Format>(geometry, reinterpret_cast<const std::byte*>(right), scratch, some);
    }
};

}  // namespace ambit::kernel_parts
