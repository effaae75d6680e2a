// SPDX-License-Identifier: BSL-1.0
// An array seen at regular steps: slices, strides, reversed axes, any element type.
//
//     constexpr view_geometry g{.rank = 1, .start = 9, .extent = {5}, .stride = {-2}};
//     view(g, in, out);                                       // out[i] = in[9 - 2 * i]
#pragma once

#include <ambit/contract/arrays.hpp>
#include <ambit/core/static_value.hpp>
#include <ambit/kernels/vectors/entry.hpp>
#include <ambit/kernels/vectors/nest.hpp>

#include <cstdint>

namespace AMBIT_NAMESPACE::kernel_parts {

namespace detail {

template <int Axis, class Geometry, class T>
[[gnu::always_inline]] inline void view_axis(Geometry geometry, const T* in, T* out) noexcept {
    const view_geometry g = value_of(geometry);
    const std::int64_t extent = g.extent[Axis], stride = g.stride[Axis];
    if (is_innermost<Axis>(geometry)) {
        // Each of the usual strides known to the compiler: the first two become vectors.
        if (stride == 1) copy_run(in, out, extent);
        else if (stride == -1)
            for (std::int64_t i = 0; i < extent; ++i) out[i] = in[-i];
        else
            for (std::int64_t i = 0; i < extent; ++i) out[i] = in[i * stride];
        return;
    }
    if constexpr (has_axis<Geometry>(Axis + 1)) {
        const std::int64_t block = elements_behind(g, Axis);
        for (std::int64_t i = 0; i < extent; ++i) view_axis<Axis + 1>(geometry, in + i * stride, out + i * block);
    }
}

}  // namespace detail

template <class T, class Geometry> inline void view(Geometry geometry, const T* in, T* out) noexcept {
    detail::view_axis<0>(geometry, in + value_of(geometry).start, out);
}

template <> struct entry<kernel_tag::view> {
    template <class Geometry, class T> static void run(Geometry geometry, T* out, const T* in) noexcept {
        view(geometry, in, out);
    }
};

}  // namespace ambit::kernel_parts
