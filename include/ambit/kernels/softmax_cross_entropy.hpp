// SPDX-License-Identifier: BSL-1.0
// The negative logarithm of what softmax gives the right class, row by row, and how it changes with the logits.
//
//     softmax_cross_entropy(axis_geometry{.outer = 32, .extent = 10}, logits, labels, losses);
//
// Computed from x minus its maximum, so that nothing overflows. A label outside of the row makes its row NaN.
#pragma once

#include <ambit/core/geometry.hpp>
#include <ambit/kernels/entry.hpp>
#include <ambit/kernels/softmax.hpp>

#include <cmath>
#include <cstdint>
#include <limits>

namespace ambit::kernels {

namespace detail {

template <class V, class T>
[[gnu::always_inline]] inline T largest_of(const T* row, std::int64_t extent) noexcept {
    constexpr int chains = 4;
    V largest[std::size_t(chains)];
    for (V& chain : largest) chain = fill<V>(maximum::identity<T>());
    combine_run<chains>(largest, row, extent, maximum{});
    return across(combine_chains<chains>(largest, maximum{}), maximum{});
}

template <class V, class T>
[[gnu::always_inline]] inline T sum_of_powers(const T* row, T shift, std::int64_t extent) noexcept {
    const V by = fill<V>(shift);
    V total = fill<V>(T(0));
    std::int64_t at = 0;
    for (; at + lanes<V> <= extent; at += lanes<V>) total += xsimd::exp(load_vector<V>(row + at) - by);
    if (at < extent)
        total += xsimd::exp(load_partial<V>(row + at, extent - at, -std::numeric_limits<T>::infinity()) - by);
    return across(total, sum{});
}

template <class T, class Geometry, class Arch> constexpr auto row_vector() {
    if constexpr (is_static<Geometry>) return fitting<T, Arch, Geometry::value.extent>();
    else return std::type_identity<xsimd::batch<T, Arch>>{};
}

}  // namespace detail

/// Rows of the last axis: `inner` is 1.
template <class T, class Label, class Geometry, class Arch = xsimd::default_arch>
inline void softmax_cross_entropy(Geometry geometry, const T* logits, const Label* labels, T* out, Arch = {}) noexcept {
    const axis_geometry g = value_of(geometry);
    using V = typename decltype(detail::row_vector<T, Geometry, Arch>())::type;
    for (std::int64_t o = 0; o < g.outer; ++o) {
        const T* const row = logits + o * g.extent;
        const auto label = static_cast<std::int64_t>(labels[o]);
        const T largest = detail::largest_of<V>(row, g.extent);
        const T total = detail::sum_of_powers<V>(row, largest, g.extent);
        out[o] = label < 0 || label >= g.extent ? std::numeric_limits<T>::quiet_NaN()
                                                : std::log(total) - (row[label] - largest);
    }
}

/// (softmax(row) - one at the label) times the upstream gradient of the row.
template <class T, class Label, class Geometry, class Arch = xsimd::default_arch>
inline void softmax_cross_entropy_gradient(Geometry geometry, const T* logits, const Label* labels, const T* upstream,
                                           T* out, Arch = {}) noexcept {
    const axis_geometry g = value_of(geometry);
    using V = typename decltype(detail::row_vector<T, Geometry, Arch>())::type;
    for (std::int64_t o = 0; o < g.outer; ++o) {
        T* const row = out + o * g.extent;
        const auto label = static_cast<std::int64_t>(labels[o]);
        detail::softmax_row<V>(logits + o * g.extent, row, g.extent);
        const bool is_class = label >= 0 && label < g.extent;
        const T factor = is_class ? upstream[o] : std::numeric_limits<T>::quiet_NaN();
        if (is_class) row[label] -= T(1);
        for (std::int64_t e = 0; e < g.extent; ++e) row[e] *= factor;
    }
}

template <> struct entry<kernel_tag::softmax_cross_entropy> {
    template <class Geometry, class T, class Label>
    static void run(T* out, const T* logits, const Label* labels) noexcept {
        softmax_cross_entropy(Geometry{}, logits, labels, out);
    }
};
template <> struct entry<kernel_tag::softmax_cross_entropy_gradient> {
    template <class Geometry, class T, class Label>
    static void run(T* out, const T* logits, const Label* labels, const T* upstream) noexcept {
        softmax_cross_entropy_gradient(Geometry{}, logits, labels, upstream, out);
    }
};

}  // namespace ambit::kernels
