// SPDX-License-Identifier: BSL-1.0
// Arrays joined along an axis, any element type.
//
//     const float* const parts[] = {left, right};
//     concat(concat_geometry{.outer = 4, .count = 2, .run = {3, 5}}, parts, out);      // [4, 3] and [4, 5] -> [4, 8]
#pragma once

#include <ambit/contract/arrays.hpp>
#include <ambit/core/static_value.hpp>
#include <ambit/kernels/vectors/entry.hpp>
#include <ambit/kernels/vectors/nest.hpp>

#include <cstddef>
#include <cstdint>
#include <utility>

namespace AMBIT_NAMESPACE::kernel_parts {

namespace detail {

constexpr std::int64_t elements_before(const concat_geometry& g, std::int64_t part) {
    std::int64_t count = 0;
    for (std::int64_t i = 0; i < part; ++i) count += g.run[i];
    return count;
}

// A row of the result, expanded: of short runs each is a move or two.
template <class Geometry, class T, std::size_t... Part>
[[gnu::always_inline]] inline void join_row(const T* const* in, T* out, std::int64_t row,
                                            std::index_sequence<Part...>) noexcept {
    constexpr concat_geometry g = Geometry::value;
    (copy_run(in[Part] + row * g.run[Part], out + elements_before(g, std::int64_t(Part)), g.run[Part]), ...);
}

}  // namespace detail

template <class T, class Geometry> inline void concat(Geometry geometry, const T* const* in, T* out) noexcept {
    const concat_geometry g = value_of(geometry);
    const std::int64_t step = detail::elements_before(g, g.count);
    for (std::int64_t row = 0; row < g.outer; ++row, out += step) {
        if constexpr (is_static<Geometry>)
            detail::join_row<Geometry>(in, out, row, std::make_index_sequence<std::size_t(Geometry::value.count)>{});
        else
            for (std::int64_t i = 0; i < g.count; ++i)
                copy_run(in[i] + row * g.run[i], out + detail::elements_before(g, i), g.run[i]);
    }
}

template <> struct entry<kernel_tag::concat> {
    template <class Geometry, class T, class... Operand>
    static void run(Geometry geometry, T* out, const Operand*... in) noexcept {
        const T* const parts[] = {in...};
        concat(geometry, parts, out);
    }
    /// The same for as many arrays as the geometry says.
    template <class Geometry, class T> static void join(Geometry geometry, const T* const* in, T* out) noexcept {
        concat(geometry, in, out);
    }
};

}  // namespace ambit::kernel_parts
