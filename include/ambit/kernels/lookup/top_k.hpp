// SPDX-License-Identifier: BSL-1.0
// The largest elements of each row, and elements taken from rows, or put into them, by number.
//
//     top_k(pick_geometry{.rows = 32, .extent = 1000, .count = 5}, in, indices);   // largest first
//     batch_gather(pick_geometry{…}, in, indices, values);
//
// Of equals the first comes first. A NaN is larger than everything.
#pragma once

#include <ambit/contract/lookup.hpp>
#include <ambit/core/static_value.hpp>
#include <ambit/kernels/vectors/entry.hpp>
#include <ambit/kernels/lookup/gather.hpp>
#include <ambit/kernels/vectors/simd.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <type_traits>

namespace AMBIT_NAMESPACE::kernel_parts {

namespace detail {

// The first element from `at` on that is above `least`, or NaN: `extent` if there is none.
template <class T, class Arch>
inline std::int64_t next_above(const T* in, std::int64_t at, std::int64_t extent, T least, Arch) noexcept {
    if constexpr (is_vectorized<T>) {
        using V = xsimd::batch<T, Arch>;
        const V limit = fill<V>(least);
        for (; at + lanes<V> <= extent; at += lanes<V>) {
            const V x = load_vector<V>(in + at);
            if constexpr (std::is_integral_v<T>) {
                if (xsimd::any(x > limit)) break;
            } else {
                if (xsimd::any((x > limit) | xsimd::isnan(x))) break;
            }
        }
    }
    while (at < extent && in[at] <= least) ++at;
    return at;
}

}  // namespace detail

/// `count` positions of each row. The candidates are kept as a heap in the result, the worst of them in front.
template <class T, class Geometry, class Arch = kernel_arch>
inline void top_k(Geometry geometry, const T* in, std::int32_t* out, Arch arch = {}) noexcept {
    const pick_geometry g = value_of(geometry);
    for (std::int64_t row = 0; row < g.rows; ++row, in += g.extent, out += g.count) {
        const auto is_better = [in](std::int32_t a, std::int32_t b) {
            const T x = in[a], y = in[b];
            const bool x_is_nan = math::isnan(x), y_is_nan = math::isnan(y);
            if (x_is_nan != y_is_nan) return x_is_nan;
            return x > y || (!(x < y) && a < b);
        };
        for (std::int64_t e = 0; e < g.count; ++e) out[e] = static_cast<std::int32_t>(e);
        std::make_heap(out, out + g.count, is_better);
        for (std::int64_t e = g.count; e < g.extent; ++e) {
            e = detail::next_above(in, e, g.extent, in[out[0]], arch);
            if (e == g.extent) break;
            const auto candidate = static_cast<std::int32_t>(e);
            if (!is_better(candidate, out[0])) continue;
            std::pop_heap(out, out + g.count, is_better);
            out[g.count - 1] = candidate;
            std::push_heap(out, out + g.count, is_better);
        }
        std::sort_heap(out, out + g.count, is_better);
    }
}

/// `out[row][j] = in[row][indices[row][j]]`; NaN, or 0 of integers, for an index outside of the row.
template <class T, class Index, class Geometry>
inline void batch_gather(Geometry geometry, const T* in, const Index* indices, T* out) noexcept {
    const pick_geometry g = value_of(geometry);
    constexpr T missing = std::is_floating_point_v<T> ? std::numeric_limits<T>::quiet_NaN() : T(0);
    for (std::int64_t row = 0; row < g.rows; ++row, in += g.extent)
        for (std::int64_t j = 0; j < g.count; ++j) {
            const auto at = static_cast<std::int64_t>(*indices++);
            *out++ = at >= 0 && at < g.extent ? in[at] : missing;
        }
}

/// Rows of zeros, to which `updates[row][j]` is added at `indices[row][j]`, unless that is outside of the row: a
/// `scatter` (gather.hpp) for each row.
template <class T, class Index, class Geometry>
inline void batch_scatter(Geometry geometry, const Index* indices, const T* updates, T* scratch, T* out) noexcept {
    const pick_geometry g = value_of(geometry);
    for (std::int64_t row = 0; row < g.rows; ++row)
        scatter(gather_geometry{.extent = g.extent, .count = g.count}, updates + row * g.count, indices + row * g.count,
                scratch, out + row * g.extent);
}

template <> struct entry<kernel_tag::top_k> {
    template <class Geometry, class T> static void run(Geometry geometry, std::int32_t* out, const T* in) noexcept {
        top_k(geometry, in, out);
    }
};
template <> struct entry<kernel_tag::batch_gather> {
    template <class Geometry, class T, class Index>
    static void run(Geometry geometry, T* out, const T* in, const Index* indices) noexcept {
        batch_gather(geometry, in, indices, out);
    }
};
template <> struct entry<kernel_tag::batch_scatter> {
    template <class Geometry, class T, class Index>
    static void run(Geometry geometry, T* out, const Index* indices, const T* updates,
                    std::byte* scratch = nullptr) noexcept {
        batch_scatter(geometry, indices, updates, reinterpret_cast<T*>(scratch), out);
    }
};

}  // namespace ambit::kernel_parts
