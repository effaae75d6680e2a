// SPDX-License-Identifier: BSL-1.0
// One elementwise op over a block whose extents and strides are known at run time only (contract/block.hpp).
//
//     struct relu_body { template <class V> V operator()(const V& x) const; };
//     block_loop<xsimd::batch<float>, float, float>(call, relu_body{});       // float from one operand of floats
//
// Elements of the last batch of a row that lie behind the end hold 1, as in `elementwise`.
#pragma once

#include <ambit/contract/block.hpp>
#include <ambit/kernels/arithmetic/elementwise.hpp>

#include <cstddef>
#include <cstdint>
#include <tuple>
#include <utility>

namespace AMBIT_NAMESPACE::kernel_parts {

namespace detail {

// Reads one operand of a row. One that stays the same is read from a vector full of it, so that all operands are read
// alike.
template <class V, class Element> struct block_reader {
    static constexpr bool is_mask = !std::is_same_v<Element, element_of<V>>;
    using value = std::conditional_t<is_mask, mask_of<V>, V>;
    const Element* from;
    std::int64_t step, ahead;
    alignas(64) Element same[static_cast<std::size_t>(lanes<V>)];

    // A single element is read once, before the first row.
    [[gnu::always_inline]] void start(const Element* first, std::int64_t row, std::int64_t column) noexcept {
        if (row == 0 && column == 0) hold(*first);
    }
    [[gnu::always_inline]] void start_row(const Element* at, std::int64_t row, std::int64_t column) noexcept {
        step = column;
        from = column != 0 ? at : same;
        if (column == 0 && row != 0) hold(*at);
    }
    // The machine foresees what follows in a row, not where the next one begins: `distance` elements from here.
    [[gnu::always_inline]] void look_ahead(std::int64_t distance) noexcept { ahead = step != 0 ? distance : 0; }
    [[gnu::always_inline]] void prefetch(std::int64_t at) const noexcept {
        __builtin_prefetch(from + at * step + ahead);
    }
    [[gnu::always_inline]] void hold(Element element) noexcept {
        AMBIT_UNROLL for (std::int64_t i = 0; i < lanes<V>; ++i) same[i] = element;
    }
    [[gnu::always_inline]] value whole(std::int64_t at) const noexcept {
        if constexpr (is_mask) return load_mask<V>(from + at * step);
        else return load_vector<V>(from + at * step);
    }
    [[gnu::always_inline]] auto two(std::int64_t at) const noexcept {
        return pair_of<V>(whole(at), whole(at + lanes<V>));
    }
    [[gnu::always_inline]] value part(std::int64_t at, std::int64_t count) const noexcept {
        if constexpr (is_mask) return load_partial_mask<V>(from + at * step, count);
        else return load_partial<V>(from + at * step, count, Element(1));
    }
};

// The same where the compiler knows that the operand has all elements of a row, or one of them: nothing is chosen while
// the loop runs, and what stays the same stays in a register.
template <class V> struct line_reader {
    const element_of<V>* from;
    std::int64_t ahead;

    [[gnu::always_inline]] void start(const element_of<V>*, std::int64_t, std::int64_t) noexcept {}
    [[gnu::always_inline]] void start_row(const element_of<V>* at, std::int64_t, std::int64_t) noexcept { from = at; }
    [[gnu::always_inline]] void look_ahead(std::int64_t distance) noexcept { ahead = distance; }
    [[gnu::always_inline]] void prefetch(std::int64_t at) const noexcept { __builtin_prefetch(from + at + ahead); }
    [[gnu::always_inline]] V whole(std::int64_t at) const noexcept { return load_vector<V>(from + at); }
    [[gnu::always_inline]] auto two(std::int64_t at) const noexcept {
        return pair_of<V>(whole(at), whole(at + lanes<V>));
    }
    [[gnu::always_inline]] V part(std::int64_t at, std::int64_t count) const noexcept {
        return load_partial<V>(from + at, count, element_of<V>(1));
    }
};
template <class V> struct held_reader {
    V held;

    [[gnu::always_inline]] void start(const element_of<V>* first, std::int64_t row, std::int64_t) noexcept {
        if (row == 0) held = fill<V>(*first);
    }
    [[gnu::always_inline]] void start_row(const element_of<V>* at, std::int64_t row, std::int64_t) noexcept {
        if (row != 0) held = fill<V>(*at);
    }
    [[gnu::always_inline]] void look_ahead(std::int64_t) noexcept {}
    [[gnu::always_inline]] void prefetch(std::int64_t) const noexcept {}
    [[gnu::always_inline]] V whole(std::int64_t) const noexcept { return held; }
    [[gnu::always_inline]] auto two(std::int64_t) const noexcept { return pair_of<V>(held, held); }
    [[gnu::always_inline]] V part(std::int64_t, std::int64_t) const noexcept { return held; }
};
// `Column` is the stride along a row, -1 where the compiler does not know it.
template <class V, class Element, int Column>
using reader_of = std::conditional_t < Column<0 || !std::is_same_v<Element, element_of<V>>, block_reader<V, Element>,
                                              std::conditional_t<Column == 1, line_reader<V>, held_reader<V>>>;

// Rows of a block, or of a whole array: addresses and strides of what is read, addresses of what is written, the row
// stride of that.
struct block_access {
    std::int64_t rows, columns;
    const std::byte* const* in;
    const std::int64_t *row, *column;
    std::byte* const* out;
    std::int64_t out_row;
};

// The body answers a tuple. What lies in memory rather than in a block may be asked for a row ahead.
template <class V, bool Prefetches, class... Out, class... In, int... Column, class Body, std::size_t... O,
          std::size_t... I>
[[gnu::always_inline]] inline void block_rows(const block_access& all, const Body& asked, std::tuple<Out*...>,
                                              std::tuple<In*...>, std::integer_sequence<int, Column...>,
                                              std::index_sequence<O...>, std::index_sequence<I...>) noexcept {
    const Body body = asked;  // its options stay in registers: no store is one of them
    std::int64_t rows = all.rows, columns = all.columns;
    // Rows that lie one behind the other are one.
    const auto is_joined = [&](std::int64_t row, std::int64_t column) { return row == columns * column; };
    if (rows > 1 && is_joined(all.out_row, 1) && (true && ... && is_joined(all.row[I], all.column[I]))) {
        columns *= rows;
        rows = 1;
    }
    std::tuple<reader_of<V, In, Column>...> readers;
    (std::get<I>(readers).start(reinterpret_cast<const In*>(all.in[I]), all.row[I], all.column[I]), ...);
    for (std::int64_t r = 0; r < rows; ++r) {
        const std::tuple<Out*...> out{reinterpret_cast<Out*>(all.out[O]) + r * all.out_row...};
        (std::get<I>(readers).start_row(reinterpret_cast<const In*>(all.in[I]) + r * all.row[I], all.row[I],
                                        all.column[I]),
         ...);
        std::int64_t at = 0;
        // Two rows below, for one is over before it is there; behind the last ones the first rows of the block on the
        // right, as kernels mostly finish them.
        if constexpr (Prefetches) {
            const std::int64_t below = r + 2 < rows ? 2 : 2 - rows, right = rows > 2 && r + 2 >= rows ? columns : 0;
            (std::get<I>(readers).look_ahead(rows > 2 ? below * all.row[I] + right : 0), ...);
        }
        if constexpr (takes_pairs<Body, V>())
            for (; at + 2 * lanes<V> <= columns; at += 2 * lanes<V>) {
                if constexpr (Prefetches) {
                    (std::get<I>(readers).prefetch(at), ...);
                    (std::get<I>(readers).prefetch(at + lanes<V>), ...);
                }
                const auto results = body.template operator()<vector_pair<V>>(std::get<I>(readers).two(at)...);
                (store_two<V>(std::get<O>(out) + at, std::get<O>(results)), ...);
            }
        for (; at + lanes<V> <= columns; at += lanes<V>) {
            if constexpr (Prefetches) (std::get<I>(readers).prefetch(at), ...);
            const auto results = body.template operator()<V>(std::get<I>(readers).whole(at)...);
            (store_whole<V>(std::get<O>(out) + at, std::get<O>(results)), ...);
        }
        if constexpr (lanes<V> > 1)
            if (at < columns) {
                const auto results = body.template operator()<V>(std::get<I>(readers).part(at, columns - at)...);
                (store_part<V>(std::get<O>(out) + at, std::get<O>(results), columns - at), ...);
            }
    }
}

// A body whose only result is an element of a tuple.
template <class Body> struct in_tuple {
    static constexpr bool interleaves = [] {
        if constexpr (requires { Body::interleaves; }) return Body::interleaves;
        else return false;
    }();
    Body body;
    template <class V, class... In> [[gnu::always_inline]] auto operator()(const In&... in) const noexcept {
        return std::make_tuple(body.template operator()<V>(in...));
    }
};

}  // namespace detail

/// `out = body(in…)`, batches of V at a time. `Out` and `In` are the element type of V, or bool.
template <class V, class Out, class... In, class Body>
inline void block_loop(const block_call& call, const Body& body) noexcept {
    detail::block_rows<V, false>({call.rows, call.columns, call.in, call.row, call.column, &call.out, call.out_row},
                                 detail::in_tuple<Body>{body}, std::tuple<Out*>(), std::tuple<In*...>(),
                                 std::integer_sequence<int, (static_cast<void>(static_cast<In*>(nullptr)), -1)...>(),
                                 std::index_sequence<0>(), std::index_sequence_for<In...>());
}

/// The same of a chain of ops, whose body answers a tuple of all that is stored; the rows may be those of whole arrays.
/// `Outs` and `Ins` are tuples of pointers, `Columns` what is known of the inputs' strides along a row: 0, 1 or, for
/// nothing, -1.
template <class V, class Outs, class Ins, class Columns, class Body>
inline void chain_loop(const chain_call& call, const Body& body) noexcept {
    detail::block_rows<V, true>({call.rows, call.columns, call.in, call.row, call.column, call.out, call.out_row}, body,
                                Outs(), Ins(), Columns(), std::make_index_sequence<std::tuple_size_v<Outs>>(),
                                std::make_index_sequence<std::tuple_size_v<Ins>>());
}

}  // namespace ambit::kernel_parts
