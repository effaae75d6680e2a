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
    std::int64_t step;
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
    [[gnu::always_inline]] void hold(Element element) noexcept {
        AMBIT_UNROLL for (std::int64_t i = 0; i < lanes<V>; ++i) same[i] = element;
    }
    [[gnu::always_inline]] value whole(std::int64_t at) const noexcept {
        if constexpr (is_mask) return load_mask<V>(from + at * step);
        else return load_vector<V>(from + at * step);
    }
    [[gnu::always_inline]] value part(std::int64_t at, std::int64_t count) const noexcept {
        if constexpr (is_mask) return load_partial_mask<V>(from + at * step, count);
        else return load_partial<V>(from + at * step, count, Element(1));
    }
};

template <class V, class Out, class... In, class Body, std::size_t... I>
[[gnu::always_inline]] inline void block_rows(const block_call& call, const Body& body,
                                              std::index_sequence<I...>) noexcept {
    std::int64_t rows = call.rows, columns = call.columns;
    // Rows that lie one behind the other are one.
    const auto is_joined = [&](std::int64_t row, std::int64_t column) { return row == columns * column; };
    if (rows > 1 && is_joined(call.out_row, 1) && (true && ... && is_joined(call.row[I], call.column[I]))) {
        columns *= rows;
        rows = 1;
    }
    std::tuple<block_reader<V, In>...> readers;
    (std::get<I>(readers).start(reinterpret_cast<const In*>(call.in[I]), call.row[I], call.column[I]), ...);
    for (std::int64_t r = 0; r < rows; ++r) {
        Out* const out = reinterpret_cast<Out*>(call.out) + r * call.out_row;
        (std::get<I>(readers).start_row(reinterpret_cast<const In*>(call.in[I]) + r * call.row[I], call.row[I],
                                        call.column[I]),
         ...);
        std::int64_t at = 0;
        for (; at + lanes<V> <= columns; at += lanes<V>)
            store_whole<V>(out + at, body.template operator()<V>(std::get<I>(readers).whole(at)...));
        if constexpr (lanes<V> > 1)
            if (at < columns)
                store_part<V>(out + at, body.template operator()<V>(std::get<I>(readers).part(at, columns - at)...),
                              columns - at);
    }
}

}  // namespace detail

/// `out = body(in…)`, batches of V at a time. `Out` and `In` are the element type of V, or bool.
template <class V, class Out, class... In, class Body>
inline void block_loop(const block_call& call, const Body& body) noexcept {
    detail::block_rows<V, Out, In...>(call, body, std::index_sequence_for<In...>{});
}

}  // namespace ambit::kernel_parts
