// SPDX-License-Identifier: BSL-1.0
// Slices of an array at given positions, and back: slices added up at given positions.
//
//     gather(gather_geometry{.extent = 1000, .inner = 64, .count = 32}, table, ids, rows);    // [1000, 64] -> [32, 64]
//     scatter(gather_geometry{.extent = 1000, .inner = 64, .count = 32}, rows, ids, scratch, table);
//                                                                                          // [32, 64] -> [1000, 64]
//
// A position outside of the array reads as zeros, and what is added there is dropped. Sums of one place run in the
// order of the positions; integers wrap. Where a place of floats may get many terms, what rounding loses is kept beside
// the sums, in `scratch` of `scatter_scratch(g)` elements: then they are within 2ε of the exact ones, whatever their
// number.
#pragma once

#include <ambit/contract/lookup.hpp>
#include <ambit/math/scalar.hpp>
#include <ambit/core/static_value.hpp>
#include <ambit/kernels/vectors/entry.hpp>
#include <ambit/kernels/vectors/nest.hpp>

#include <cstddef>
#include <cstdint>
#include <type_traits>

namespace AMBIT_NAMESPACE::kernel_parts {

template <class T, class Index, class Geometry>
inline void gather(Geometry geometry, const T* in, const Index* at, T* out) noexcept {
    const gather_geometry g = value_of(geometry);
    for (std::int64_t o = 0; o < g.outer; ++o, in += g.extent * g.inner) {
        for (std::int64_t i = 0; i < g.count; ++i, out += g.inner) {
            const auto place = static_cast<std::int64_t>(at[i]);
            if (place >= 0 && place < g.extent) copy_run(in + place * g.inner, out, g.inner);
            else fill_run(out, T(0), g.inner);
        }
    }
}

namespace detail {

// Adds a term and what was lost of earlier ones (Kahan's sum). Where the sum is not finite, nothing is.
template <class T> [[gnu::always_inline]] inline void add_with_loss(T term, T& sum, T& lost) noexcept {
    const T wanted = term - lost, next = sum + wanted, error = (next - sum) - wanted;
    lost = math::equals(error - error, T(0)) ? error : T(0);
    sum = next;
}

template <class T, class Index, class Geometry>
inline void add_slices(Geometry geometry, const T* updates, const Index* at, [[maybe_unused]] T* lost,
                       T* out) noexcept {
    const gather_geometry g = value_of(geometry);
    const bool keeps = std::is_floating_point_v<T> && scatter_scratch(g) > 0;
    for (std::int64_t o = 0; o < g.outer; ++o, out += g.extent * g.inner) {
        if (keeps) fill_run(lost, T(0), g.extent * g.inner);
        for (std::int64_t i = 0; i < g.count; ++i, updates += g.inner) {
            const auto place = static_cast<std::int64_t>(at[i]);
            if (place < 0 || place >= g.extent) continue;
            T* const to = out + place * g.inner;
            if constexpr (std::is_floating_point_v<T>) {
                if (keeps) {
                    T* const lost_there = lost + place * g.inner;
                    for (std::int64_t e = 0; e < g.inner; ++e) add_with_loss(updates[e], to[e], lost_there[e]);
                    continue;
                }
            }
            for (std::int64_t e = 0; e < g.inner; ++e) to[e] = math::wrapping_add(to[e], updates[e]);
        }
    }
}

}  // namespace detail

template <class T, class Index, class Geometry>
inline void scatter(Geometry geometry, const T* updates, const Index* at, T* scratch, T* out) noexcept {
    const gather_geometry g = value_of(geometry);
    fill_run(out, T(0), g.outer * g.extent * g.inner);
    detail::add_slices(geometry, updates, at, scratch, out);
}

template <class T, class Index, class Geometry>
inline void scatter_add(Geometry geometry, const T* in, const Index* at, const T* updates, T* scratch,
                        T* out) noexcept {
    const gather_geometry g = value_of(geometry);
    copy_run(in, out, g.outer * g.extent * g.inner);
    detail::add_slices(geometry, updates, at, scratch, out);
}

/// Slices of a copy replaced, in the order of the positions: the last one of a place stays. `out` may be `in`.
template <class T, class Index, class Geometry>
inline void scatter_update(Geometry geometry, const T* in, const Index* at, const T* updates, T* out) noexcept {
    const gather_geometry g = value_of(geometry);
    if (in != out) copy_run(in, out, g.outer * g.extent * g.inner);
    for (std::int64_t o = 0; o < g.outer; ++o, out += g.extent * g.inner)
        for (std::int64_t i = 0; i < g.count; ++i, updates += g.inner) {
            const auto place = static_cast<std::int64_t>(at[i]);
            if (place >= 0 && place < g.extent) copy_run(updates, out + place * g.inner, g.inner);
        }
}

template <> struct entry<kernel_tag::gather> {
    template <class Geometry, class T, class Index>
    static void run(Geometry geometry, T* out, const T* in, const Index* at) noexcept {
        gather(geometry, in, at, out);
    }
};
template <> struct entry<kernel_tag::scatter> {
    template <class Geometry, class T, class Index>
    static void run(Geometry geometry, T* out, const T* updates, const Index* at,
                    std::byte* scratch = nullptr) noexcept {
        scatter(geometry, updates, at, reinterpret_cast<T*>(scratch), out);
    }
};
template <> struct entry<kernel_tag::scatter_update> {
    template <class Geometry, class T, class Index>
    static void run(Geometry geometry, T* out, const T* in, const Index* at, const T* updates) noexcept {
        scatter_update(geometry, in, at, updates, out);
    }
};
template <> struct entry<kernel_tag::scatter_add> {
    template <class Geometry, class T, class Index>
    static void run(Geometry geometry, T* out, const T* in, const Index* at, const T* updates,
                    std::byte* scratch = nullptr) noexcept {
        scatter_add(geometry, in, at, updates, reinterpret_cast<T*>(scratch), out);
    }
};

}  // namespace ambit::kernel_parts
