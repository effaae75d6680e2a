// SPDX-License-Identifier: BSL-1.0
// An array repeated as a whole along its axes, any element type. What is finished is copied on, in long runs.
//
//     constexpr tile_geometry g{.rank = 2, .extent = {2, 3}, .repeats = {2, 4}};
//     tile_array(g, in, out);                                 // [2, 3] -> [4, 12]
#pragma once

#include <ambit/contract/arrays.hpp>
#include <ambit/core/static_value.hpp>
#include <ambit/kernels/vectors/entry.hpp>
#include <ambit/kernels/vectors/nest.hpp>

#include <cstdint>

namespace AMBIT_NAMESPACE::kernel_parts {

namespace detail {

template <int Axis, class Geometry, class T>
[[gnu::always_inline]] inline void tile_axis(Geometry geometry, const T* in, T* out) noexcept {
    const tile_geometry g = value_of(geometry);
    const std::int64_t from = elements_behind(g, Axis), extent = g.extent[Axis];
    std::int64_t to = 1;
    for (std::int64_t d = Axis + 1; d < g.rank; ++d) to *= g.extent[d] * g.repeats[d];
    if (is_innermost<Axis>(geometry)) {
        copy_run(in, out, extent);
    } else if constexpr (has_axis<Geometry>(Axis + 1)) {
        for (std::int64_t i = 0; i < extent; ++i) tile_axis<Axis + 1>(geometry, in + i * from, out + i * to);
    }
    for (std::int64_t i = 1; i < g.repeats[Axis]; ++i) copy_run(out, out + i * extent * to, extent * to);
}

}  // namespace detail

template <class T, class Geometry> inline void tile_array(Geometry geometry, const T* in, T* out) noexcept {
    detail::tile_axis<0>(geometry, in, out);
}

template <> struct entry<kernel_tag::tile> {
    template <class Geometry, class T> static void run(Geometry geometry, T* out, const T* in) noexcept {
        tile_array(geometry, in, out);
    }
};

}  // namespace ambit::kernel_parts
