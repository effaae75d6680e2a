// SPDX-License-Identifier: BSL-1.0
// Arrays joined along an axis, any element type.
//
//     const float* const parts[] = {left, right};
//     concat(concat_geometry{.outer = 4, .count = 2, .run = {3, 5}}, parts, out);      // [4, 3] and [4, 5] -> [4, 8]
#pragma once

#include <ambit/core/geometry.hpp>
#include <ambit/core/static_value.hpp>
#include <ambit/kernels/entry.hpp>
#include <ambit/kernels/nest.hpp>

#include <cstdint>

namespace ambit::kernels {

template <class T, class Geometry> inline void concat(Geometry geometry, const T* const* in, T* out) noexcept {
    const concat_geometry g = value_of(geometry);
    for (std::int64_t o = 0; o < g.outer; ++o) {
        for (std::int64_t i = 0; i < g.count; ++i) {
            copy_run(in[i] + o * g.run[i], out, g.run[i]);
            out += g.run[i];
        }
    }
}

template <> struct entry<kernel_tag::concat> {
    template <class Geometry, class T, class... Operand> static void run(T* out, const Operand*... in) noexcept {
        const T* const parts[] = {in...};
        concat(Geometry{}, parts, out);
    }
};

}  // namespace ambit::kernels
