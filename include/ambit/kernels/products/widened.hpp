// SPDX-License-Identifier: BSL-1.0
// Compact weights as floats: how kernels read bytes of a weight_format, wherever these lie.
//
//     const V eight = load_widened<V>(rows_of<weight_format::int8>(bytes, n) + k * n);    // without their scales
#pragma once

#include <ambit/contract/compact_weights.hpp>
#include <ambit/kernels/products/tile.hpp>
#include <ambit/kernels/vectors/simd.hpp>
#include <ambit/math/bfloat16.hpp>

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

/// As many scales of int8 as there are lanes, those behind the first `count` zeros.
template <class V> [[gnu::always_inline]] inline V load_scales(const std::byte* from, std::int64_t count) noexcept {
    alignas(64) float buffer[static_cast<std::size_t>(lanes<V>)] = {};
    std::memcpy(buffer, from, static_cast<std::size_t>(count) * sizeof(float));
    return load_vector<V>(buffer);
}

/// Multiplies what a tile has summed up by the scales of its columns; its last vector has `last` of them.
template <int Rows, int Vectors, class V, int Chains, std::int64_t Longest>
[[gnu::always_inline]] inline void scale_columns(tile<Rows, Vectors, V, Chains, Longest>& of, const std::byte* scales,
                                                 std::int64_t last) noexcept {
    AMBIT_UNROLL for (int v = 0; v < Vectors; ++v) {
        const std::int64_t column = v * lanes<V>;
        const V by = load_scales<V>(scales + column * std::int64_t{sizeof(float)}, v + 1 < Vectors ? lanes<V> : last);
        AMBIT_UNROLL for (int r = 0; r < Rows; ++r) AMBIT_UNROLL for (int chain = 0; chain < Chains; ++chain)
            of.sums[of.at(chain, r, v)] = of.sums[of.at(chain, r, v)] * by;
    }
}

/// Where the rows of weights begin.
template <weight_format Format>
[[gnu::always_inline]] inline const stored_weight<Format>* rows_of(const std::byte* weights, std::int64_t n) noexcept {
    const std::int64_t begin = Format == weight_format::int8 ? rows_of_scales * n : 0;
    return reinterpret_cast<const stored_weight<Format>*>(weights + begin);
}

}  // namespace detail

}  // namespace ambit::kernel_parts
