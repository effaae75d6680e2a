// SPDX-License-Identifier: BSL-1.0
// Contiguous elements put into several accumulators, and those into one:
//
//     combine_run<4>(largest, in, extent, maximum{});
//     const T peak = across(combine_chains<4>(largest, maximum{}), maximum{});
#pragma once

#include <ambit/kernels/vectors/combine.hpp>
#include <ambit/kernels/vectors/simd.hpp>

#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <utility>

namespace AMBIT_NAMESPACE::kernel_parts {

// `From` is where elements lie, or what computes them (kernels/reductions/reduce_chain.hpp), which may have its own way
// to go through the accumulators.

// A vector into each accumulator, so many times.
template <int Chains, class V, class From, class Combine>
[[gnu::always_inline]] inline void combine_rounds(V (&value)[std::size_t(Chains)], From from, std::int64_t rounds,
                                                  Combine combine) noexcept {
    if constexpr (requires { from.combine_vectors(value, rounds, combine); }) {
        from.combine_vectors(value, rounds * Chains, combine);
    } else {
        constexpr std::int64_t round = Chains * lanes<V>;
        for (const From end = from + rounds * round; from != end; from += round)
            AMBIT_UNROLL for (int c = 0; c < Chains; ++c) value[c] =
                combine(value[c], load_vector<V>(from + c * lanes<V>));
    }
}

// Fewer elements than the accumulators hold, a vector into each.
template <int Chains, class V, class From, class Combine, int... Chain>
[[gnu::always_inline]] inline void combine_vectors(V (&value)[std::size_t(Chains)], From from, std::int64_t count,
                                                   Combine combine, std::integer_sequence<int, Chain...>) noexcept {
    const auto add = [&]<int C>(std::integral_constant<int, C>) {
        if (count < (C + 1) * lanes<V>) return false;
        value[C] = combine(value[C], load_vector<V>(from + C * lanes<V>));
        return true;
    };
    (add(std::integral_constant<int, Chain>{}) && ...);
}

// The same, and the elements behind the last whole vector into the last accumulator.
template <int Chains, class V, class From, class Combine>
[[gnu::always_inline]] inline void combine_rest(V (&value)[std::size_t(Chains)], From from, std::int64_t count,
                                                Combine combine) noexcept {
    if constexpr (requires { from.combine_vectors(value, count, combine); })
        from.combine_vectors(value, count / lanes<V>, combine);
    else combine_vectors<Chains>(value, from, count, combine, std::make_integer_sequence<int, Chains - 1>{});
    if (const std::int64_t rest = count % lanes<V>; rest > 0) {
        const V last = load_partial<V>(from + (count - rest), rest, combine.template identity<element_of<V>>());
        value[Chains - 1] = combine(value[Chains - 1], last);
    }
}

// Puts `count` contiguous elements into `Chains` accumulators.
template <int Chains, class V, class From, class Combine>
[[gnu::always_inline]] inline void combine_run(V (&value)[std::size_t(Chains)], From from, std::int64_t count,
                                               Combine combine) noexcept {
    if constexpr (lanes<V> == 1) {
        // One chain: g++ 12 at -O3 with AVX-512 miscompiles several of them where they widen int32 to int64.
        for (std::int64_t at = 0; at < count; ++at) value[0] = combine(value[0], static_cast<V>(from[at]));
    } else {
        constexpr std::int64_t round = Chains * lanes<V>;
        combine_rounds<Chains>(value, from, count / round, combine);
        combine_rest<Chains>(value, from + count / round * round, count % round, combine);
    }
}

// All chains put together, halves first.
template <int Chains, class V, class Combine>
[[gnu::always_inline]] inline V combine_chains(const V* value, Combine combine) noexcept {
    if constexpr (Chains == 1) return *value;
    else
        return combine(combine_chains<Chains / 2>(value, combine),
                       combine_chains<Chains - Chains / 2>(value + Chains / 2, combine));
}

}  // namespace ambit::kernel_parts
