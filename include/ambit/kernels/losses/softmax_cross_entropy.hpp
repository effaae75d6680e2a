// SPDX-License-Identifier: BSL-1.0
// The negative logarithm of what softmax gives the right class, row by row, and how it changes with the logits.
//
//     softmax_cross_entropy(axis_geometry{.outer = 32, .extent = 10}, logits, labels, losses);
//     softmax_cross_entropy_of_probabilities(axis_geometry{…}, logits, probabilities, losses);
//
// Computed from x minus its maximum, so that nothing overflows. A label outside of the row makes its row NaN.
#pragma once

#include <ambit/contract/losses.hpp>
#include <ambit/kernels/functions/softmax_row.hpp>
#include <ambit/kernels/vectors/entry.hpp>

#include <cmath>
#include <cstdint>
#include <limits>

namespace AMBIT_NAMESPACE::kernel_parts {

/// Rows of the last axis: `inner` is 1.
template <class T, class Label, class Geometry, class Arch = kernel_arch>
inline void softmax_cross_entropy(Geometry geometry, const T* logits, const Label* labels, T* out, Arch = {}) noexcept {
    const axis_geometry g = value_of(geometry);
    using V = typename decltype(row_vector<T, Geometry, Arch>())::type;
    for (std::int64_t o = 0; o < g.outer; ++o) {
        const T* const row = logits + o * g.extent;
        const auto label = static_cast<std::int64_t>(labels[o]);
        const T largest = largest_of<V>(row, g.extent);
        const T total = sum_of_powers<V>(row, largest, g.extent);
        out[o] = label < 0 || label >= g.extent ? std::numeric_limits<T>::quiet_NaN()
                                                : logarithm(total) - (row[label] - largest);
    }
}

/// (softmax(row) - one at the label) times the upstream gradient of the row. Where the label is no class: NaN, unless
/// the upstream gradient is 0, as a mask makes it.
template <class T, class Label, class Geometry, class Arch = kernel_arch>
inline void softmax_cross_entropy_gradient(Geometry geometry, const T* logits, const Label* labels, const T* upstream,
                                           T* out, Arch = {}) noexcept {
    const axis_geometry g = value_of(geometry);
    using V = typename decltype(row_vector<T, Geometry, Arch>())::type;
    for (std::int64_t o = 0; o < g.outer; ++o) {
        T* const row = out + o * g.extent;
        const auto label = static_cast<std::int64_t>(labels[o]);
        softmax_row<V>(logits + o * g.extent, row, g.extent);
        const bool is_class = label >= 0 && label < g.extent;
        const bool is_right = is_class || math::equals(upstream[o], T(0));
        const T factor = is_right ? upstream[o] : std::numeric_limits<T>::quiet_NaN();
        if (is_class) row[label] -= T(1);
        for (std::int64_t e = 0; e < g.extent; ++e) row[e] *= factor;
    }
}

/// Σ z (log Σ exp(x) - x) over each row of logits x and of probabilities z, which need not add up to 1. Where z is 0
/// nothing is added, even if x is minus infinity.
template <class T, class Geometry, class Arch = kernel_arch>
inline void softmax_cross_entropy_of_probabilities(Geometry geometry, const T* logits, const T* probabilities, T* out,
                                                   Arch = {}) noexcept {
    const axis_geometry g = value_of(geometry);
    using V = typename decltype(row_vector<T, Geometry, Arch>())::type;
    for (std::int64_t o = 0; o < g.outer; ++o, logits += g.extent, probabilities += g.extent) {
        const T largest = largest_of<V>(logits, g.extent);
        const V shift = fill<V>(logarithm(sum_of_powers<V>(logits, largest, g.extent)));
        const V zero = fill<V>(T(0));
        const auto term = [&](const V& x, const V& z) {
            const V cost = z * (shift - (x - fill<V>(largest)));
            if constexpr (lanes<V> == 1) return math::equals(z, zero) ? zero : cost;
            else return V(xsimd::select(z == zero, zero, cost));
        };
        V total = sum_in_blocks<V>(g.extent / lanes<V>, [&](std::int64_t i) {
            return term(load_vector<V>(logits + i * lanes<V>), load_vector<V>(probabilities + i * lanes<V>));
        });
        if (const std::int64_t rest = g.extent % lanes<V>, at = g.extent - rest; rest > 0)
            total += term(load_partial<V>(logits + at, rest, T(0)), load_partial<V>(probabilities + at, rest, T(0)));
        out[o] = across(total, sum{});
        if (largest != largest) out[o] = largest;
    }
}

template <> struct entry<kernel_tag::softmax_cross_entropy_of_probabilities> {
    template <class Geometry, class T>
    static void run(Geometry geometry, T* out, const T* logits, const T* probabilities) noexcept {
        softmax_cross_entropy_of_probabilities(geometry, logits, probabilities, out);
    }
};
template <> struct entry<kernel_tag::softmax_cross_entropy> {
    template <class Geometry, class T, class Label>
    static void run(Geometry geometry, T* out, const T* logits, const Label* labels) noexcept {
        softmax_cross_entropy(geometry, logits, labels, out);
    }
};
template <> struct entry<kernel_tag::softmax_cross_entropy_gradient> {
    template <class Geometry, class T, class Label>
    static void run(Geometry geometry, T* out, const T* logits, const Label* labels, const T* upstream) noexcept {
        softmax_cross_entropy_gradient(geometry, logits, labels, upstream, out);
    }
};

}  // namespace ambit::kernel_parts
