// SPDX-License-Identifier: BSL-1.0
// Sums over neighbours in a row: each element of the result is the sum of those up to `radius` places away, as far as
// the row goes.
//
//     window_sum(window_sum_geometry{.rows = 32, .extent = 64, .radius = 2}, in, out);
//
// Elements are added from the first neighbour to the last, in blocks (sum_tree.hpp): the same bits on every machine.
#pragma once

#include <ambit/contract/images.hpp>
#include <ambit/core/static_value.hpp>
#include <ambit/kernels/vectors/entry.hpp>
#include <ambit/kernels/vectors/simd.hpp>
#include <ambit/kernels/vectors/sum_tree.hpp>

#include <algorithm>
#include <cstdint>

namespace AMBIT_NAMESPACE::kernel_parts {

template <class T, class Geometry, class Arch = kernel_arch>
    requires std::is_floating_point_v<T>
inline void window_sum(Geometry geometry, const T* in, T* out, Arch = {}) noexcept {
    using V = xsimd::batch<T, Arch>;
    const window_sum_geometry g = value_of(geometry);
    const std::int64_t radius = (std::min)(g.radius, g.extent - 1);
    const auto at_edge = [&](std::int64_t i) {
        const std::int64_t first = std::max<std::int64_t>(0, i - radius), behind = (std::min)(g.extent, i + radius + 1);
        out[i] = sum_in_blocks<T>(behind - first, [&](std::int64_t j) { return in[first + j]; });
    };
    for (std::int64_t row = 0; row < g.rows; ++row, in += g.extent, out += g.extent) {
        std::int64_t i = 0;
        for (; i < (std::min)(radius, g.extent); ++i) at_edge(i);
        for (; i + lanes<V> <= g.extent - radius; i += lanes<V>) {
            const T* const first = in + (i - radius);
            const V total = sum_in_blocks<V>(2 * radius + 1, [&](std::int64_t j) { return load_vector<V>(first + j); });
            store_vector(out + i, total);
        }
        for (; i < g.extent; ++i) at_edge(i);
    }
}

template <> struct entry<kernel_tag::window_sum> {
    template <class Geometry, class T> static void run(Geometry geometry, T* out, const T* in) noexcept {
        window_sum(geometry, in, out);
    }
};

}  // namespace ambit::kernel_parts
