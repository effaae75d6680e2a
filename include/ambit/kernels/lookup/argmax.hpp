// SPDX-License-Identifier: BSL-1.0
// Position of the maximum, or the minimum, along the middle axis of `[outer, extent, inner]`; the result is
// `[outer, inner]`.
//
//     argmax(axis_geometry{.outer = 32, .extent = 10}, logits, classes);
//
// The first of equals wins. A NaN counts as the maximum, and as the minimum: the first NaN wins.
#pragma once

#include <ambit/contract/lookup.hpp>
#include <ambit/core/static_value.hpp>
#include <ambit/kernels/vectors/combine_run.hpp>
#include <ambit/kernels/vectors/entry.hpp>
#include <ambit/kernels/vectors/scalar.hpp>

#include <cstdint>

namespace AMBIT_NAMESPACE::kernel_parts {

namespace detail {

// A long row: its maximum (or minimum) first, then the first place that holds it.
template <class V, class Extreme, class T>
inline std::int32_t arg_extreme_of_row(const T* in, std::int64_t extent, Extreme extreme) noexcept {
    constexpr int chains = 4;
    V value[std::size_t(chains)];
    for (V& chain : value) chain = fill<V>(extreme.template identity<T>());
    combine_run<chains>(value, in, extent, extreme);
    const T largest = across(combine_chains<chains>(value, extreme), extreme);
    const bool is_number = !math::isnan(largest);
    const V wanted = fill<V>(largest);
    std::int64_t at = 0;
    for (; at + lanes<V> <= extent; at += lanes<V>) {
        const V x = load_vector<V>(in + at);
        if (xsimd::any(is_number ? x == wanted : xsimd::isnan(x))) break;
    }
    while (at + 1 < extent && (is_number ? !math::equals(in[at], largest) : !math::isnan(in[at]))) ++at;
    return static_cast<std::int32_t>(at);
}

// Whether the row was long enough.
template <class T, class Extreme, class Arch>
inline bool arg_extreme_of_rows([[maybe_unused]] const axis_geometry& g, [[maybe_unused]] const T* in,
                                [[maybe_unused]] std::int32_t* out, [[maybe_unused]] Extreme extreme, Arch) noexcept {
    if constexpr (is_vectorized<T>) {
        using V = xsimd::batch<T, Arch>;
        if (g.inner == 1 && g.extent >= 2 * lanes<V>) {
            for (std::int64_t o = 0; o < g.outer; ++o)
                out[o] = arg_extreme_of_row<V>(in + o * g.extent, g.extent, extreme);
            return true;
        }
    }
    return false;
}

}  // namespace detail

template <class T, class Geometry, class Arch = kernel_arch>
inline void argmax(Geometry geometry, const T* in, std::int32_t* out, Arch arch = {}) noexcept {
    if (!detail::arg_extreme_of_rows(value_of(geometry), in, out, maximum{}, arch))
        scalar::argmax(value_of(geometry), in, out);
}

template <class T, class Geometry, class Arch = kernel_arch>
inline void argmin(Geometry geometry, const T* in, std::int32_t* out, Arch arch = {}) noexcept {
    if (!detail::arg_extreme_of_rows(value_of(geometry), in, out, minimum{}, arch))
        scalar::argmin(value_of(geometry), in, out);
}

template <> struct entry<kernel_tag::argmax> {
    template <class Geometry, class T> static void run(Geometry geometry, std::int32_t* out, const T* in) noexcept {
        argmax(geometry, in, out);
    }
};
template <> struct entry<kernel_tag::argmin> {
    template <class Geometry, class T> static void run(Geometry geometry, std::int32_t* out, const T* in) noexcept {
        argmin(geometry, in, out);
    }
};

}  // namespace ambit::kernel_parts
