// SPDX-License-Identifier: BSL-1.0
// An array with a value around and between its elements, any element type. Each place of the result is written once, in
// order.
//
//     constexpr pad_geometry g{.rank = 2, .extent = {2, 3}, .before = {1, 0}, .after = {0, 2}};
//     pad(g, in, out);                                        // [2, 3] -> [3, 5]
#pragma once

#include <ambit/contract/arrays.hpp>
#include <ambit/core/static_value.hpp>
#include <ambit/kernels/vectors/entry.hpp>
#include <ambit/kernels/vectors/nest.hpp>

#include <bit>
#include <cstdint>

namespace AMBIT_NAMESPACE::kernel_parts {

namespace detail {

constexpr std::int64_t padded_extent(const pad_geometry& g, std::int64_t axis) {
    return g.before[axis] + g.extent[axis] + (g.extent[axis] - 1) * g.between[axis] + g.after[axis];
}

template <int Axis, class Geometry, class T>
[[gnu::always_inline]] inline void pad_axis(Geometry geometry, const T* in, T* out, T value) noexcept {
    const pad_geometry g = value_of(geometry);
    const std::int64_t from = elements_behind(g, Axis), extent = g.extent[Axis];
    std::int64_t to = 1;
    for (std::int64_t d = Axis + 1; d < g.rank; ++d) to *= padded_extent(g, d);
    const std::int64_t before = g.before[Axis] * to, between = g.between[Axis] * to, after = g.after[Axis] * to;
    fill_run(out, value, before);
    out += before;
    if (is_innermost<Axis>(geometry)) {
        if (between == 0) {
            copy_run(in, out, extent);
            out += extent;
        } else {
            for (std::int64_t i = 0; i + 1 < extent; ++i, out += 1 + between) {
                *out = in[i];
                fill_run(out + 1, value, between);
            }
            *out++ = in[extent - 1];
        }
    } else if constexpr (has_axis<Geometry>(Axis + 1)) {
        for (std::int64_t i = 0; i < extent; ++i) {
            pad_axis<Axis + 1>(geometry, in + i * from, out, value);
            out += to;
            if (between == 0 || i + 1 == extent) continue;
            fill_run(out, value, between);
            out += between;
        }
    }
    fill_run(out, value, after);
}

}  // namespace detail

template <class T, class Geometry> inline void pad(Geometry geometry, const T* in, T* out) noexcept {
    detail::pad_axis<0>(geometry, in, out, static_cast<T>(std::bit_cast<double>(value_of(geometry).value)));
}

template <> struct entry<kernel_tag::pad> {
    template <class Geometry, class T> static void run(Geometry geometry, T* out, const T* in) noexcept {
        pad(geometry, in, out);
    }
};

}  // namespace ambit::kernel_parts
