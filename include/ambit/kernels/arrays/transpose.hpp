// SPDX-License-Identifier: BSL-1.0
// Permutation of the axes of a row-major array, any element type.
//
//     constexpr transpose_geometry g{.rank = 2, .extent = {3, 5}, .permutation = {1, 0}};
//     transpose(g, in, out);                                  // out[j][i] = in[i][j]
#pragma once

#include <ambit/contract/arrays.hpp>
#include <ambit/core/static_value.hpp>
#include <ambit/kernels/vectors/entry.hpp>
#include <ambit/kernels/arrays/plane.hpp>

#include <algorithm>
#include <cstdint>
#include <cstring>

namespace AMBIT_NAMESPACE::kernel_parts {

namespace detail {

// The axes of the result with their strides in the operand; neighbours that are neighbours in both are one.
struct permuted_axes {
    std::int64_t rank = 0;
    std::int64_t extent[max_rank] = {}, from[max_rank] = {}, to[max_rank] = {};

    constexpr explicit permuted_axes(const transpose_geometry& g) {
        std::int64_t stride[max_rank] = {}, step = 1;
        for (std::int64_t axis = g.rank - 1; axis >= 0; --axis) {
            stride[axis] = step;
            step *= g.extent[axis];
        }
        for (std::int64_t axis = 0; axis < g.rank; ++axis) {
            const std::int64_t source = g.permutation[axis];
            if (g.extent[source] == 1) continue;
            if (rank > 0 && from[rank - 1] == stride[source] * g.extent[source]) {
                extent[rank - 1] *= g.extent[source];
                from[rank - 1] = stride[source];
            } else {
                extent[rank] = g.extent[source];
                from[rank++] = stride[source];
            }
        }
        step = 1;
        for (std::int64_t axis = rank - 1; axis >= 0; --axis) {
            to[axis] = step;
            step *= extent[axis];
        }
    }
};

}  // namespace detail

template <class T, class Geometry> inline void transpose(Geometry geometry, const T* in, T* out) noexcept {
    const transpose_geometry g = value_of(geometry);
    const detail::permuted_axes axes(g);
    if (axes.rank == 0) {
        *out = *in;
        return;
    }
    // The operand's innermost axis, as an axis of the result.
    std::int64_t contiguous = axes.rank - 1;
    for (std::int64_t axis = 0; axis < axes.rank; ++axis)
        if (axes.from[axis] == 1) contiguous = axis;
    const std::int64_t last = axes.rank - 1;
    std::int64_t planes = 1;
    for (std::int64_t axis = 0; axis < last; ++axis)
        if (axis != contiguous) planes *= axes.extent[axis];
    std::int64_t index[max_rank] = {}, from = 0, to = 0;
    for (std::int64_t p = 0;;) {
        if (contiguous == last)
            std::memcpy(out + to, in + from, static_cast<std::size_t>(axes.extent[last]) * sizeof(T));
        else
            transpose_plane(in + from, axes.from[last], out + to, axes.to[contiguous], axes.extent[last],
                            axes.extent[contiguous]);
        if (++p == planes) return;
        for (std::int64_t axis = last - 1; axis >= 0; --axis) {
            if (axis == contiguous) continue;
            from += axes.from[axis];
            to += axes.to[axis];
            if (++index[axis] < axes.extent[axis]) break;
            from -= axes.from[axis] * axes.extent[axis];
            to -= axes.to[axis] * axes.extent[axis];
            index[axis] = 0;
        }
    }
}

template <> struct entry<kernel_tag::transpose> {
    template <class Geometry, class T> static void run(Geometry geometry, T* out, const T* in) noexcept {
        transpose(geometry, in, out);
    }
};

}  // namespace ambit::kernel_parts
