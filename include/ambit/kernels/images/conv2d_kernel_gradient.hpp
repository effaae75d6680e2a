// SPDX-License-Identifier: BSL-1.0
// Gradient of a convolution by its kernel, on the register tile of gemm: for each tap a product of the pixels that it
// meets, transposed, with the upstream gradient.
//
//     constexpr static_value<conv2d_geometry{…}> g;                   // of the convolution
//     conv2d_kernel_gradient(g, image, upstream, scratch, out);
//
// The rows of a tile are channels of the image below one tap, or elements of a line below all taps of a line, its
// vectors output channels; its depth runs over pixels. Pixels that a tap finds outside the image are not computed,
// unless the taps of a line go together: then lines are copied between zeros. `scratch` has
// `kernel_gradient_scratch(g)` elements. Sums run in blocks as those of gemm: those of a part of the batch in
// registers, then those of the parts (array_sum.hpp).
#pragma once

#include <ambit/contract/images.hpp>
#include <ambit/core/static_value.hpp>
#include <ambit/kernels/vectors/array_sum.hpp>
#include <ambit/kernels/vectors/entry.hpp>
#include <ambit/kernels/products/tile.hpp>

#include <algorithm>
#include <concepts>
#include <cstdint>
#include <cstring>

namespace AMBIT_NAMESPACE::kernel_parts {

namespace detail {

// Outputs [first, last) along one axis find the tap that begins at pixel `tap` of a window inside the image.
struct tap_outputs {
    std::int64_t first, last;
    constexpr tap_outputs(std::int64_t in, std::int64_t out, std::int64_t stride, std::int64_t pad, std::int64_t tap)
        : first(pad > tap ? (std::min)(out, ceiling_divide(pad - tap, stride)) : 0),
          last(in + pad <= tap ? 0 : (std::min)(out, (in + pad - tap - 1) / stride + 1)) {
        last = (std::max)(first, last);
    }
};

/// Adds to a row-major matrix of `columns` columns.
template <class T> struct add_epilogue {
    T* out;
    std::int64_t columns;

    template <class V>
    [[gnu::always_inline]] void operator()(const V& value, std::int64_t row, std::int64_t column) const noexcept {
        T* const at = out + row * columns + column;
        const V sum = load_vector<V>(at) + value;
        store_vector(at, sum);
    }
};

// Images of a block as the tiles read them: those of the operand, or copies of their lines between zeros.
template <class T> struct gradient_lines {
    const T* data;
    std::int64_t images, image_stride, line_stride;
    std::int64_t top, bottom;  // lines of the upstream gradient
};

// The products below one tap, or below a line of taps, for `Vectors` vectors of output channels.
template <class T, class Geometry, class V, int Vectors, bool Partial> struct kernel_gradient_rows {
    Geometry geometry;
    const gradient_lines<T>& lines;
    std::int64_t left;  // where the first pixel below the tap is, in the first image, for line 0 of the outputs
    const T* upstream;  // the first output pixel whose tap lies inside a line
    std::int64_t pixels;
    T* out;
    std::int64_t last;  // elements of the last vector

    template <int Rows> [[gnu::always_inline]] void rows(std::int64_t first) const noexcept {
        const conv2d_geometry g = value_of(geometry);
        constexpr int chains = chains_for(Rows * Vectors, 64);
        tile<Rows, Vectors, V, chains, depth_of_block> sums;
        typename decltype(sums)::tree before;
        for (std::int64_t n = 0; n < lines.images; ++n) {
            const T* from =
                lines.data + (left + first + n * lines.image_stride + lines.top * g.stride_height * lines.line_stride);
            const T* up = upstream + (n * g.out_height + lines.top) * g.out_width * g.out_channels;
            for (std::int64_t y = lines.top; y < lines.bottom; ++y) {
                sums.template accumulate_blocks<Partial, 0>(
                    broadcast_operand<T>{from, 1, g.stride_width * g.in_channels},
                    vector_operand<T>{up, g.out_channels, last}, pixels, before);
                from += g.stride_height * lines.line_stride;
                up += g.out_width * g.out_channels;
            }
        }
        before.add_to(sums.sums);
        sums.emit_to(add_epilogue<T>{out, g.out_channels}, first, 1, 0, Partial ? last : lanes<V>);
    }
};

// Rows of a tile's column: elements below one tap, or below a line of taps.
constexpr std::int64_t rows_of_tap(const conv2d_geometry& g) {
    return joins_taps(g) ? g.kernel_width * g.in_channels : g.in_channels;
}
template <class Geometry> constexpr std::int64_t known_rows_of_tap() {
    if constexpr (is_static<Geometry>) return rows_of_tap(Geometry::value);
    else return -1;
}

// Some taps of a kernel, in the order of its elements; lines of taps where those go together.
struct tap_range {
    std::int64_t first, last;
};
constexpr std::int64_t taps_of_line(const conv2d_geometry& g) { return joins_taps(g) ? 1 : g.kernel_width; }
constexpr tap_range all_taps(const conv2d_geometry& g) { return {0, g.kernel_height * taps_of_line(g)}; }

// Some taps of a block for `Vectors` vectors of output channels from `channel` on; `out` begins with the first tap.
template <int Vectors, bool Partial, class V, class T, class Geometry>
[[gnu::always_inline]] inline void kernel_gradient_panel(Geometry geometry, const gradient_lines<T>& block,
                                                         const T* upstream, T* out, tap_range range,
                                                         std::int64_t channel, std::int64_t last) noexcept {
    const conv2d_geometry g = value_of(geometry);
    const std::int64_t rows = rows_of_tap(g), taps = taps_of_line(g);
    for (std::int64_t ky = range.first / taps; ky * taps < range.last; ++ky) {
        const tap_outputs across(g.in_height, g.out_height, g.stride_height, g.pad_top, ky * g.dilation_height);
        gradient_lines<T> lines = block;
        lines.top = (std::max)(lines.top, across.first);
        lines.bottom = (std::min)(lines.bottom, across.last);
        if (lines.top >= lines.bottom) continue;
        const std::int64_t from = (std::max)(range.first - ky * taps, std::int64_t{0});
        const std::int64_t to = (std::min)(range.last - ky * taps, taps);
        for (std::int64_t kx = from; kx < to; ++kx) {
            tap_outputs along(g.in_width, g.out_width, g.stride_width, g.pad_left, kx * g.dilation_width);
            if (joins_taps(g)) along.first = 0, along.last = g.out_width;
            const std::int64_t pad = joins_taps(g) ? 0 : g.pad_left;
            if (along.first >= along.last) continue;
            const kernel_gradient_rows<T, Geometry, V, Vectors, Partial> run{
                geometry,
                lines,
                (ky * g.dilation_height - g.pad_top) * lines.line_stride +
                    (along.first * g.stride_width + kx * g.dilation_width - pad) * g.in_channels,
                upstream + along.first * g.out_channels + channel,
                along.last - along.first,
                out + (ky * taps + kx - range.first) * rows * g.out_channels + channel,
                last};
            for_row_tiles<known_rows_of_tap<Geometry>(), V>(rows, run);
        }
    }
}

// Copies `images` images between zeros to the left and right, as wide as the taps reach.
template <class T> inline void pad_lines(const conv2d_geometry& g, std::int64_t images, const T* in, T* out) noexcept {
    const std::int64_t columns = (g.out_width - 1) * g.stride_width + g.kernel_width;
    // Padding may reach further than all taps of the only place.
    const std::int64_t left = (std::min)(g.pad_left, columns);
    const std::int64_t kept = (std::min)(g.in_width, columns - left) * g.in_channels;
    const std::int64_t before = left * g.in_channels, after = columns * g.in_channels - before - kept;
    for (std::int64_t line = 0; line < images * g.in_height; ++line, in += g.in_width * g.in_channels) {
        out = std::fill_n(out, before, T(0));
        std::memcpy(out, in, static_cast<std::size_t>(kept) * sizeof(T));
        out = std::fill_n(out + kept, after, T(0));
    }
}

template <class V> constexpr int kernel_gradient_vectors(const conv2d_geometry& g) {
    return panel_vectors<V>(cut_rows(rows_of_tap(g), most_rows<V>).tall, ceiling_divide(g.out_channels, lanes<V>));
}

// A block for all output channels.
template <class V, class T, class Geometry>
inline void kernel_gradient_of_block(Geometry geometry, const gradient_lines<T>& block, const T* upstream, T* out,
                                     tap_range range) noexcept {
    constexpr std::int64_t width = lanes<V>;
    const conv2d_geometry g = value_of(geometry);
    std::int64_t c = 0;
    if constexpr (!is_static<Geometry>) {
        for (; c + 2 * width <= g.out_channels; c += 2 * width)
            kernel_gradient_panel<2, false, V>(geometry, block, upstream, out, range, c, width);
        for (; c < g.out_channels; c += width)
            kernel_gradient_panel<1, true, V>(geometry, block, upstream, out, range, c,
                                              (std::min)(width, g.out_channels - c));
    } else {
        constexpr int vectors = kernel_gradient_vectors<V>(Geometry::value);
        constexpr std::int64_t panel = vectors * width, rest = Geometry::value.out_channels % panel;
        if constexpr (Geometry::value.out_channels >= panel)
            for (; c + panel <= g.out_channels; c += panel)
                kernel_gradient_panel<vectors, false, V>(geometry, block, upstream, out, range, c, width);
        if constexpr (rest > 0) {
            constexpr std::int64_t used = ceiling_divide(rest, width);
            kernel_gradient_panel<static_cast<int>(used), rest % width != 0, V>(geometry, block, upstream, out, range,
                                                                                c, rest - (used - 1) * width);
        }
    }
}

// Some taps of the gradient, of which `out` has all: each has a tile and an array of sums of its own.
template <class T, class Geometry, class Arch>
inline void kernel_gradient_of_taps(Geometry geometry, const T* in, const T* upstream, [[maybe_unused]] T* scratch,
                                    T* out, tap_range range, Arch) noexcept {
    constexpr auto fit = [] {
        if constexpr (!is_vectorized<T>) return std::type_identity<T>{};
        else if constexpr (is_static<Geometry>) return fitting<T, Arch, Geometry::value.out_channels>();
        else return std::type_identity<xsimd::batch<T, Arch>>{};
    }();
    using V = typename decltype(fit)::type;
    const conv2d_geometry g = value_of(geometry);
    const gradient_block step = kernel_gradient_block(g);
    const bool copies = padded_lines_scratch(g) > 0;
    const std::int64_t columns = copies ? (g.out_width - 1) * g.stride_width + g.kernel_width : g.in_width;
    const std::int64_t line = columns * g.in_channels;
    const std::int64_t elements_of_tap = rows_of_tap(g) * g.out_channels;
    array_sum<T> sum(kernel_gradient_blocks(g), (range.last - range.first) * elements_of_tap,
                     scratch + padded_lines_scratch(g), out + range.first * elements_of_tap);
    for (std::int64_t n = 0; n < g.batch; n += step.images) {
        const std::int64_t images = (std::min)(step.images, g.batch - n);
        const T* from = in + n * g.in_height * g.in_width * g.in_channels;
        if (copies) {
            pad_lines(g, images, from, scratch);
            from = scratch;
        }
        for (std::int64_t y = 0; y < g.out_height; y += step.lines) {
            const gradient_lines<T> block{from, images, g.in_height * line,
                                          line, y,      (std::min)(y + step.lines, g.out_height)};
            kernel_gradient_of_block<V>(geometry, block, upstream + n * g.out_height * g.out_width * g.out_channels,
                                        sum.into(), range);
            sum.finish_block();
        }
    }
    sum.finish();
}

}  // namespace detail

/// `out` has the kernel's extents.
template <std::floating_point T, class Geometry, class Arch = kernel_arch>
inline void conv2d_kernel_gradient(Geometry geometry, const T* in, const T* upstream, T* scratch, T* out,
                                   Arch arch = {}) noexcept {
    detail::kernel_gradient_of_taps(geometry, in, upstream, scratch, out, detail::all_taps(value_of(geometry)), arch);
}

template <> struct entry<kernel_tag::conv2d_kernel_gradient> {
    template <class Geometry, class T>
    static void run(Geometry geometry, T* out, const T* in, const T* upstream, std::byte* scratch = nullptr) noexcept {
        conv2d_kernel_gradient(geometry, in, upstream, reinterpret_cast<T*>(scratch), out);
    }
    template <class, conv2d_geometry G> static constexpr std::int64_t parts() { return detail::all_taps(G).last; }
    template <class Geometry, class T>
    static void run_parts(Geometry geometry, T* out, const T* in, const T* upstream, std::int64_t first,
                          std::int64_t last, std::byte* scratch = nullptr) noexcept {
        detail::kernel_gradient_of_taps(geometry, in, upstream, reinterpret_cast<T*>(scratch), out, {first, last},
                                        kernel_arch{});
    }
};

}  // namespace ambit::kernel_parts
