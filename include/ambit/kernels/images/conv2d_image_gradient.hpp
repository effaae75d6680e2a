// SPDX-License-Identifier: BSL-1.0
// Gradient of a convolution by its image: itself convolutions, of the upstream gradient with the kernel mirrored and
// its channels exchanged.
//
//     constexpr static_value<conv2d_geometry{…}> g;                   // of the convolution
//     conv2d_image_gradient(g, weights, upstream, scratch, store_epilogue<float>{out, 32});
//
// With strides, pixels of the image whose positions leave one remainder meet the same taps: a phase, which is a
// convolution without strides. The epilogue receives every pixel of the image and channel once. `scratch` has
// `image_gradient_scratch(g)` elements. Sums run in blocks as those of gemm.
#pragma once

#include <ambit/contract/images.hpp>
#include <ambit/kernels/images/conv2d.hpp>
#include <ambit/kernels/vectors/entry.hpp>
#include <ambit/kernels/images/few_channels_gradient.hpp>
#include <ambit/kernels/arrays/plane.hpp>

namespace AMBIT_NAMESPACE::kernel_parts {

namespace detail {

// Along one axis: the pixels first, first + stride, … of the image, and the taps that they meet: tap, tap + stride, …
struct gradient_phase {
    std::int64_t first, pixels, tap, taps, pad;

