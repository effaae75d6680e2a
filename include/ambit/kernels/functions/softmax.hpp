// SPDX-License-Identifier: BSL-1.0
// Softmax along the middle axis of `[outer, extent, inner]`: `exp(x - max) / Σ exp(x - max)`, which cannot
// overflow.
//
//     softmax(axis_geometry{.outer = 32, .extent = 10}, logits, probabilities);
//
// A NaN, or an infinity of positive sign, makes its whole row NaN.
#pragma once

#include <ambit/contract/functions.hpp>
#include <ambit/core/static_value.hpp>
#include <ambit/kernels/functions/softmax_row.hpp>
#include <ambit/kernels/vectors/entry.hpp>
#include <ambit/kernels/vectors/sum_tree.hpp>

#include <cstdint>
#include <type_traits>

namespace AMBIT_NAMESPACE::kernel_parts {

namespace detail {

// `lanes` neighbouring columns, `inner` apart along the axis.
template <bool Partial, class V, class T>
[[gnu::always_inline]] inline void softmax_columns(const T* in, T* out, std::int64_t extent, std::int64_t inner,
                                                   std::int64_t count) noexcept {
    const auto read = [&](const T* from) {
        if constexpr (Partial) return load_partial<V>(from, count, T(0));
        else return load_vector<V>(from);
    };
    const auto write = [&](T* to, const V& value) {
        if constexpr (Partial) store_partial(to, value, count);
        else store_vector(to, value);
    };
    V largest = read(in);
    for (std::int64_t e = 1; e < extent; ++e) largest = maximum{}(largest, read(in + e * inner));
    const V total = sum_in_blocks<V>(extent, [&](std::int64_t e) {
        const V power = exponential(read(in + e * inner) - largest);
        write(out + e * inner, power);
        return power;
    });
    const V scale = V(T(1)) / total;
    for (std::int64_t e = 0; e < extent; ++e) write(out + e * inner, read(out + e * inner) * scale);
}

}  // namespace detail

/// `out` may be `in`.
template <class T, class Geometry, class Arch = kernel_arch>
    requires std::is_floating_point_v<T>
inline void softmax(Geometry geometry, const T* in, T* out, Arch = {}) noexcept {
    const axis_geometry g = value_of(geometry);
    if (g.inner == 1) {
        using V = typename decltype(row_vector<T, Geometry, Arch>())::type;
        for (std::int64_t o = 0; o < g.outer; ++o) softmax_row<V>(in + o * g.extent, out + o * g.extent, g.extent);
    } else {
        using V = xsimd::batch<T, Arch>;
        for (std::int64_t o = 0; o < g.outer; ++o, in += g.extent * g.inner, out += g.extent * g.inner) {
            std::int64_t i = 0;
            for (; i + lanes<V> <= g.inner; i += lanes<V>)
                detail::softmax_columns<false, V>(in + i, out + i, g.extent, g.inner, lanes<V>);
            if (i < g.inner) detail::softmax_columns<true, V>(in + i, out + i, g.extent, g.inner, g.inner - i);
        }
    }
}

template <> struct entry<kernel_tag::softmax> {
    template <class Geometry, class T> static void run(Geometry geometry, T* out, const T* in) noexcept {
        softmax(geometry, in, out);
    }
};

}  // namespace ambit::kernel_parts
