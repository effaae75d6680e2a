// SPDX-License-Identifier: BSL-1.0
// The matrix product where both operands are contiguous along k: every element of C is the inner product of two runs.
//
//     inner_products<vector>(gemm_geometry{.m = 1, .n = 500, .k = 784, .transpose_b = 1}, a, b, epilogue);
#pragma once

#include <ambit/core/geometry.hpp>
#include <ambit/kernels/combine.hpp>

#include <cstdint>

namespace ambit::kernels {

namespace detail {

// Rows x Columns elements of C. Two accumulators an element where there are few elements, to hide the latency.
template <int Rows, int Columns, class V, class T, class Epilogue>
[[gnu::always_inline]] inline void inner_product_tile(const T* a, const T* b, std::int64_t k, std::int64_t row,
                                                      std::int64_t column, const Epilogue& epilogue) noexcept {
    constexpr int chains = Rows * Columns <= 2 ? 4 : Rows * Columns <= 4 ? 2 : 1;
    V total[std::size_t(chains)][std::size_t(Rows)][std::size_t(Columns)];
    AMBIT_UNROLL for (int h = 0; h < chains; ++h)
        AMBIT_UNROLL for (int r = 0; r < Rows; ++r)
            AMBIT_UNROLL for (int c = 0; c < Columns; ++c) total[h][r][c] = fill<V>(T(0));
    const auto add = [&]<bool Partial>(std::bool_constant<Partial>, int h, std::int64_t at) {
        const auto read = [&](const T* from) {
            if constexpr (Partial) return load_partial<V>(from + at, k - at, T(0));
            else return load_vector<V>(from + at);
        };
        V left[std::size_t(Rows)];
        AMBIT_UNROLL for (int r = 0; r < Rows; ++r) left[r] = read(a + r * k);
        AMBIT_UNROLL for (int c = 0; c < Columns; ++c) {
            const V right = read(b + c * k);
            AMBIT_UNROLL for (int r = 0; r < Rows; ++r) total[h][r][c] = multiply_add(left[r], right, total[h][r][c]);
        }
    };
    std::int64_t at = 0;
    for (; at + chains * lanes<V> <= k; at += chains * lanes<V>)
        AMBIT_UNROLL for (int h = 0; h < chains; ++h) add(std::false_type{}, h, at + h * lanes<V>);
    for (; at + lanes<V> <= k; at += lanes<V>) add(std::false_type{}, 0, at);
    if (at < k) add(std::true_type{}, chains - 1, at);
    T results[std::size_t(Rows)][std::size_t(Columns)];
    AMBIT_UNROLL for (int r = 0; r < Rows; ++r)
        AMBIT_UNROLL for (int c = 0; c < Columns; ++c) {
            AMBIT_UNROLL for (int h = 1; h < chains; ++h) total[0][r][c] += total[h][r][c];
            results[r][c] = across(total[0][r][c], sum{});
        }
    for (int r = 0; r < Rows; ++r) emit_pieces<Columns>(epilogue, results[r], Columns, row + r, column);
}

template <int Rows, class V, class T, class Epilogue>
[[gnu::always_inline]] inline void inner_product_rows(const gemm_geometry& g, const T* a, const T* b, std::int64_t row,
                                                      const Epilogue& epilogue) noexcept {
    const std::int64_t whole = g.n / 4 * 4;
    for (std::int64_t column = 0; column < whole; column += 4)
        inner_product_tile<Rows, 4, V>(a + row * g.k, b + column * g.k, g.k, row, column, epilogue);
    for (std::int64_t left = 0; left < g.n % 4; ++left)
        inner_product_tile<Rows, 1, V>(a + row * g.k, b + (whole + left) * g.k, g.k, row, whole + left, epilogue);
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

}  // namespace ambit::kernels