    // Taps are apart only where there are no strides.
    constexpr gradient_phase(std::int64_t in, std::int64_t kernel, std::int64_t stride, std::int64_t padding,
                             std::int64_t remainder, std::int64_t dilation)
        : first(remainder),
          pixels(remainder < in ? ceiling_divide(in - remainder, stride) : 0),
          tap((remainder + padding) % stride),
          taps(tap < kernel ? ceiling_divide(kernel - tap, stride) : 0),
          pad(taps > 0 ? (taps - 1) * dilation - (remainder + padding) / stride : 0) {}
};
constexpr gradient_phase phase_of_lines(const conv2d_geometry& g, std::int64_t phase) {
    return {g.in_height, g.kernel_height, g.stride_height, g.pad_top, phase / g.stride_width, g.dilation_height};
}
constexpr gradient_phase phase_of_columns(const conv2d_geometry& g, std::int64_t phase) {
    return {g.in_width, g.kernel_width, g.stride_width, g.pad_left, phase % g.stride_width, g.dilation_width};
}

// The convolution of the upstream gradient that a phase is.
constexpr conv2d_geometry phase_geometry(const conv2d_geometry& g, std::int64_t phase) {
    const gradient_phase lines = phase_of_lines(g, phase), columns = phase_of_columns(g, phase);
    return {g.batch,
            g.out_height,
            g.out_width,
            g.out_channels,
            lines.taps,
            columns.taps,
            g.in_channels,
            lines.pixels,
            columns.pixels,
            1,
            1,
            lines.pad,
            columns.pad,
            g.dilation_height,
            g.dilation_width};
}

// Hands the pixels of a phase on under their numbers in the image.
template <class Geometry, class Phase, class Epilogue> struct phase_epilogue {
    static constexpr bool heavy = is_heavy<Epilogue>();
    Geometry geometry;
    Phase phase;
    std::int64_t first_line, first_column;
    const Epilogue& epilogue;

    template <class V>
    [[gnu::always_inline]] void operator()(const V& value, std::int64_t row, std::int64_t column) const noexcept {
        const conv2d_geometry g = value_of(geometry), part = value_of(phase);
        const std::int64_t line = row / part.out_width, image = line / part.out_height;
        const std::int64_t y = first_line + (line - image * part.out_height) * g.stride_height;
        const std::int64_t x = first_column + (row - line * part.out_width) * g.stride_width;
        epilogue(value, (image * g.in_height + y) * g.in_width + x, column);
    }
};

// Pixels that meet no tap.
template <class V, class Epilogue>
[[gnu::always_inline]] inline void emit_zeros(std::int64_t pixels, std::int64_t channels,
                                              const Epilogue& epilogue) noexcept {
    for (std::int64_t row = 0; row < pixels; ++row)
        for (std::int64_t c = 0; c < channels; c += lanes<V>)
            hand_over(epilogue, fill<V>(element_of<V>(0)), row, c, (std::min)(lanes<V>, channels - c));
}

// The taps of a phase, mirrored: [taps, upstream channel, channel].
template <class T>
inline void mirror_taps(const conv2d_geometry& g, std::int64_t phase, const T* weights, T* mirrored) noexcept {
    const gradient_phase lines = phase_of_lines(g, phase), columns = phase_of_columns(g, phase);
    const std::int64_t block = g.in_channels * g.out_channels;
    for (std::int64_t y = lines.taps - 1; y >= 0; --y)
        for (std::int64_t x = columns.taps - 1; x >= 0; --x, mirrored += block) {
            const std::int64_t line = lines.tap + y * g.stride_height, column = columns.tap + x * g.stride_width;
            const T* const tap = weights + (line * g.kernel_width + column) * block;
            transpose_plane(tap, g.out_channels, mirrored, g.in_channels, g.in_channels, g.out_channels);
        }
}

// The same for few channels: [channel, taps, upstream channel].
template <class T>
inline void mirror_taps_of_few(const conv2d_geometry& g, std::int64_t phase, const T* weights, T* mirrored) noexcept {
    const gradient_phase lines = phase_of_lines(g, phase), columns = phase_of_columns(g, phase);
    for (std::int64_t c = 0; c < g.in_channels; ++c)
        for (std::int64_t y = lines.taps - 1; y >= 0; --y)
            for (std::int64_t x = columns.taps - 1; x >= 0; --x) {
                const std::int64_t line = lines.tap + y * g.stride_height, column = columns.tap + x * g.stride_width;
                const T* const tap = weights + ((line * g.kernel_width + column) * g.in_channels + c) * g.out_channels;
                mirrored = std::copy_n(tap, g.out_channels, mirrored);
            }
}

// Scratch memory for the convolution with the mirrored kernel.
template <class T> T* behind_mirrored(const conv2d_geometry& g, T* scratch) {
    return scratch + g.kernel_height * g.kernel_width * g.in_channels * g.out_channels;
}

// Whether a geometry may have few channels, or more, as far as the compiler knows.
template <class Geometry> constexpr bool may_have_few_channels(bool few) {
    if constexpr (is_static<Geometry>) return has_few_channels(Geometry::value) == few;
    else return true;
}

// `part` is `phase_geometry(g, phase)`, known to the compiler or not.
template <class T, class Geometry, class Part, class Epilogue, class Arch>
inline void image_gradient_phase(Geometry geometry, std::int64_t phase, Part part, const T* weights, const T* upstream,
                                 T* scratch, const Epilogue& epilogue, Arch arch) noexcept {
    const conv2d_geometry g = value_of(geometry), p = value_of(part);
    const phase_epilogue<Geometry, Part, Epilogue> at{geometry, part, phase_of_lines(g, phase).first,
                                                      phase_of_columns(g, phase).first, epilogue};
    if (p.kernel_height * p.kernel_width == 0) {
        emit_zeros<vector_of<T, Arch>>(p.batch * p.out_height * p.out_width, p.out_channels, at);
    } else if (has_few_channels(g)) {
        if constexpr (may_have_few_channels<Geometry>(true)) {
            mirror_taps_of_few(g, phase, weights, scratch);
            few_channels_gradient<vector_of<T, Arch>>(p, upstream, scratch, at);
        }
    } else if (p.out_height * p.out_width > 0) {
        if constexpr (may_have_few_channels<Geometry>(false)) {
            mirror_taps(g, phase, weights, scratch);
            conv2d(part, upstream, scratch, behind_mirrored(g, scratch), at, arch);
        }
    }
}

// Up to this many phases are instantiated one by one.
inline constexpr std::int64_t most_static_phases = 4;

template <class T, class Geometry, class Epilogue, class Arch, std::int64_t... Phase>
inline void image_gradient_phases(Geometry geometry, const T* weights, const T* upstream, T* scratch,
                                  const Epilogue& epilogue, Arch arch,
                                  std::integer_sequence<std::int64_t, Phase...>) noexcept {
    (image_gradient_phase(geometry, Phase, static_value<phase_geometry(Geometry::value, Phase)>{}, weights, upstream,
                          scratch, epilogue, arch),
     ...);
}

}  // namespace detail

/// `epilogue(v, pixel, channel)` for every vector or element of the gradient, in no particular order.
template <class T, class Geometry, class Epilogue, class Arch = kernel_arch>
inline void conv2d_image_gradient(Geometry geometry, const T* weights, const T* upstream, T* scratch,
                                  const Epilogue& epilogue, Arch arch = {}) noexcept {
    // How many phases are instantiated one by one.
    constexpr std::int64_t known_phases = [] {
        if constexpr (!is_static<Geometry> || detail::may_have_few_channels<Geometry>(true)) return std::int64_t{0};
        else return Geometry::value.stride_height * Geometry::value.stride_width;
    }();
    const conv2d_geometry g = value_of(geometry);
    if constexpr (known_phases == 1) {
        detail::mirror_taps(g, 0, weights, scratch);
        conv2d(static_value<detail::phase_geometry(Geometry::value, 0)>{}, upstream, scratch,
               detail::behind_mirrored(g, scratch), epilogue, arch);
    } else if constexpr (known_phases > 1 && known_phases <= detail::most_static_phases) {
        detail::image_gradient_phases(geometry, weights, upstream, scratch, epilogue, arch,
                                      std::make_integer_sequence<std::int64_t, known_phases>{});
    } else {
        // The only phase is the image as it is.
        if constexpr (!is_static<Geometry>)
            if (g.stride_height * g.stride_width == 1 && !detail::has_few_channels(g)) {
                detail::mirror_taps(g, 0, weights, scratch);
                return conv2d(detail::phase_geometry(g, 0), upstream, scratch, detail::behind_mirrored(g, scratch),
                              epilogue, arch);
            }
        for (std::int64_t phase = 0; phase < g.stride_height * g.stride_width; ++phase)
            detail::image_gradient_phase(geometry, phase, detail::phase_geometry(g, phase), weights, upstream, scratch,
                                         epilogue, arch);
    }
}

template <> struct entry<kernel_tag::conv2d_image_gradient> {
    template <class Geometry, class T, class Epilogue>
    static void run(Geometry geometry, const T* left, const T* right, T* scratch, Epilogue& epilogue) noexcept {
        conv2d_image_gradient(geometry, left, right, scratch, epilogue);
    }
    static constexpr std::int64_t columns(const conv2d_geometry& g) { return g.in_channels; }
    /// Those of the convolution that it is; 1 where it is several, or another kernel.
    template <class T, conv2d_geometry G> static constexpr std::int64_t parts() {
        if constexpr (G.stride_height * G.stride_width > 1 || detail::has_few_channels(G)) return 1;
        else return entry<kernel_tag::conv2d>::parts<T, detail::phase_geometry(G, 0)>();
    }
    template <class Geometry, class T>
    static void prepare(Geometry, const T* weights, const T* upstream, T* scratch) noexcept {
        constexpr conv2d_geometry g = Geometry::value;
        detail::mirror_taps(g, 0, weights, scratch);
        entry<kernel_tag::conv2d>::prepare(static_value<detail::phase_geometry(g, 0)>{}, upstream, scratch,
                                           detail::behind_mirrored(g, scratch));
    }
    template <class Geometry, class T, class Epilogue>
    static void run_parts(Geometry, const T*, const T* upstream, T* scratch, const Epilogue& epilogue,
                          std::int64_t first, std::int64_t last) noexcept {
        constexpr conv2d_geometry g = Geometry::value;
        entry<kernel_tag::conv2d>::run_parts(static_value<detail::phase_geometry(g, 0)>{}, upstream, scratch,
                                             detail::behind_mirrored(g, scratch), epilogue, first, last);
    }
};

}  // namespace ambit::kernel_parts
