// SPDX-License-Identifier: BSL-1.0
// Bool values beside a batch of numbers: masks in registers, one byte each in memory, 0 or 1.
//
//     const mask_of<vector> keep = load_mask<vector>(flags);          // as many flags as the vector has lanes
//     store_mask<vector>(out, keep && x > vector(0));
//     store_vector(y, select(keep, x, vector(0)));
//
// Beside a scalar a mask is a bool.
#pragma once

#include <ambit/kernels/vectors/simd.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>

namespace AMBIT_NAMESPACE::kernel_parts {

namespace detail {
template <class V> struct mask {
    using type = bool;
};
template <class T, class Arch> struct mask<xsimd::batch<T, Arch>> {
    using type = xsimd::batch_bool<T, Arch>;
};
}  // namespace detail

/// A bool for each lane of V.
template <class V> using mask_of = typename detail::mask<V>::type;

namespace detail {

/// Bit i of the result is lane i.
template <class V> [[gnu::always_inline]] inline std::uint64_t bits_of(const mask_of<V>& mask) noexcept {
    if constexpr (sizeof(mask.data) <= 8) {  // AVX-512 keeps masks as bits
        return static_cast<std::uint64_t>(mask.data);
    } else {
        [[maybe_unused]] constexpr std::size_t width = sizeof(element_of<V>), bytes = width * V::size;
#if defined(__AVX2__)
        if constexpr (bytes == 32 && width == 4)
            return static_cast<unsigned>(_mm256_movemask_ps(__builtin_bit_cast(__m256, mask.data)));
        if constexpr (bytes == 32 && width == 8)
            return static_cast<unsigned>(_mm256_movemask_pd(__builtin_bit_cast(__m256d, mask.data)));
#endif
#if defined(__SSE2__)
        if constexpr (bytes == 16 && width == 4)
            return static_cast<unsigned>(_mm_movemask_ps(__builtin_bit_cast(__m128, mask.data)));
        if constexpr (bytes == 16 && width == 8)
            return static_cast<unsigned>(_mm_movemask_pd(__builtin_bit_cast(__m128d, mask.data)));
#endif
        std::uint64_t bits = 0;
        for (std::size_t lane = 0; lane < V::size; ++lane) bits |= std::uint64_t{mask.get(lane)} << lane;
        return bits;
    }
}

/// Eight bits as eight bytes of 0 or 1, the lowest first.
[[gnu::always_inline]] inline std::uint64_t bytes_of_bits(std::uint64_t bits) noexcept {
    const std::uint64_t kept = (bits & 0xFF) * 0x0101010101010101U & 0x8040201008040201U;  // bit i in byte i
    return ((kept + 0x7F7F7F7F7F7F7F7FU) >> 7) & 0x0101010101010101U;
}

}  // namespace detail

/// As many flags as V has lanes.
template <class V> [[gnu::always_inline]] inline mask_of<V> load_mask(const bool* from) noexcept {
    if constexpr (lanes<V> == 1) {
        return *from;
    } else {
        using M = mask_of<V>;
        [[maybe_unused]] constexpr std::size_t width = sizeof(element_of<V>), bytes = width * V::size;
#if defined(__AVX512BW__) && defined(__AVX512VL__)
        if constexpr (bytes == 64 && width == 4) {
            const __m128i flags = _mm_loadu_si128(reinterpret_cast<const __m128i*>(from));
            return M(_mm_test_epi8_mask(flags, flags));
        }
        if constexpr (bytes == 64 && width == 8) {
            const __m128i flags = _mm_loadl_epi64(reinterpret_cast<const __m128i*>(from));
            return M(static_cast<__mmask8>(_mm_test_epi8_mask(flags, flags)));
        }
#endif
#if defined(__AVX2__)
        if constexpr (bytes == 32) {
            std::uint64_t raw = 0;
            std::memcpy(&raw, from, V::size);
            const __m128i flags = _mm_cvtsi64_si128(static_cast<std::int64_t>(raw));
            const __m256i wide = width == 4 ? _mm256_cvtepu8_epi32(flags) : _mm256_cvtepu8_epi64(flags);
            const __m256i mask = width == 4 ? _mm256_cmpgt_epi32(wide, _mm256_setzero_si256())
                                            : _mm256_cmpgt_epi64(wide, _mm256_setzero_si256());
            return M(__builtin_bit_cast(typename M::register_type, mask));
        }
#endif
        return M::load_unaligned(from);
    }
}

/// The first `count` flags; the other lanes are true. Reads nothing behind the last one. 0 <= count <= lanes.
template <class V>
[[gnu::always_inline]] inline mask_of<V> load_partial_mask(const bool* from, std::int64_t count) noexcept {
    bool flags[static_cast<std::size_t>(lanes<V>)];
    std::memset(flags, 1, sizeof(flags));
    std::memcpy(flags, from, static_cast<std::size_t>(count));
    return load_mask<V>(flags);
}

template <class V> [[gnu::always_inline]] inline void store_mask(bool* to, const mask_of<V>& mask) noexcept {
    if constexpr (lanes<V> == 1) {
        *to = mask;
    } else {
        const std::uint64_t bits = detail::bits_of<V>(mask);
#if defined(__AVX512BW__) && defined(__AVX512VL__)
        if constexpr (V::size == 16) {
            _mm_storeu_si128(reinterpret_cast<__m128i*>(to), _mm_maskz_set1_epi8(static_cast<__mmask16>(bits), 1));
            return;
        }
#endif
        for (std::size_t lane = 0; lane < V::size; lane += 8) {
            const std::uint64_t bytes = detail::bytes_of_bits(bits >> lane);
            std::memcpy(to + lane, &bytes, V::size < 8 ? V::size : 8);
        }
    }
}

/// Writes the first `count` flags and nothing behind them. 0 <= count <= lanes.
template <class V>
[[gnu::always_inline]] inline void store_partial_mask(bool* to, const mask_of<V>& mask, std::int64_t count) noexcept {
    bool flags[static_cast<std::size_t>(lanes<V>)];
    store_mask<V>(flags, mask);
    std::memcpy(to, flags, static_cast<std::size_t>(count));
}

}  // namespace ambit::kernel_parts
