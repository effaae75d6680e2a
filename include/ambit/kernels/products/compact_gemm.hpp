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
#include <ambit/kernels/vectors/entry.hpp>
#include <ambit/math/bfloat16.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>
#include <utility>

namespace AMBIT_NAMESPACE::kernel_parts {

namespace detail {

/// A weight as it is stored, without its scale.
template <weight_format Format>
using stored_weight = std::conditional_t<Format == weight_format::bfloat16, std::uint16_t, std::int8_t>;

constexpr float widened(std::uint16_t weight) { return math::from_bfloat16(weight); }
constexpr float widened(std::int8_t weight) { return static_cast<float>(weight); }

#if defined(__SSE2__) && !defined(AMBIT_SCALAR)
[[gnu::always_inline]] inline __m128 widened_by_4(const std::uint16_t* from) noexcept {
    const __m128i halves = _mm_loadl_epi64(reinterpret_cast<const __m128i*>(from));
    return _mm_castsi128_ps(_mm_unpacklo_epi16(_mm_setzero_si128(), halves));
}
[[gnu::always_inline]] inline __m128 widened_by_4(const std::int8_t* from) noexcept {
    std::int32_t four;
    std::memcpy(&four, from, sizeof four);
    const __m128i bytes = _mm_cvtsi32_si128(four), twice = _mm_unpacklo_epi8(bytes, bytes);
    return _mm_cvtepi32_ps(_mm_srai_epi32(_mm_unpacklo_epi16(twice, twice), 24));  // the byte on top of its lane
}
#endif
#if defined(__AVX2__)
[[gnu::always_inline]] inline __m256 widened_by_8(const std::uint16_t* from) noexcept {
    const __m128i halves = _mm_loadu_si128(reinterpret_cast<const __m128i*>(from));
    return _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_cvtepu16_epi32(halves), 16));
}
[[gnu::always_inline]] inline __m256 widened_by_8(const std::int8_t* from) noexcept {
    return _mm256_cvtepi32_ps(_mm256_cvtepi8_epi32(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(from))));
}
#endif
#if defined(__AVX512F__)
[[gnu::always_inline]] inline __m512 widened_by_16(const std::uint16_t* from) noexcept {
    const __m256i halves = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(from));
    return _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32(halves), 16));
}
[[gnu::always_inline]] inline __m512 widened_by_16(const std::int8_t* from) noexcept {
    return _mm512_cvtepi32_ps(_mm512_cvtepi8_epi32(_mm_loadu_si128(reinterpret_cast<const __m128i*>(from))));
}
#endif

#if XSIMD_WITH_NEON && !defined(AMBIT_SCALAR)
[[gnu::always_inline]] inline float32x4_t widened_by_4(const std::uint16_t* from) noexcept {
    return vreinterpretq_f32_u32(vshll_n_u16(vld1_u16(from), 16));
}
[[gnu::always_inline]] inline float32x4_t widened_by_4(const std::int8_t* from) noexcept {
    std::int32_t four;
    std::memcpy(&four, from, sizeof four);
    const int16x8_t halves = vmovl_s8(vreinterpret_s8_s32(vdup_n_s32(four)));
    return vcvtq_f32_s32(vmovl_s16(vget_low_s16(halves)));
}
#endif

/// Bytes in a file that a model uses in place are aligned to nothing.
template <class T> [[gnu::always_inline]] inline T read_anywhere(const T* from) noexcept {
    T value;
    std::memcpy(&value, from, sizeof value);
    return value;
}

/// A vector of weights as floats, lane by lane where there is no instruction: xsimd 8.1 converts between numbers of one
/// size alone.
template <class V, class Stored> [[gnu::always_inline]] inline V load_widened(const Stored* from) noexcept {
    if constexpr (lanes<V> == 1) {
        return widened(read_anywhere(from));
    } else {
#if defined(__AVX512F__)
        if constexpr (sizeof(V) == 64) return widened_by_16(from);
        else
#endif
#if defined(__AVX2__)
        if constexpr (sizeof(V) == 32) return widened_by_8(from);
        else
#endif
#if (defined(__SSE2__) || XSIMD_WITH_NEON) && !defined(AMBIT_SCALAR)
        if constexpr (sizeof(V) == 16) return widened_by_4(from);
        else
#endif
            return [from]<std::size_t... I>(std::index_sequence<I...>) {
                return V({widened(read_anywhere(from + I))...});
            }(std::make_index_sequence<static_cast<std::size_t>(lanes<V>)>{});
    }
}

/// Vectors of weights for a tile (tile.hpp). A load that is not `Partial` reads whole vectors, behind a row, too.
template <class Stored> struct widened_operand {
    const Stored* data;
    std::int64_t step, last;

    template <std::int64_t Width> [[gnu::always_inline]] widened_operand from(std::int64_t k) const noexcept {
        return {data + k * step, step, last};
    }

    template <bool Partial, class V, std::size_t Vectors>
    [[gnu::always_inline]] void load(std::int64_t k, V (&vectors)[Vectors]) const noexcept {
        constexpr auto width = static_cast<std::int64_t>(Vectors) * lanes<V>;
        constexpr std::int64_t steps_ahead = 8;
        if constexpr (!Partial) prefetch<width>(data + (k + steps_ahead) * step);
        AMBIT_UNROLL for (std::size_t v = 0; v < Vectors; ++v) {
            const Stored* const at = data + k * step + static_cast<std::int64_t>(v) * lanes<V>;
            if (Partial && v + 1 == Vectors) vectors[v] = load_first<V>(at);
            else vectors[v] = load_widened<V>(at);
        }
    }

private:
    template <class V> [[gnu::always_inline]] V load_first(const Stored* from) const noexcept {
        Stored buffer[static_cast<std::size_t>(lanes<V>)] = {};
        std::memcpy(buffer, from, static_cast<std::size_t>(last) * sizeof(Stored));
        return load_widened<V>(buffer);
    }
};

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
    const float* scales;  // null where there are none
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
        if constexpr (has_scales) scale(sums, column, last);
        sums.emit_to(epilogue, row, 1, column, last);
    }

    template <int Rows, int Vectors, int Chains>
    [[gnu::always_inline]] void scale(tile<Rows, Vectors, V, Chains>& sums, std::int64_t column,
                                      std::int64_t last) const noexcept {
        AMBIT_UNROLL for (int v = 0; v < Vectors; ++v) {
            const std::int64_t count = v + 1 < Vectors ? width : last;
            alignas(64) float buffer[static_cast<std::size_t>(width)] = {};
            std::memcpy(buffer, scales + column + v * width, static_cast<std::size_t>(count) * sizeof(float));
            const V by = load_vector<V>(buffer);
            AMBIT_UNROLL for (int r = 0; r < Rows; ++r) AMBIT_UNROLL for (int chain = 0; chain < Chains; ++chain)
                sums.sums[sums.at(chain, r, v)] = sums.sums[sums.at(chain, r, v)] * by;
        }
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

/// Where the rows of weights begin.
template <weight_format Format>
[[gnu::always_inline]] inline const stored_weight<Format>* rows_of(const std::byte* weights, std::int64_t n) noexcept {
    const std::int64_t begin = Format == weight_format::int8 ? rows_of_scales * n : 0;
    return reinterpret_cast<const stored_weight<Format>*>(weights + begin);
}

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
                       run_type::has_scales ? reinterpret_cast<const float*>(weights) : nullptr,
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
        // Weights have no other type; dynamic models ask for kernels of all.
        if constexpr (std::is_same_v<T, float>)
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
