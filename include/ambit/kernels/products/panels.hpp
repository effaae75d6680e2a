// SPDX-License-Identifier: BSL-1.0
// Copies of a matrix in panels: some columns of it, row after row without gaps, as gemm and convolution read them.
//
//     pack_panels(b, n, 1, k, n, 32, packed);             // panel p begins at packed + p * 32 * k
#pragma once

#include <ambit/kernels/arrays/plane.hpp>

#include <algorithm>
#include <cstdint>

namespace AMBIT_NAMESPACE::kernel_parts {

/// Copies `count` columns of a matrix of `k` rows into panels of `width` columns; columns behind the last one are zero.
template <class T>
inline void pack_panels(const T* b, std::int64_t row_stride, std::int64_t column_stride, std::int64_t k,
                        std::int64_t count, std::int64_t width, T* packed) noexcept {
    for (std::int64_t first = 0; first < count; first += width, packed += k * width) {
        const std::int64_t columns = (std::min)(width, count - first);
        const T* from = b + first * column_stride;
        if (column_stride == 1) {
            for (std::int64_t row = 0; row < k; ++row) {
                T* to = packed + row * width;
                const T* source = from + row * row_stride;
                for (std::int64_t j = 0; j < columns; ++j) to[j] = source[j];
                for (std::int64_t j = columns; j < width; ++j) to[j] = T(0);
            }
        } else {
            transpose_plane(from, column_stride, packed, width, columns, k);
            for (std::int64_t row = 0; row < k; ++row)
                for (std::int64_t j = columns; j < width; ++j) packed[row * width + j] = T(0);
        }
    }
}

}  // namespace ambit::kernel_parts
