// SPDX-License-Identifier: BSL-1.0
// A fused elementwise loop that ends in a reduction: what the body computes of each batch goes into an accumulator at
// once.
//
//     constexpr reduce_geometry rows{.rank = 2, .extent = {64, 1000}, .reduced = {0, 1}};
//     reduce_chain(rows, chain, out, 0, 64, sum{});           // 64 sums
//
// The body is one of elementwise.hpp. The first value that it answers is put together in rows, in the order of
// reduce.hpp: with the same bits, if no product of the body and the sum that follows become one instruction. The others
// are stored.
#pragma once

#include <ambit/contract/reductions.hpp>
#include <ambit/core/static_value.hpp>
#include <ambit/kernels/arithmetic/elementwise.hpp>
#include <ambit/kernels/reductions/reduce.hpp>
#include <ambit/kernels/vectors/combine_run.hpp>
#include <ambit/kernels/vectors/pair.hpp>
#include <ambit/kernels/vectors/sum_tree.hpp>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <tuple>
#include <type_traits>
#include <utility>

namespace AMBIT_NAMESPACE::kernel_parts {

/// Rows, of which each becomes one result; elements of a row.
constexpr std::int64_t reduced_rows(const reduce_geometry& g) { return g.rank == 2 ? g.extent[0] : 1; }
constexpr std::int64_t elements_of_row(const reduce_geometry& g) { return g.rank > 0 ? g.extent[g.rank - 1] : 1; }

/// A body, the arrays that it reads and those that it writes, all but the first value. `Rows` and `Columns` are how an
/// input moves: from one row to the next, and along a row by 1 or 0.
template <class Body, class Inputs, class Outputs, class Rows, class Columns> struct chain_in_rows {
    Inputs in;
    Outputs out;
};

namespace detail {

// The lanes from `count` on hold `rest`.
template <class V>
[[gnu::always_inline]] inline V first_lanes(const V& value, std::int64_t count, element_of<V> rest) noexcept {
    using T = element_of<V>;
    if constexpr (lanes<V> == 1) {
        return count > 0 ? value : rest;
    } else {
        alignas(64) static constexpr auto numbers = [] {
            struct {
                alignas(64) T lane[static_cast<std::size_t>(lanes<V>)];
            } all{};
            for (std::int64_t i = 0; i < lanes<V>; ++i) all.lane[i] = static_cast<T>(i);
            return all;
        }();
        return xsimd::select(V::load_aligned(numbers.lane) < V(static_cast<T>(count)), value, V(rest));
    }
}

// One row of a chain: computes its elements from some place on, in batches of V, and stores what else is asked for.
template <class V, class Chain, class Input, class Output> class chain_row;

template <class V, class Body, class... In, class... Out, std::int64_t... Row, std::int64_t... Column, std::size_t... I,
          std::size_t... O>
class chain_row<V,
                chain_in_rows<Body, std::tuple<const In*...>, std::tuple<Out*...>,
                              std::integer_sequence<std::int64_t, Row...>,
                              std::integer_sequence<std::int64_t, Column...>>,
                std::index_sequence<I...>, std::index_sequence<O...>> {
    using chain = chain_in_rows<Body, std::tuple<const In*...>, std::tuple<Out*...>,
                                std::integer_sequence<std::int64_t, Row...>,
                                std::integer_sequence<std::int64_t, Column...>>;
    // A body without code for batches is called for one element after the other.
    using B = std::conditional_t<Body::vectorizable, V, element_of<V>>;

public:
    static constexpr bool is_short = detail::is_short<Body>() && Body::vectorizable, has_pairs = takes_pairs<Body, B>();

    [[gnu::always_inline]] chain_row([[maybe_unused]] const chain& all, [[maybe_unused]] std::int64_t row,
                                     [[maybe_unused]] std::int64_t elements) noexcept
        : out_(std::get<O>(all.out) + row * elements...) {
        (std::get<I>(readers_).start(std::get<I>(all.in) + row * Row, Column), ...);
    }

    [[gnu::always_inline]] V whole([[maybe_unused]] std::int64_t at) const noexcept {
        if constexpr (std::is_same_v<B, V>) {
            const auto results = Body{}.template operator()<V>(std::get<I>(readers_).whole(at)...);
            (store_whole<V>(std::get<O>(out_) + at, std::get<O + 1>(results)), ...);
            return std::get<0>(results);
        } else {
            return each(at, lanes<V>, element_of<V>(0));
        }
    }

    // Two batches into two accumulators. (Of a pair as a result g++ 12 keeps a copy in memory.)
    template <class Combine>
    [[gnu::always_inline]] void combine_two(V& first, V& second, [[maybe_unused]] std::int64_t at,
                                            Combine combine) const noexcept {
        const auto results = Body{}.template operator()<vector_pair<V>>(std::get<I>(readers_).two(at)...);
        (store_two<V>(std::get<O>(out_) + at, std::get<O + 1>(results)), ...);
        first = combine(first, std::get<0>(results).first);
        second = combine(second, std::get<0>(results).second);
    }

    [[gnu::always_inline]] V part([[maybe_unused]] std::int64_t at, std::int64_t count,
                                  element_of<V> rest) const noexcept {
        if constexpr (std::is_same_v<B, V>) {
            const auto results = Body{}.template operator()<V>(std::get<I>(readers_).part(at, count)...);
            (store_part<V>(std::get<O>(out_) + at, std::get<O + 1>(results), count), ...);
            return first_lanes(std::get<0>(results), count, rest);
        } else {
            return each(at, count, rest);
        }
    }

    // One element, computed once more; nothing is stored.
    [[gnu::always_inline]] element_of<V> again([[maybe_unused]] std::int64_t at) const noexcept {
        const auto results = Body{}.template operator()<B>(std::get<I>(readers_).part(at, 1)...);
        if constexpr (lanes<B> == 1) return std::get<0>(results);
        else return std::get<0>(results).get(0);
    }

private:
    std::tuple<row_reader<B, In, Column>...> readers_;
    std::tuple<Out*...> out_;

    [[gnu::always_inline]] V each(std::int64_t at, std::int64_t count, element_of<V> rest) const noexcept {
        alignas(64) element_of<V> lane[static_cast<std::size_t>(lanes<V>)];
        fill<V>(rest).store_aligned(lane);
        AMBIT_NO_UNROLL for (std::int64_t i = 0; i < count; ++i) {
            const auto results = Body{}.template operator()<B>(std::get<I>(readers_).whole(at + i)...);
            (store_whole<B>(std::get<O>(out_) + at + i, std::get<O + 1>(results)), ...);
            lane[i] = std::get<0>(results);
        }
        return V::load_aligned(lane);
    }
};

}  // namespace detail

// A place in a row, in the place of a pointer to elements.
template <class Row> struct chain_cursor {
    const Row* row;
    std::int64_t at;

    [[gnu::always_inline]] chain_cursor operator+(std::int64_t elements) const noexcept { return {row, at + elements}; }
    [[gnu::always_inline]] void operator+=(std::int64_t elements) noexcept { at += elements; }
    [[gnu::always_inline]] bool operator!=(const chain_cursor& other) const noexcept { return at != other.at; }
    [[gnu::always_inline]] auto operator[](std::int64_t element) const noexcept { return row->whole(at + element); }

    // The code of a longer body stands once for all accumulators, which lie in memory then: one vector after the other.
    template <class V, std::size_t Chains, class Combine>
        requires(!Row::is_short)
    [[gnu::always_inline]] void combine_vectors(V (&value)[Chains], std::int64_t count,
                                                Combine combine) const noexcept {
        static_assert(Chains % 2 == 0);
        std::int64_t v = 0;
        if constexpr (Row::has_pairs)
            for (; v + 1 < count; v += 2) {
                V* const both = value + static_cast<std::size_t>(v) % Chains;
                row->combine_two(both[0], both[1], at + v * lanes<V>, combine);
            }
        AMBIT_NO_UNROLL for (; v < count; ++v) {
            V& one = value[static_cast<std::size_t>(v) % Chains];
            one = combine(one, row->whole(at + v * lanes<V>));
        }
    }
};

template <class V, class Row> [[gnu::always_inline]] inline V load_vector(const chain_cursor<Row>& from) noexcept {
    return from.row->whole(from.at);
}
template <class V, class Row>
[[gnu::always_inline]] inline V load_partial(const chain_cursor<Row>& from, std::int64_t count,
                                             element_of<V> rest) noexcept {
    return from.row->part(from.at, count, rest);
}

/// One result a row, of rows `first` to before `last`. `out` and what the chain stores are no inputs of it.
template <class T, class Geometry, class Body, class Inputs, class Outputs, class Rows, class Columns, class Combine,
          class Arch = kernel_arch>
    requires std::is_floating_point_v<T>
inline void reduce_chain(Geometry geometry, const chain_in_rows<Body, Inputs, Outputs, Rows, Columns>& chain, T* out,
                         std::int64_t first, std::int64_t last, Combine combine, Arch = {}) noexcept {
    using V = vector_of<T, Arch>;
    using row_type = detail::chain_row<V, chain_in_rows<Body, Inputs, Outputs, Rows, Columns>,
                                       std::make_index_sequence<std::tuple_size_v<Inputs>>,
                                       std::make_index_sequence<std::tuple_size_v<Outputs>>>;
    constexpr int chains = 8;
    constexpr bool in_blocks =
        std::is_base_of_v<sum, Combine> && detail::most_steps<Geometry>(chains * lanes<V>) > block_steps;
    const std::int64_t elements = elements_of_row(value_of(geometry));
    for (std::int64_t r = first; r < last; ++r) {
        const row_type row(chain, r, elements);
        V value[std::size_t(chains)];
        for (V& accumulator : value) accumulator = fill<V>(combine.template identity<T>());
        tree_if<in_blocks, V, chains> before;
        detail::combine_blocks<chains>(value, before, chain_cursor<row_type>{&row, 0}, elements, combine);
        before.add_to(value);
        out[r] = combine.finish(across(combine_chains<chains>(value, combine), combine), elements);
        if constexpr (std::is_base_of_v<mean, Combine>)
            if (!std::isfinite(out[r])) {
                std::int64_t at = 0;
                out[r] = mean_of_large<T>(elements, [&] { return row.again(at++); });
            }
    }
}

}  // namespace ambit::kernel_parts
