// SPDX-License-Identifier: BSL-1.0
// The matrix product where both operands are contiguous along k: every element of C is the inner product of
// two runs.
//
//     inner_products<vector>(gemm_geometry{.m = 1, .n = 500, .k = 784, .transpose_b = 1}, a, b, epilogue);
#pragma once

#include <ambit/contract/products.hpp>
#include <ambit/kernels/vectors/combine.hpp>
#include <ambit/kernels/products/tile.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace AMBIT_NAMESPACE::kernel_parts {

namespace detail {

// Rows x Columns elements of C. Several accumulators an element where there are few elements, to hide the
// latency.
template <int Rows, int Columns, class V> struct inner_product_tile {
    using T = element_of<V>;
    static constexpr int chains = Rows * Columns <= 2 ? 4 : Rows * Columns <= 4 ? 2 : 1;
    using tile_type = tile<Rows, Columns, V, chains>;
    tile_type products;

    // One vector of every run, `count` elements of it.
    template <int Chain, bool Partial>
    [[gnu::always_inline]] void step(const T* a, const T* b, std::int64_t k, std::int64_t count) noexcept {
        V left[std::size_t(Rows)];
        AMBIT_UNROLL for (int r = 0; r < Rows; ++r) left[r] = read<Partial>(a + r * k, count);
        AMBIT_UNROLL for (int c = 0; c < Columns; ++c) {
            const V right = read<Partial>(b + c * k, count);
            AMBIT_UNROLL for (int r = 0; r < Rows; ++r) {
                V& sum = products.sums[tile_type::at(Chain, r, c)];
                sum = multiply_add(left[r], right, sum);
            }
        }
    }

    [[gnu::always_inline]] void accumulate(const T* a, const T* b, std::int64_t k) noexcept {
        constexpr std::int64_t round = chains * lanes<V>;
        tree_if<std::is_floating_point_v<T>, V, tile_type::count> before;
        std::int64_t at = 0;
        before.run(k / round, products.sums, [&](std::int64_t rounds) {
            for (const std::int64_t end = at + rounds * round; at < end; at += round)
                steps(a + at, b + at, k, std::make_integer_sequence<int, chains>{});
        });
        for (; at + lanes<V> <= k; at += lanes<V>) step<0, false>(a + at, b + at, k, lanes<V>);
        if (at < k) step<chains - 1, true>(a + at, b + at, k, k - at);
        before.add_to(products.sums);
    }

    template <class Epilogue>
    [[gnu::always_inline]] void emit_to(const Epilogue& epilogue, std::int64_t row,
                                        std::int64_t column) const noexcept {
        AMBIT_UNROLL for (int r = 0; r < Rows; ++r) {
            T results[std::size_t(Columns)];
            AMBIT_UNROLL for (int c = 0; c < Columns; ++c) results[c] = across(products.total(r, c), sum{});
            emit_pieces<Columns>(epilogue, results, Columns, row + r, column);
        }
    }

private:
    template <int... H>
    [[gnu::always_inline]] void steps(const T* a, const T* b, std::int64_t k,
                                      std::integer_sequence<int, H...>) noexcept {
        (step<H, false>(a + H * lanes<V>, b + H * lanes<V>, k, lanes<V>), ...);
    }

    template <bool Partial> [[gnu::always_inline]] static V read(const T* from, std::int64_t count) noexcept {
        if constexpr (Partial) return load_partial<V>(from, count, T(0));
        else return load_vector<V>(from);
    }
};

template <int Rows, int Columns, class V, class T, class Epilogue>
[[gnu::always_inline]] inline void inner_product_block(const T* a, const T* b, std::int64_t k, std::int64_t row,
                                                       std::int64_t column, const Epilogue& epilogue) noexcept {
    inner_product_tile<Rows, Columns, V> sums;
    sums.accumulate(a, b, k);
    sums.emit_to(epilogue, row, column);
}

template <int Rows, class V, class T, class Epilogue>
[[gnu::always_inline]] inline void inner_product_rows(const gemm_geometry& g, const T* a, const T* b, std::int64_t row,
                                                      const Epilogue& epilogue) noexcept {
    const std::int64_t whole = g.n / 4 * 4;
    for (std::int64_t column = 0; column < whole; column += 4)
        inner_product_block<Rows, 4, V>(a + row * g.k, b + column * g.k, g.k, row, column, epilogue);
    for (std::int64_t left = 0; left < g.n % 4; ++left)
        inner_product_block<Rows, 1, V>(a + row * g.k, b + (whole + left) * g.k, g.k, row, whole + left, epilogue);
}

}  // namespace detail

template <class V, class T, class Epilogue>
[[gnu::always_inline]] inline void inner_products(const gemm_geometry& g, const T* a, const T* b,
                                                  const Epilogue& epilogue) noexcept {
    std::int64_t row = 0;
    for (; row + 4 <= g.m; row += 4) detail::inner_product_rows<4, V>(g, a, b, row, epilogue);
    if (row + 2 <= g.m) {
        detail::inner_product_rows<2, V>(g, a, b, row, epilogue);
        row += 2;
    }
    if (row < g.m) detail::inner_product_rows<1, V>(g, a, b, row, epilogue);
}

}  // namespace ambit::kernel_parts
