// SPDX-License-Identifier: BSL-1.0
// The channels of a pixel, one vector after the other, for kernels that treat each channel alike.
//
//     for_channels<V>(64, [&]<class Partial>(Partial, std::int64_t first, std::int64_t count) {
//         store_channels<Partial::value>(out + first, load_channels<Partial::value, V>(in + first, count), count);
//     });
#pragma once

#include <ambit/core/static_value.hpp>
#include <ambit/kernels/vectors/simd.hpp>

#include <cstdint>
#include <type_traits>

namespace AMBIT_NAMESPACE::kernel_parts {

/// `f(is it a part of a vector, first channel, channels)`.
template <class V, class F>
[[gnu::always_inline]] inline void for_channels(std::int64_t channels, const F& f) noexcept {
    std::int64_t c = 0;
    for (; c + lanes<V> <= channels; c += lanes<V>) f(std::false_type{}, c, lanes<V>);
    if constexpr (lanes<V> > 1)
        if (c < channels) f(std::true_type{}, c, channels - c);
}

template <bool Partial, class V>
[[gnu::always_inline]] inline V load_channels(const element_of<V>* from, std::int64_t count) noexcept {
    if constexpr (Partial) return load_partial<V>(from, count, element_of<V>(0));
    else return load_vector<V>(from);
}

template <bool Partial, class V>
[[gnu::always_inline]] inline void store_channels(element_of<V>* to, const V& value, std::int64_t count) noexcept {
    if constexpr (Partial) store_partial(to, value, count);
    else store_vector(to, value);
}

}  // namespace ambit::kernel_parts
