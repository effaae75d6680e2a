// SPDX-License-Identifier: BSL-1.0
// Convolution (cross-correlation) of an NHWC image with an HWIO kernel on the register tile of gemm: the rows
// of a tile are output pixels, its vectors output channels.
//
//     constexpr static_value<conv2d_geometry{…}> g;
//     conv2d(g, image, weights, scratch, store_epilogue<float>{out, 32});
//
// The epilogue receives every output pixel (`row`, flattened over batch, height and width) and channel
// (`column`) once, finished. Taps outside the image are not computed: the pixels of a tile all use the same
// taps. Inside the image a tile is a run of pixels of one line; where taps fall outside to the left or right,
// it is a run of pixels of one column. Sums run in blocks as those of gemm.
#pragma once

#include <ambit/contract/images.hpp>
#include <ambit/core/static_value.hpp>
#include <ambit/kernels/vectors/entry.hpp>
#include <ambit/kernels/products/panels.hpp>
#include <ambit/kernels/products/tile.hpp>

#include <algorithm>
#include <cstdint>

namespace AMBIT_NAMESPACE::kernel_parts {

namespace detail {

// Along one axis: outputs [first, last) use every tap. Negative padding leaves out what the image begins with.
struct conv_axis {
    std::int64_t first, last, in, kernel, stride, pad, apart;

    constexpr conv_axis(std::int64_t in_extent, std::int64_t kernel_extent, std::int64_t out_extent, std::int64_t step,
                        std::int64_t padding, std::int64_t dilation)
        : first(padding < 0 ? 0 : (std::min)(out_extent, ceiling_divide(padding, step))),
          last(0),
          in(in_extent),
          kernel(kernel_extent),
          stride(step),
          pad(padding),
          apart(dilation) {
        const std::int64_t window = (kernel - 1) * apart + 1;
        if (in + pad >= window) last = (in + pad - window) / stride + 1;
        last = (std::max)(first, (std::min)(last, out_extent));
    }

    constexpr std::int64_t inside() const { return last - first; }
    // Taps [from_tap, to_tap) of an output lie inside the image.
    constexpr std::int64_t from_tap(std::int64_t at) const { return (std::min)(kernel, taps_on(pad - at * stride)); }
    constexpr std::int64_t to_tap(std::int64_t at) const {
        return (std::max)(from_tap(at), (std::min)(kernel, taps_on(in + pad - at * stride)));
    }

private:
    // How many taps, the first of them on the first, lie on so many pixels.
    constexpr std::int64_t taps_on(std::int64_t pixels) const {
        return pixels <= 0 ? 0 : apart == 1 ? pixels : ceiling_divide(pixels, apart);
    }
};
constexpr conv_axis conv_lines(const conv2d_geometry& g) {
    return {g.in_height, g.kernel_height, g.out_height, g.stride_height, g.pad_top, g.dilation_height};
}
constexpr conv_axis conv_columns(const conv2d_geometry& g) {
    return {g.in_width, g.kernel_width, g.out_width, g.stride_width, g.pad_left, g.dilation_width};
}

// Columns or lines that use every tap; -1 where they are known at run time only.
template <class Geometry> constexpr std::int64_t conv_inside([[maybe_unused]] bool columns) {
    if constexpr (is_static<Geometry>)
        return columns ? conv_columns(Geometry::value).inside() : conv_lines(Geometry::value).inside();
    else return -1;
}

template <class V> constexpr int conv_vectors(const conv2d_geometry& g) {
    const std::int64_t pixels = std::max<std::int64_t>(1, conv_columns(g).inside());
    return panel_vectors<V>(cut_rows(pixels, most_rows<V>).tall, ceiling_divide(g.out_channels, lanes<V>));
}

// Weights as a tile reads them from memory; others say what they do to a finished tile (compact_conv2d.hpp).
template <class T> struct plain_weights {
    const T* data;

    [[gnu::always_inline]] plain_weights from(std::int64_t element) const noexcept { return {data + element}; }
    [[gnu::always_inline]] vector_operand<T> operand(std::int64_t step, std::int64_t last) const noexcept {
        return {data, step, last};
    }
    template <class Tile>
    [[gnu::always_inline]] void finish(Tile&, std::int64_t /*channel*/, std::int64_t /*last*/) const noexcept {}
};

// A run of output pixels that use the same taps, times `Vectors` vectors of output channels.
template <class T, class Geometry, class Weights, class Epilogue, class V, int Vectors, bool Partial, bool Vertical>
struct conv_pixels {
    Geometry geometry;
    const T* image;
    Weights weights;
    const Epilogue& epilogue;
    std::int64_t image_row;                    // row of the epilogue for the first pixel of this image
    std::int64_t y, x;                         // the first pixel
    std::int64_t top, bottom, left, right;     // taps
    std::int64_t channel, last;                // first output channel, elements of the last vector
    std::int64_t step;                         // elements between the weights of neighbouring input channels

