// SPDX-License-Identifier: BSL-1.0
// Position of the maximum along the middle axis of `[outer, extent, inner]`; the result is `[outer, inner]`.
//
//     argmax(axis_geometry{.outer = 32, .extent = 10}, logits, classes);
//
// The first of equal maxima wins. A NaN counts as the maximum: the first NaN wins.
#pragma once

#include <ambit/core/geometry.hpp>
#include <ambit/core/static_value.hpp>
#include <ambit/kernels/entry.hpp>
#include <ambit/kernels/reduce.hpp>
#include <ambit/kernels/scalar.hpp>

#include <cstdint>

namespace ambit::kernels {

namespace detail {

// A long row: its maximum first, then the first place that holds it.
template <class V, class T> inline std::int32_t argmax_row(const T* in, std::int64_t extent) noexcept {
    constexpr int chains = 4;
    V value[std::size_t(chains)];
    for (V& chain : value) chain = fill<V>(maximum::identity<T>());
    combine_run<chains>(value, in, extent, maximum{});
    const T largest = across(combine_chains<chains>(value, maximum{}), maximum{});
    const bool is_number = largest == largest;
    const V wanted = fill<V>(largest);
    std::int64_t at = 0;
    for (; at + lanes<V> <= extent; at += lanes<V>) {
        const V x = load_vector<V>(in + at);
        if (xsimd::any(is_number ? x == wanted : xsimd::isnan(x))) break;
    }
    while (at + 1 < extent && (is_number ? in[at] != largest : in[at] == in[at])) ++at;
    return static_cast<std::int32_t>(at);
}

}  // namespace detail

template <class T, class Geometry, class Arch = xsimd::default_arch>
inline void argmax(Geometry geometry, const T* in, std::int32_t* out, Arch = {}) noexcept {
    const axis_geometry g = value_of(geometry);
    if constexpr (is_vectorized<T>) {
        using V = xsimd::batch<T, Arch>;
        if (g.inner == 1 && g.extent >= 2 * lanes<V>) {
            for (std::int64_t o = 0; o < g.outer; ++o) out[o] = detail::argmax_row<V>(in + o * g.extent,
                                                                                      g.extent);
            return;
        }
    }
    scalar::argmax(g, in, out);
}

template <> struct entry<kernel_tag::argmax> {
    template <class Geometry, class T> static void run(std::int32_t* out, const T* in) noexcept {
        argmax(Geometry{}, in, out);
    }
};

}  // namespace ambit::kernels
