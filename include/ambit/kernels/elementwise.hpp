// SPDX-License-Identifier: BSL-1.0
// One fused elementwise loop: any number of inputs, broadcast or strided, and one or more outputs.
//
//     struct add_relu {
//         static constexpr bool vectorizable = true;
//         template <class V> std::array<V, 1> operator()(const std::array<V, 2>& x) const {
//             return {max(x[0] + x[1], V(0))};
//         }
//     };
//     elementwise<float, 2, 1>(g, {x, bias}, {y}, add_relu{});
//
// The body is called with batches where `vectorizable` says so and the type has them, else with scalars. In
// the last batch of a row the lanes behind the end hold 1, a value that divides and has a logarithm. `static
// constexpr bool heavy = true` in a body with long code keeps the loop from being expanded.
#pragma once

#include <ambit/core/geometry.hpp>
#include <ambit/core/static_value.hpp>
#include <ambit/kernels/tile.hpp>

#include <array>
#include <cstdint>
#include <tuple>
#include <utility>

namespace ambit::kernels {

namespace detail {

// Reads one input along the innermost axis, in batches of V. `Stride` as in the geometry, -1: known at run
// time only.
template <class V, std::int64_t Stride> struct row_reader {
    using T = element_of<V>;
    const T* from;
    std::int64_t stride;
    V same;

    [[gnu::always_inline]] void start(const T* row, std::int64_t run_time_stride) noexcept {
        from = row;
        stride = Stride < 0 ? run_time_stride : Stride;
        if (stride == 0) same = fill<V>(*row);
    }

    [[gnu::always_inline]] V whole(std::int64_t at) const noexcept {
        if (stride == 1) return load_vector<V>(from + at);
        if (stride == 0) return same;
        return gather(at, lanes<V>);
    }

    [[gnu::always_inline]] V part(std::int64_t at, std::int64_t count) const noexcept {
        if (stride == 1) return load_partial<V>(from + at, count, T(1));
        if (stride == 0) return same;
        return gather(at, count);
    }

    [[gnu::always_inline]] V gather(std::int64_t at, std::int64_t count) const noexcept {
        if constexpr (lanes<V> == 1) {
            return from[at * stride];
        } else {
            alignas(64) T buffer[static_cast<std::size_t>(lanes<V>)];
            fill<V>(T(1)).store_aligned(buffer);
            for (std::int64_t i = 0; i < count; ++i) buffer[i] = from[(at + i) * stride];
            return V::load_aligned(buffer);
        }
    }
};

template <class T, class Geometry, std::size_t Inputs, std::size_t Outputs, class Body, class V, class Indices>
struct elementwise_run;

template <class T, class Geometry, std::size_t Inputs, std::size_t Outputs, class Body, class V,
          std::size_t... I>
struct elementwise_run<T, Geometry, Inputs, Outputs, Body, V, std::index_sequence<I...>> {
    static constexpr bool fixed = is_static<Geometry>;
    static constexpr std::int64_t width = lanes<V>;

    static constexpr std::int64_t inner(const elementwise_geometry& g) {
        return g.rank > 0 ? g.extent[g.rank - 1] : 1;
    }
    static constexpr std::int64_t stride(const elementwise_geometry& g, std::size_t i) {
        return g.rank > 0 ? g.stride[i][g.rank - 1] : 0;
    }
    template <std::size_t Input> static constexpr std::int64_t fixed_stride() {
        if constexpr (fixed) return stride(Geometry::value, Input);
        else return -1;
    }

