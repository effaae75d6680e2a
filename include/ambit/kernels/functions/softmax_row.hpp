// SPDX-License-Identifier: BSL-1.0
// What softmax, its logarithm and its losses compute of a row of contiguous elements.
#pragma once

#include <ambit/contract/functions.hpp>
#include <ambit/core/static_value.hpp>
#include <ambit/kernels/vectors/combine_run.hpp>
#include <ambit/kernels/vectors/sum_tree.hpp>

#include <cstdint>
#include <limits>
#include <type_traits>

namespace AMBIT_NAMESPACE::kernel_parts {

/// The vector for rows of this geometry: a narrow one where they are short, as far as the compiler knows.
template <class T, class Geometry, class Arch> constexpr auto row_vector() {
    if constexpr (is_static<Geometry>) return fitting<T, Arch, Geometry::value.extent>();
    else return std::type_identity<xsimd::batch<T, Arch>>{};
}

/// The largest element; NaN if one is.
template <class V, class T> [[gnu::always_inline]] inline T largest_of(const T* row, std::int64_t extent) noexcept {
    constexpr int chains = 4;
    V largest[std::size_t(chains)];
    for (V& chain : largest) chain = fill<V>(maximum::identity<T>());
    combine_run<chains>(largest, row, extent, maximum{});
    return across(combine_chains<chains>(largest, maximum{}), maximum{});
}

/// Σ exp(x - shift).
template <class V, class T>
[[gnu::always_inline]] inline T sum_of_powers(const T* row, T shift, std::int64_t extent) noexcept {
    const V by = fill<V>(shift);
    const V total = sum_in_blocks<V>(
        extent / lanes<V>, [&](std::int64_t i) { return exponential(load_vector<V>(row + i * lanes<V>) - by); });
    const std::int64_t rest = extent % lanes<V>;
    if (rest == 0) return across(total, sum{});
    const V last = load_partial<V>(row + extent - rest, rest, -std::numeric_limits<T>::infinity());
    return across(V(total + exponential(last - by)), sum{});
}

/// Softmax of a row. `out` may be `in`.
template <class V, class T>
[[gnu::always_inline]] inline void softmax_row(const T* in, T* out, std::int64_t extent) noexcept {
    constexpr int chains = 4;
    const T lowest = maximum::identity<T>();
    V largest[std::size_t(chains)];
    for (V& chain : largest) chain = fill<V>(lowest);
    combine_run<chains>(largest, in, extent, maximum{});
    const V shift = fill<V>(across(combine_chains<chains>(largest, maximum{}), maximum{}));
    const std::int64_t rest = extent % lanes<V>, at = extent - rest;
    V total = sum_in_blocks<V>(extent / lanes<V>, [&](std::int64_t i) {
        const V power = exponential(load_vector<V>(in + i * lanes<V>) - shift);
        store_vector(out + i * lanes<V>, power);
        return power;
    });
    V last = fill<V>(T(0));
    if (rest > 0) {
        // Lanes behind the end hold -inf, whose power is zero unless the whole row is NaN anyway.
        last = exponential(load_partial<V>(in + at, rest, lowest) - shift);
        total += last;
    }
    const V scale = fill<V>(T(1) / across(total, sum{}));
    for (std::int64_t done = 0; done < at; done += lanes<V>)
        store_vector(out + done, load_vector<V>(out + done) * scale);
    if (rest > 0) store_partial(out + at, last * scale, rest);
}

}  // namespace ambit::kernel_parts
