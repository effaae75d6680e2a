// SPDX-License-Identifier: BSL-1.0
// The logarithm of softmax along the middle axis of `[outer, extent, inner]`: `(x - max) - log Σ exp(x - max)`, which
// neither overflows nor loses what is unlikely.
//
//     log_softmax(axis_geometry{.outer = 32, .extent = 10}, logits, log_probabilities);
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
[[gnu::always_inline]] inline void log_softmax_columns(const T* in, T* out, std::int64_t extent, std::int64_t inner,
                                                       std::int64_t count) noexcept {
    const auto read = [&](const T* from) {
        if constexpr (Partial) return load_partial<V>(from, count, T(0));
        else return load_vector<V>(from);
    };
    V largest = read(in);
    for (std::int64_t e = 1; e < extent; ++e) largest = maximum{}(largest, read(in + e * inner));
    const V total =
        sum_in_blocks<V>(extent, [&](std::int64_t e) { return exponential(read(in + e * inner) - largest); });
    const V shift = xsimd::log(total);
    for (std::int64_t e = 0; e < extent; ++e) {
        const V value = (read(in + e * inner) - largest) - shift;
        if constexpr (Partial) store_partial(out + e * inner, value, count);
        else store_vector(out + e * inner, value);
    }
}

}  // namespace detail

/// `out` may be `in`.
template <class T, class Geometry, class Arch = kernel_arch>
    requires std::is_floating_point_v<T>
inline void log_softmax(Geometry geometry, const T* in, T* out, Arch = {}) noexcept {
    const axis_geometry g = value_of(geometry);
    if (g.inner == 1) {
        using V = typename decltype(row_vector<T, Geometry, Arch>())::type;
        for (std::int64_t o = 0; o < g.outer; ++o, in += g.extent, out += g.extent) {
            const T largest = largest_of<V>(in, g.extent);
            const T shift = logarithm(sum_of_powers<V>(in, largest, g.extent));
            std::int64_t at = 0;
            for (; at + lanes<V> <= g.extent; at += lanes<V>)
                store_vector(out + at, V((load_vector<V>(in + at) - fill<V>(largest)) - fill<V>(shift)));
            for (; at < g.extent; ++at) out[at] = (in[at] - largest) - shift;
        }
    } else {
        using V = xsimd::batch<T, Arch>;
        for (std::int64_t o = 0; o < g.outer; ++o, in += g.extent * g.inner, out += g.extent * g.inner) {
            std::int64_t i = 0;
            for (; i + lanes<V> <= g.inner; i += lanes<V>)
                detail::log_softmax_columns<false, V>(in + i, out + i, g.extent, g.inner, lanes<V>);
            if (i < g.inner) detail::log_softmax_columns<true, V>(in + i, out + i, g.extent, g.inner, g.inner - i);
        }
    }
}

template <> struct entry<kernel_tag::log_softmax> {
    template <class Geometry, class T> static void run(Geometry geometry, T* out, const T* in) noexcept {
        log_softmax(geometry, in, out);
    }
};

}  // namespace ambit::kernel_parts
