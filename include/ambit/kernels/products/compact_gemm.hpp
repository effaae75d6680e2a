// SPDX-License-Identifier: BSL-1.0
// Matrix product with weights in a compact format, which become floats in registers: memory is read once, a half or a
// quarter of it. At batch 1, where a product waits for its weights, that is the time of it.
//
//     constexpr static_value<compact_gemm_geometry{.m = 1, .n = 500, .k = 784}> g;
//     compact_gemm<weight_format::int8>(g, a, bytes, store_epilogue<float>{c, 500});
//
// Sums run in blocks as those of gemm, of the floats that the weights stand for; those of int8 are multiplied by the
// scale of their column at the end. Reads nothing outside of the weights.
#pragma once

#include <ambit/contract/compact_weights.hpp>
#include <ambit/core/static_value.hpp>
#include <ambit/kernels/products/gemm.hpp>
#include <ambit/kernels/products/tile.hpp>
#include <ambit/kernels/products/widened.hpp>
#include <ambit/kernels/vectors/entry.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>

namespace AMBIT_NAMESPACE::kernel_parts {

namespace detail {

template <weight_format Format, class Geometry, class Epilogue, class V> struct compact_gemm_run {
    using stored = stored_weight<Format>;
    static constexpr bool has_scales = Format == weight_format::int8;
    static constexpr std::int64_t width = lanes<V>;

    static constexpr int vectors_of_panel() {
        if constexpr (is_static<Geometry>) {
            constexpr compact_gemm_geometry g = Geometry::value;
            return panel_vectors<V>(cut_rows(g.m, most_rows<V>).tall, ceiling_divide(g.n, width));
        } else {
            return 2;
        }
    }
    static constexpr int vectors = vectors_of_panel();
    static constexpr std::int64_t panel = vectors * width;
    /// Rows of C as `for_row_tiles` takes them: late, tiles of few sizes will do.
    static constexpr std::int64_t rows_of_c() {
        if constexpr (is_static<Geometry>) return Geometry::value.m;
        else return -2;
    }

    Geometry geometry;
    const float* a;
    const stored* b;
    const std::byte* scales;  // null where there are none
    const Epilogue& epilogue;
    std::int64_t first = 0, end = 0;  // of the columns

    // A tile of `Rows` rows and up to `Vectors` vectors, of the last one `last` columns.
    template <int Rows, int Vectors>
    [[gnu::always_inline]] void one(std::int64_t row, std::int64_t column, std::int64_t last) const noexcept {
        const compact_gemm_geometry g = value_of(geometry);
        const broadcast_operand<float> left{a + row * g.k, g.k, 1};
        const widened_operand<stored> right{b + column, g.n, last};
        // A vector that ends behind its row reads the next one's weights, which nobody asks for; the last rows have no
        // next one.
        const std::int64_t end_of_vectors = column + Vectors * width;
        const std::int64_t over = (std::max)(end_of_vectors - g.n, std::int64_t{0});
        const std::int64_t whole = (std::max)(g.k - ceiling_divide(over, g.n), std::int64_t{0});
        tile<Rows, Vectors, V, chains_for(Rows * Vectors, 64)> sums;
        typename decltype(sums)::tree before;
        sums.template accumulate_blocks<false, 0>(left, right, whole, before);
        before.add_to(sums.sums);
        for (std::int64_t k = whole; k < g.k; ++k) sums.template step<true, 0>(left, right, k);
        if constexpr (has_scales) scale_columns(sums, scales + column * std::int64_t{sizeof(float)}, last);
        sums.emit_to(epilogue, row, 1, column, last);
    }

    // A row of tiles.
    template <int Rows> [[gnu::always_inline]] void rows(std::int64_t row) const noexcept {
        std::int64_t column = first;
        for (; column + panel <= end; column += panel) one<Rows, vectors>(row, column, width);
        if constexpr (is_static<Geometry>) {
            constexpr std::int64_t rest = Geometry::value.n % panel;
            if constexpr (rest > 0) {
                constexpr int used = static_cast<int>(ceiling_divide(rest, width));
                if (column < end) one<Rows, used>(row, column, rest - (used - 1) * width);
            }
        } else {
            if (column + width < end) one<Rows, 2>(row, column, end - column - width);
            else if (column < end) one<Rows, 1>(row, column, end - column);
        }
    }
};

/// Columns that are computed together, which threads share out (entry.hpp).
template <compact_gemm_geometry G> constexpr std::int64_t columns_of_part() {
    if constexpr (!is_vectorized<float>) return G.n;
    else
        return compact_gemm_run<weight_format::int8, static_value<G>, store_epilogue<float>,
                                typename decltype(fitting<float, kernel_arch, G.n>())::type>::panel;
}

template <weight_format Format, class V, class Geometry, class Epilogue>
inline void compact_gemm_columns(Geometry geometry, const float* a, const std::byte* weights, const Epilogue& epilogue,
                                 std::int64_t first, std::int64_t end) noexcept {
    const compact_gemm_geometry g = value_of(geometry);
    using run_type = compact_gemm_run<Format, Geometry, Epilogue, V>;
    const run_type run{geometry,
                       a,
                       rows_of<Format>(weights, g.n),
                       run_type::has_scales ? weights : nullptr,
                       epilogue,
                       first,
                       end};
    for_row_tiles<run_type::rows_of_c(), V>(g.m, run);
}

template <weight_format Format, class Epilogue>
inline void compact_gemm_scalar(const compact_gemm_geometry& g, const float* a, const std::byte* weights,
                                const Epilogue& epilogue) noexcept {
    const auto* const b = rows_of<Format>(weights, g.n);
    for (std::int64_t i = 0; i < g.m; ++i)
        for (std::int64_t j = 0; j < g.n; ++j) {
            float sum = 0;
            for (std::int64_t k = 0; k < g.k; ++k)
                sum = multiply_add(a[i * g.k + k], widened(read_anywhere(b + k * g.n + j)), sum);
            if constexpr (Format == weight_format::int8)
                sum *= read_anywhere(reinterpret_cast<const float*>(weights) + j);
            epilogue(sum, i, j);
        }
}

}  // namespace detail

/// `epilogue(v, row, column)` for every vector or element of `C[m,n] = A[m,k] · B[k,n]`, in no particular order.
/// `weights` are the bytes of B, wherever they lie.
template <weight_format Format, class Geometry, class Epilogue, class Arch = kernel_arch>
inline void compact_gemm(Geometry geometry, const float* a, const std::byte* weights, const Epilogue& epilogue,
                         Arch = {}) noexcept {
    if constexpr (!is_vectorized<float>) {
        detail::compact_gemm_scalar<Format>(value_of(geometry), a, weights, epilogue);
    } else {
        constexpr auto fit = [] {
            if constexpr (is_static<Geometry>) return fitting<float, Arch, Geometry::value.n>();
            else return std::type_identity<xsimd::batch<float, Arch>>{};
        }();
        using V = typename decltype(fit)::type;
        detail::compact_gemm_columns<Format, V>(geometry, a, weights, epilogue, 0, value_of(geometry).n);
    }
}

template <weight_format Format> struct entry<kernel_tag::compact_gemm<Format>> {
    template <class Geometry, class T, class Epilogue>
    static void run(Geometry geometry, const T* left, const T* right, T*, Epilogue& epilogue) noexcept {
        static_assert(std::is_same_v<T, float>);
        compact_gemm<Format>(geometry, left, reinterpret_cast<const std::byte*>(right), epilogue);
    }
    template <class T, compact_gemm_geometry G> static constexpr std::int64_t parts() {
        return ceiling_divide(G.n, detail::columns_of_part<G>());
    }
    template <class T, compact_gemm_geometry G, class Epilogue>
    static void run_parts(static_value<G> geometry, const T* left, const T* right, T*, const Epilogue& epilogue,
                          std::int64_t first, std::int64_t last) noexcept {
        const auto* const weights = reinterpret_cast<const std::byte*>(right);
        if constexpr (is_vectorized<T>) {
            using V = typename decltype(fitting<T, kernel_arch, G.n>())::type;
            constexpr std::int64_t part = detail::columns_of_part<G>();
            detail::compact_gemm_columns<Format, V>(geometry, left, weights, epilogue, first * part,
                                                    (std::min)(last * part, G.n));
        } else {
            compact_gemm<Format>(geometry, left, weights, epilogue);
        }
    }
    static constexpr std::int64_t columns(const compact_gemm_geometry& g) { return g.n; }
};

}  // namespace ambit::kernel_parts
