// SPDX-License-Identifier: BSL-1.0
// Transposition of a matrix that is part of a larger array, in squares that fit a register.
//
//     transpose_plane(in, in_stride, out, out_stride, rows, columns);     // out[j][i] = in[i][j]
#pragma once

#include <ambit/kernels/vectors/simd.hpp>

#include <cstdint>

namespace AMBIT_NAMESPACE::kernel_parts {

namespace detail {

// A 128-bit register of T: the widest in which zip_lo and zip_hi of xsimd mean the same on every
// architecture.
template <class T> constexpr auto square_vector() {
    if constexpr (is_vectorized<T>) {
        using V = batch_of<T, static_cast<std::int64_t>(16 / sizeof(T))>;
        return std::type_identity<std::conditional_t<std::is_void_v<V>, T, V>>{};
    } else {
        return std::type_identity<T>{};
    }
}

// A square of as many rows as V has lanes.
template <class V, class T>
[[gnu::always_inline]] inline void transpose_square(const T* in, std::int64_t in_stride, T* out,
                                                    std::int64_t out_stride) noexcept {
    if constexpr (lanes<V> == 4) {
        const V a = load_vector<V>(in), b = load_vector<V>(in + in_stride);
        const V c = load_vector<V>(in + 2 * in_stride), d = load_vector<V>(in + 3 * in_stride);
        const V ac_low = xsimd::zip_lo(a, c), ac_high = xsimd::zip_hi(a, c);
        const V bd_low = xsimd::zip_lo(b, d), bd_high = xsimd::zip_hi(b, d);
        store_vector(out, V(xsimd::zip_lo(ac_low, bd_low)));
        store_vector(out + out_stride, V(xsimd::zip_hi(ac_low, bd_low)));
        store_vector(out + 2 * out_stride, V(xsimd::zip_lo(ac_high, bd_high)));
        store_vector(out + 3 * out_stride, V(xsimd::zip_hi(ac_high, bd_high)));
    } else if constexpr (lanes<V> == 2) {
        const V a = load_vector<V>(in), b = load_vector<V>(in + in_stride);
        store_vector(out, V(xsimd::zip_lo(a, b)));
        store_vector(out + out_stride, V(xsimd::zip_hi(a, b)));
    } else {
        *out = *in;
    }
}

// The same for any number of rows and columns.
template <class V, class T>
[[gnu::noinline]] inline void transpose_rest(const T* in, std::int64_t in_stride, T* out, std::int64_t out_stride,
                                             std::int64_t rows, std::int64_t columns) noexcept {
    constexpr std::int64_t side = lanes<V>;
    const std::int64_t whole_rows = rows / side * side, whole_columns = columns / side * side;
    for (std::int64_t j = 0; j < whole_columns; j += side)
        for (std::int64_t i = 0; i < whole_rows; i += side)
            transpose_square<V>(in + i * in_stride + j, in_stride, out + j * out_stride + i, out_stride);
    for (std::int64_t j = 0; j < columns; ++j)
        for (std::int64_t i = j < whole_columns ? whole_rows : 0; i < rows; ++i)
            out[j * out_stride + i] = in[i * in_stride + j];
}

}  // namespace detail

/// `out[j * out_stride + i] = in[i * in_stride + j]` for `i < rows`, `j < columns`.
template <class T>
inline void transpose_plane(const T* in, std::int64_t in_stride, T* out, std::int64_t out_stride, std::int64_t rows,
                            std::int64_t columns) noexcept {
    using V = typename decltype(detail::square_vector<T>())::type;
    constexpr std::int64_t side = lanes<V>, block = 16;
    const std::int64_t whole_rows = rows / block * block, whole_columns = columns / block * block;
    for (std::int64_t c = 0; c < whole_columns; c += block)
        for (std::int64_t r = 0; r < whole_rows; r += block)
            for (std::int64_t i = r; i < r + block; i += side) {
                const T* from = in + i * in_stride + c;
                T* to = out + c * out_stride + i;
                AMBIT_UNROLL for (std::int64_t j = 0; j < block; j += side)
                    detail::transpose_square<V>(from + j, in_stride, to + j * out_stride, out_stride);
            }
    if (whole_rows < rows)
        detail::transpose_rest<V>(in + whole_rows * in_stride, in_stride, out + whole_rows, out_stride,
                                  rows - whole_rows, columns);
    if (whole_columns < columns)
        detail::transpose_rest<V>(in + whole_columns, in_stride, out + whole_columns * out_stride, out_stride,
                                  whole_rows, columns - whole_columns);
}

}  // namespace ambit::kernel_parts