    template <int Rows> [[gnu::always_inline]] void rows(std::int64_t first) const noexcept {
        const conv2d_geometry g = value_of(geometry);
        const std::int64_t line = g.in_width * g.in_channels;
        const std::int64_t at_y = Vertical ? y + first : y, at_x = Vertical ? x : x + first;
        const T* from = image + (at_y * g.stride_height - g.pad_top + top * g.dilation_height) * line +
                        (at_x * g.stride_width - g.pad_left + left * g.dilation_width) * g.in_channels;
        Weights taps = weights.from((top * g.kernel_width + left) * g.in_channels * step);
        const std::int64_t row_stride = Vertical ? g.stride_height * line : g.stride_width * g.in_channels;
        constexpr int depth = fixed_depth(Rows);
        constexpr int chains = chains_for(Rows * Vectors, 64);
        tile<Rows, Vectors, V, chains> sums;
        typename decltype(sums)::tree before;
        // Taps side by side lie on one run of elements of the image.
        const bool is_run = g.dilation_width == 1;
        const std::int64_t runs = is_run ? 1 : right - left;
        const std::int64_t products = (is_run ? right - left : 1) * g.in_channels;
        for (std::int64_t ky = top; ky < bottom; ++ky) {
            for (std::int64_t run = 0; run < runs; ++run) {
                const broadcast_operand<T> pixels{from + run * g.dilation_width * g.in_channels, row_stride, 1};
                const auto tap = taps.from(run * g.in_channels * step).operand(step, last);
                if constexpr (few_taps()) sums.template accumulate<Partial, depth>(pixels, tap, products);
                else sums.template accumulate_blocks<Partial, depth>(pixels, tap, products, before);
            }
            from += g.dilation_height * line;
            taps = taps.from(g.kernel_width * g.in_channels * step);
        }
        before.add_to(sums.sums);
        weights.finish(sums, channel, Partial ? last : lanes<V>);
        sums.emit_to(epilogue, image_row + at_y * g.out_width + at_x, Vertical ? g.out_width : 1, channel,
                     Partial ? last : lanes<V>);
    }

private:
    // Whether all products of a pixel fit into one block.
    static constexpr bool few_taps() {
        if constexpr (!is_static<Geometry>) return false;
        else
            return Geometry::value.kernel_height * Geometry::value.kernel_width * Geometry::value.in_channels <=
                   longest_block;
    }
    static constexpr int fixed_depth([[maybe_unused]] int rows_of_tile) {
        if constexpr (is_static<Geometry> && !Vertical) {
            constexpr std::int64_t taps = Geometry::value.dilation_width == 1 ? Geometry::value.kernel_width : 1;
            return expanded_depth(taps * Geometry::value.in_channels, rows_of_tile * Vectors);
        } else {
            return 0;
        }
    }
};

// Pixels of an image: of the lines [first, last) those that use all taps of a line, and, if wanted, those that do not.
struct image_part {
    std::int64_t first, last;
    bool edges;
};

// Some pixels of one image for `Vectors` vectors of output channels from `channel` on, whose weights begin at
// `weights`.
template <int Vectors, bool Partial, class V, class T, class Geometry, class Weights, class Epilogue>
[[gnu::always_inline]] inline void conv_image(Geometry geometry, const T* image, const Weights& weights,
                                              const Epilogue& epilogue, std::int64_t image_row, image_part part,
                                              std::int64_t channel, std::int64_t last, std::int64_t step) noexcept {
    using across_line = conv_pixels<T, Geometry, Weights, Epilogue, V, Vectors, Partial, false>;
    using down_column = conv_pixels<T, Geometry, Weights, Epilogue, V, Vectors, Partial, true>;
    constexpr std::int64_t known_columns = conv_inside<Geometry>(true);
    constexpr std::int64_t known_lines = conv_inside<Geometry>(false);
    const conv2d_geometry g = value_of(geometry);
    const conv_axis lines = conv_lines(g), columns = conv_columns(g);
    for (std::int64_t y = part.first; y < part.last; ++y) {
        const across_line run{
            geometry,          image,           weights, epilogue,       image_row, y,    columns.first,
            lines.from_tap(y), lines.to_tap(y), 0,       g.kernel_width, channel,   last, step};
        for_row_tiles<known_columns, V>(columns.inside(), run);
    }
    for (std::int64_t x = part.edges ? 0 : g.out_width; x < g.out_width; ++x) {
        if (x == columns.first) x = columns.last;
        if (x >= g.out_width) break;
        down_column run{geometry,
                        image,
                        weights,
                        epilogue,
                        image_row,
                        lines.first,
                        x,
                        0,
                        g.kernel_height,
                        columns.from_tap(x),
                        columns.to_tap(x),
                        channel,
                        last,
                        step};
        for_row_tiles<known_lines, V>(lines.inside(), run);
        for (std::int64_t y = 0; y < g.out_height; ++y) {
            if (y == lines.first) y = lines.last;
            if (y >= g.out_height) break;
            run.y = y;
            run.top = lines.from_tap(y);
            run.bottom = lines.to_tap(y);
            run.template rows<1>(0);
        }
    }
}

// How a convolution goes through its output channels.
template <class T, class Geometry, class Arch> struct conv_channels {
    static constexpr auto fit() {
        if constexpr (!is_vectorized<T>) return std::type_identity<T>{};
        else if constexpr (is_static<Geometry>) return fitting<T, Arch, Geometry::value.out_channels>();
        else return std::type_identity<xsimd::batch<T, Arch>>{};
    }
    using V = typename decltype(fit())::type;
    static constexpr std::int64_t width = lanes<V>;
    static constexpr int fixed_vectors() {
        if constexpr (!is_static<Geometry>) return 2;
        else return conv_vectors<V>(Geometry::value);
    }
    static constexpr int vectors = fixed_vectors();
    static constexpr std::int64_t panel = vectors * width;

    static constexpr std::int64_t depth(const conv2d_geometry& g) {
        return g.kernel_height * g.kernel_width * g.in_channels;
    }
    // Channels of whole panels, and as many vectors as the others take.
    static constexpr std::int64_t whole(const conv2d_geometry& g) { return g.out_channels / panel * panel; }
    static constexpr std::int64_t used(const conv2d_geometry& g) {
        return ceiling_divide(g.out_channels - whole(g), width) * width;
    }

    [[gnu::always_inline]] static void pack(const conv2d_geometry& g, const T* weights, T* scratch) noexcept {
        const std::int64_t rest = g.out_channels - whole(g);
        pack_panels(weights, g.out_channels, 1, depth(g), whole(g), panel, scratch);
        pack_panels(weights + whole(g), g.out_channels, 1, depth(g), rest, used(g), scratch + depth(g) * whole(g));
    }

    // All channels of some pixels of image `n`, with weights as they are stored or as `pack` has laid them out.
    template <class Weights, class Epilogue>
    [[gnu::always_inline]] static void run(Geometry geometry, const T* in, const Weights& weights, bool packs,
                                           const Epilogue& epilogue, std::int64_t n, image_part part) noexcept {
        const conv2d_geometry g = value_of(geometry);
        const T* const image = in + n * g.in_height * g.in_width * g.in_channels;
        const std::int64_t row = n * g.out_height * g.out_width;
        // The weights of the channels from `c` on, of which `count` are taken together.
        const auto at = [&](std::int64_t c) { return weights.from(packs ? c * depth(g) : c); };
        const auto step = [&](std::int64_t count) { return packs ? count : g.out_channels; };
        for (std::int64_t c = 0; c < whole(g); c += panel)
            conv_image<vectors, false, V>(geometry, image, at(c), epilogue, row, part, c, width, step(panel));
        if constexpr (!is_static<Geometry>) {
            for (std::int64_t c = whole(g); c < g.out_channels; c += width)
                conv_image<1, true, V>(geometry, image, at(whole(g)).from(c - whole(g)), epilogue, row, part, c,
                                       (std::min)(width, g.out_channels - c), step(used(g)));
        } else {
            constexpr std::int64_t left = Geometry::value.out_channels % panel;
            if constexpr (left > 0) {
                constexpr std::int64_t count = ceiling_divide(left, width);
                conv_image<static_cast<int>(count), left % width != 0, V>(geometry, image, at(whole(g)), epilogue, row,
                                                                          part, whole(g), left - (count - 1) * width,
                                                                          step(used(g)));
            }
        }
    }
};

}  // namespace detail

/// `epilogue(v, pixel, channel)` for every vector or element of the result, in no particular order.
template <class T, class Geometry, class Epilogue, class Arch = kernel_arch>
inline void conv2d(Geometry geometry, const T* in, const T* weights, [[maybe_unused]] T* scratch,
                   const Epilogue& epilogue, Arch = {}) noexcept {
    using channels = detail::conv_channels<T, Geometry, Arch>;
    const conv2d_geometry g = value_of(geometry);
    const bool packs = packs_channels(g);
    if (packs) channels::pack(g, weights, scratch);
    const detail::plain_weights<T> read{packs ? scratch : weights};
    for (std::int64_t n = 0; n < g.batch; ++n)
        channels::run(geometry, in, read, packs, epilogue, n, {0, g.out_height, true});
}

namespace detail {

// Parts of a convolution that do not depend on each other: of each image the pixels of a line that use all taps of one,
// and, as a last part, all others. Tiles and sums are those of the whole.
constexpr std::int64_t parts_of_image(const conv2d_geometry& g) { return g.out_height + 1; }

// Parts [first, last) with such weights as `run` above takes.
template <class T, class Geometry, class Weights, class Epilogue, class Arch>
inline void conv2d_some_parts(Geometry geometry, const T* in, const Weights& weights, bool packs,
                              const Epilogue& epilogue, std::int64_t first, std::int64_t last, Arch) noexcept {
    const conv2d_geometry g = value_of(geometry);
    const std::int64_t parts = parts_of_image(g);
    for (std::int64_t n = first / parts; n * parts < last; ++n) {
        const std::int64_t from = (std::max)(first - n * parts, std::int64_t{0});
        const std::int64_t to = (std::min)(last - n * parts, parts);
        conv_channels<T, Geometry, Arch>::run(geometry, in, weights, packs, epilogue, n,
                                              {from, (std::min)(to, g.out_height), to == parts});
    }
}

}  // namespace detail

template <> struct entry<kernel_tag::conv2d> {
    template <class Geometry, class T, class Epilogue>
    static void run(Geometry geometry, const T* left, const T* right, T* scratch, Epilogue& epilogue) noexcept {
        conv2d(geometry, left, right, scratch, epilogue);
    }
    static constexpr std::int64_t columns(const conv2d_geometry& g) { return g.out_channels; }
    template <class T, conv2d_geometry G> static constexpr std::int64_t parts() {
        return G.batch * detail::parts_of_image(G);
    }
    template <class Geometry, class T> static void prepare(Geometry, const T*, const T* right, T* scratch) noexcept {
        if constexpr (packs_channels(Geometry::value))
            detail::conv_channels<T, Geometry, kernel_arch>::pack(Geometry::value, right, scratch);
    }
    template <class Geometry, class T, class Epilogue>
    static void run_parts(Geometry geometry, const T* left, const T* right, T* scratch, const Epilogue& epilogue,
                          std::int64_t first, std::int64_t last) noexcept {
        constexpr bool packs = packs_channels(Geometry::value);
        const detail::plain_weights<T> read{packs ? scratch : right};
        detail::conv2d_some_parts(geometry, left, read, packs, epilogue, first, last, kernel_arch{});
    }
};

}  // namespace ambit::kernel_parts