    // One row: the innermost axis.
    [[gnu::always_inline]] static void row(const elementwise_geometry& g,
                                           const std::array<const T*, Inputs>& in,
                                           const std::array<T*, Outputs>& out, std::int64_t offset,
                                           const Body& body) noexcept {
        std::tuple<row_reader<V, fixed_stride<I>()>...> readers;
        (std::get<I>(readers).start(in[I], stride(g, I)), ...);
        const std::int64_t n = inner(g);
        if constexpr (fixed) {
            constexpr std::int64_t whole = inner(Geometry::value) / width;
            constexpr std::int64_t rest = inner(Geometry::value) % width;
            if constexpr (whole <= (is_heavy<Body>() ? 1 : 8)) {
                AMBIT_UNROLL for (std::int64_t b = 0; b < whole; ++b)
                    step(readers, out, offset, b * width, body);
            } else {
                for (std::int64_t b = 0; b < whole; ++b) step(readers, out, offset, b * width, body);
            }
            if constexpr (rest > 0 && width > 1) last_step(readers, out, offset, whole * width, rest, body);
        } else {
            std::int64_t at = 0;
            for (; at + width <= n; at += width) step(readers, out, offset, at, body);
            if constexpr (width > 1)
                if (at < n) last_step(readers, out, offset, at, n - at, body);
        }
    }

    template <class Readers>
    [[gnu::always_inline]] static void step(const Readers& readers, const std::array<T*, Outputs>& out,
                                            std::int64_t offset, std::int64_t at, const Body& body) noexcept {
        const std::array<V, Inputs> values{std::get<I>(readers).whole(at)...};
        const std::array<V, Outputs> results = body(values);
        AMBIT_UNROLL for (std::size_t o = 0; o < Outputs; ++o) store_vector(out[o] + offset + at, results[o]);
    }

    template <class Readers>
    [[gnu::always_inline]] static void last_step(const Readers& readers, const std::array<T*, Outputs>& out,
                                                 std::int64_t offset, std::int64_t at, std::int64_t count,
                                                 const Body& body) noexcept {
        const std::array<V, Inputs> values{std::get<I>(readers).part(at, count)...};
        const std::array<V, Outputs> results = body(values);
        AMBIT_UNROLL for (std::size_t o = 0; o < Outputs; ++o)
            store_partial(out[o] + offset + at, results[o], count);
    }

    [[gnu::always_inline]] static void all(const elementwise_geometry& g, std::array<const T*, Inputs> in,
                                           const std::array<T*, Outputs>& out, const Body& body) noexcept {
        std::int64_t rows = 1;
        for (std::int64_t axis = 0; axis + 1 < g.rank; ++axis) rows *= g.extent[axis];
        std::int64_t index[max_rank] = {};
        for (std::int64_t r = 0;;) {
            row(g, in, out, r * inner(g), body);
            if (++r == rows) return;
            for (std::int64_t axis = g.rank - 2; axis >= 0; --axis) {
                const bool carries = ++index[axis] == g.extent[axis];
                if (carries) index[axis] = 0;
                ((in[I] += carries ? -g.stride[I][axis] * (g.extent[axis] - 1) : g.stride[I][axis]), ...);
                if (!carries) break;
            }
        }
    }
};

}  // namespace detail

/// `outputs = body(inputs)` over the geometry. An output may be one of the inputs if that one is contiguous.
template <class T, std::size_t Inputs, std::size_t Outputs, class Geometry, class Body,
          class Arch = xsimd::default_arch>
inline void elementwise(Geometry geometry, const std::array<const T*, Inputs>& inputs,
                        const std::array<T*, Outputs>& outputs, Body body, Arch = {}) noexcept {
    constexpr auto fit = [] {
        if constexpr (!Body::vectorizable || !is_vectorized<T>) {
            return std::type_identity<T>{};
        } else if constexpr (is_static<Geometry>) {
            constexpr elementwise_geometry g = Geometry::value;
            return fitting<T, Arch, (g.rank > 0 ? g.extent[g.rank - 1] : 1)>();
        } else {
            return std::type_identity<xsimd::batch<T, Arch>>{};
        }
    }();
    using V = typename decltype(fit)::type;
    detail::elementwise_run<T, Geometry, Inputs, Outputs, Body, V, std::make_index_sequence<Inputs>>::all(
        value_of(geometry), inputs, outputs, body);
}

}  // namespace ambit::kernels
