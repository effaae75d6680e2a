// SPDX-License-Identifier: BSL-1.0
// What kernels that walk the axes of an array one inside of the other share: how deep the nest is, known to the
// compiler where the geometry is.
//
//     template <int Axis, class Geometry, class T> void walk(Geometry geometry, const T* in, T* out) {
//         if (is_innermost<Axis>(geometry)) return …;
//         if constexpr (has_axis<Geometry>(Axis + 1))
//             for (…) walk<Axis + 1>(geometry, in, out);
//     }
#pragma once

#include <ambit/core/shape.hpp>
#include <ambit/core/static_value.hpp>

#include <cstdint>
#include <cstring>

namespace AMBIT_NAMESPACE::kernel_parts {

/// Whether a geometry may have this axis: what need not be instantiated is not.
template <class Geometry> constexpr bool has_axis(int axis) {
    if constexpr (is_static<Geometry>) return axis < Geometry::value.rank;
    else return axis < max_rank;
}

template <int Axis, class Geometry> constexpr bool is_innermost(const Geometry& geometry) {
    return value_of(geometry).rank == Axis + 1;
}

/// The product of the extents behind an axis.
template <class Geometry> constexpr std::int64_t elements_behind(const Geometry& g, int axis) {
    std::int64_t count = 1;
    for (std::int64_t d = axis + 1; d < g.rank; ++d) count *= g.extent[d];
    return count;
}

template <class T> [[gnu::always_inline]] inline void copy_run(const T* in, T* out, std::int64_t count) noexcept {
    std::memcpy(out, in, static_cast<std::size_t>(count) * sizeof(T));
}

template <class T> [[gnu::always_inline]] inline void fill_run(T* out, T value, std::int64_t count) noexcept {
    for (std::int64_t i = 0; i < count; ++i) out[i] = value;
}

}  // namespace ambit::kernel_parts
