// SPDX-License-Identifier: BSL-1.0
// Arrays of random numbers from Philox4x32-10: what element e gets depends on the state and e, on nothing else.
//
//     const std::int64_t state[] = {key, call};
//     random(random_geometry{…}, state, out);
//
// Sixteen blocks of Philox make a group, counted by the elements' place and by the call. An element of float32, or of a
// mask, takes one word: 64 elements a group, and element `16 j + p` of a group takes word j of its block `p / 2 + 8 (p
// % 2)`. An element of any other type takes two: 32 elements a group, and element `16 j + b` takes words 2 j (the upper
// half) and 2 j + 1 of block b. This order needs no shuffling and has nothing to do with the width of vectors: AVX2,
// AVX-512 and scalars give the same bits, wherever the machine has a fused multiply-add.
#pragma once

#include <ambit/math/philox.hpp>
#include <ambit/math/wide.hpp>
#include <ambit/contract/random.hpp>
#include <ambit/core/static_value.hpp>
#include <ambit/kernels/vectors/entry.hpp>
#include <ambit/kernels/vectors/simd.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <type_traits>

namespace AMBIT_NAMESPACE::kernel_parts {

namespace random_detail {

inline constexpr std::size_t blocks = 16;

/// The lower halves multiplied; the upper ones are ignored.
template <class Arch>
[[gnu::always_inline]] inline xsimd::batch<std::uint64_t, Arch> wide_product(const xsimd::batch<std::uint64_t, Arch>& a,
                                                                             std::uint32_t b) noexcept {
    using words = xsimd::batch<std::uint64_t, Arch>;
#if defined(__AVX512F__)
    if constexpr (words::size == 8) return _mm512_mul_epu32(a, words(b));
#endif
#if defined(__AVX2__)
    if constexpr (words::size == 4) return _mm256_mul_epu32(a, words(b));
#endif
#if defined(__SSE2__) && !defined(AMBIT_SCALAR)
    if constexpr (words::size == 2) return _mm_mul_epu32(a, words(b));
#endif
    return (a & words(0xFFFFFFFF)) * words(b);
}

/// A group of Philox blocks; the upper halves of the words are noise.
template <class Arch> struct group {
    using words = xsimd::batch<std::uint64_t, Arch>;
    static constexpr std::size_t lanes = words::size, vectors = blocks / lanes;
    static_assert(lanes >= 2 && lanes <= 8);

    [[gnu::always_inline]] group(std::uint64_t number, const std::int64_t* state) noexcept {
        const auto key = static_cast<std::uint64_t>(state[0]), call = static_cast<std::uint64_t>(state[1]);
        auto k0 = static_cast<std::uint32_t>(key), k1 = static_cast<std::uint32_t>(key >> 32);
        alignas(64) std::uint64_t place[blocks];
        for (std::size_t b = 0; b < blocks; ++b) place[b] = number * blocks + b;
        AMBIT_UNROLL for (std::size_t v = 0; v < vectors; ++v) {
            word[0][v] = words::load_aligned(place + v * lanes);
            word[1][v] = words(number * blocks >> 32);
            word[2][v] = words(call);
            word[3][v] = words(call >> 32);
        }
        // Not expanded: a round is long enough, and ten of them were a tenth of what is compiled of a small trainer.
        for (int round = 0; round < 10; ++round) {
            AMBIT_UNROLL for (std::size_t v = 0; v < vectors; ++v) {
                const words even = wide_product(word[0][v], 0xD2511F53), odd = wide_product(word[2][v], 0xCD9E8D57);
                word[0][v] = (odd >> 32) ^ word[1][v] ^ words(k0);
                word[2][v] = (even >> 32) ^ word[3][v] ^ words(k1);
                word[1][v] = odd;
                word[3][v] = even;
            }
            k0 += 0x9E3779B9;
            k1 += 0xBB67AE85;
        }
    }

    /// 64 words, and 32 pairs of them.
    [[gnu::always_inline]] void store(std::uint32_t* out) const noexcept {
        AMBIT_UNROLL for (std::size_t j = 0; j < 4; ++j) AMBIT_UNROLL for (std::size_t v = 0; v < vectors / 2; ++v) {
            const words two = (word[j][v] & words(0xFFFFFFFF)) | (word[j][v + vectors / 2] << 32);
            alignas(64) std::uint64_t pairs[lanes];
            two.store_aligned(pairs);
            std::memcpy(out + j * blocks + v * 2 * lanes, pairs, sizeof pairs);
        }
    }
    [[gnu::always_inline]] void store(std::uint64_t* out) const noexcept {
        AMBIT_UNROLL for (std::size_t j = 0; j < 2; ++j) AMBIT_UNROLL for (std::size_t v = 0; v < vectors; ++v) {
            const words two = (word[2 * j][v] << 32) | (word[2 * j + 1][v] & words(0xFFFFFFFF));
            two.store_aligned(out + j * blocks + v * lanes);
        }
    }

    words word[4][vectors];
};

/// `out[e] = convert(bits of e)`, group by group; each conversion sees whole groups, so that an element's place in the
/// array changes nothing.
template <class T, class Bits, class Convert>
[[gnu::always_inline]] inline void for_each_group(std::int64_t count, const std::int64_t* state, T* out,
                                                  const Convert& convert) noexcept {
    constexpr std::int64_t size = 64 * 4 / std::int64_t{sizeof(Bits)};
    alignas(64) Bits bits[std::size_t{size}];
    alignas(64) T rest[std::size_t{size}];
    // One loop, since a group is a thousand instructions: the last one, if it is not whole, goes by way of `rest`.
    for (std::int64_t done = 0; done < count; done += size) {
        const bool is_whole = count - done >= size;
        group<kernel_arch>(static_cast<std::uint64_t>(done / size), state).store(bits);
        convert(bits, is_whole ? out + done : rest);
        if (!is_whole) std::memcpy(out + done, rest, static_cast<std::size_t>(count - done) * sizeof(T));
    }
}

/// c0 + t (c1 + t (c2 + …)), multiply-adds only.
template <class V> [[gnu::always_inline]] inline V polynomial(const V&, double last) noexcept { return V(last); }
template <class V, class... Rest>
[[gnu::always_inline]] inline V polynomial(const V& t, double first, Rest... rest) noexcept {
    return multiply_add(t, polynomial(t, rest...), V(first));
}

/// -log x for 0 < x <= 1, to within 1e-10. x = 2^whole m with 1 <= m < 2, and log m = log √2 + 2 artanh((m - √2) / (m +
/// √2)).
template <class V> [[gnu::always_inline]] inline V minus_log(const V& x) noexcept {
    using bits = xsimd::batch<std::uint64_t, typename V::arch_type>;
    const bits all = xsimd::bitwise_cast<bits>(x);
    const V whole = xsimd::bitwise_cast<V>((all >> 52) | bits(0x4330000000000000)) - V(0x1p52 + 1023);
    const V mantissa = xsimd::bitwise_cast<V>((all & bits(0x000FFFFFFFFFFFFF)) | bits(0x3FF0000000000000));
    constexpr double root = 0x1.6a09e667f3bcdp+0;
    const V s = (mantissa - V(root)) / (mantissa + V(root));
    const V series = polynomial(V(s * s), 2.0, 2.0 / 3, 2.0 / 5, 2.0 / 7, 2.0 / 9, 2.0 / 11, 2.0 / 13);
    return -multiply_add(V(whole + V(0.5)), V(0x1.62e42fefa39efp-1), V(s * series));
}

/// z with Φ(z) = 1/2 + q for -1/2 < q < 1/2, to within 1e-8 of it: z / q is a smooth function of w = -log(1 - 4 q²),
/// and of its root further out. The form is that of M. Giles, "Approximating the erfinv function", 2011; the
/// coefficients are Chebyshev fits of z / q, for w up to 6.25 and for its root up to 6.25.
template <class V> [[gnu::always_inline]] inline V normal_quantile(const V& q) noexcept {
    const V twice = xsimd::abs(q) * V(2.0);
    const V w = minus_log(V((V(1.0) - twice) * (V(1.0) + twice)));
    V ratio = polynomial(V(w - V(3.125)), 0x1.2b57ec65dc5a3p+2, 0x1.5bc9443ff2abep-1, -0x1.179b277efec74p-6,
                         -0x1.1299472fcd644p-9, 0x1.14e964ddd4088p-11, -0x1.4965f9e374fcdp-15, -0x1.034d7543a9902p-18,
                         0x1.41cc6cc96e199p-20, -0x1.5f1f799c8f8ebp-24, -0x1.9a050264630b1p-27, 0x1.90e974734a1e5p-29,
                         -0x1.d642a5335a44cp-34, -0x1.346b517ac83dap-35, 0x1.0f87d2b342dfap-38);
    const auto is_far = w > V(6.25);
    if (xsimd::any(is_far)) {
        const V far_out =
            polynomial(V(xsimd::sqrt(w) - V(4.375)), 0x1.7dd0338f60ee3p+3, 0x1.6db4b9f8a3dddp+1, 0x1.75ac03d5dc789p-10,
                       -0x1.7b02ac935441ap-10, 0x1.027545c8cce42p-11, -0x1.2aaf791c76cddp-13, 0x1.bfb2ac3fae4adp-15,
                       -0x1.383b346c2ec19p-16, 0x1.5ff514d326759p-24, -0x1.aa5a7638646b4p-19, 0x1.9a97e9d5b6488p-18,
                       -0x1.f79d9e3e2a6fap-20, -0x1.bee8b50f31c8bp-22, 0x1.99878390b4867p-23);
        ratio = xsimd::select(is_far, far_out, ratio);
    }
    return q * ratio;
}

/// A half-open interval's middle in (-1/2, 1/2): the bits as a signed number, moved by half a unit. Exact.
[[gnu::always_inline]] inline double centred(std::uint32_t bits) noexcept {
    return (static_cast<double>(static_cast<std::int32_t>(bits)) + 0.5) * 0x1p-32;
}
[[gnu::always_inline]] inline double centred(std::uint64_t bits) noexcept {
    return (static_cast<double>(static_cast<std::int64_t>(bits) >> 11) + 0.5) * 0x1p-53;
}

/// mean + deviation · z where Φ(z) - 1/2 is uniform in (-reach, reach).
template <class T>
inline void normal(std::int64_t count, const std::int64_t* state, double mean, double deviation, double reach,
                   T* out) noexcept {
    using bits_of_one = std::conditional_t<std::is_same_v<T, float>, std::uint32_t, std::uint64_t>;
    using vector = xsimd::batch<double, kernel_arch>;
    constexpr std::size_t size = 64 * 4 / sizeof(bits_of_one), lanes = vector::size;
    for_each_group<T, bits_of_one>(count, state, out, [&](const bits_of_one* bits, T* to) {
        alignas(64) double values[size];
        for (std::size_t i = 0; i < size; ++i) values[i] = centred(bits[i]);
        for (std::size_t i = 0; i < size; i += lanes) {
            const vector q = vector::load_aligned(values + i) * vector(2 * reach);
            multiply_add(normal_quantile(q), vector(deviation), vector(mean)).store_aligned(values + i);
        }
        for (std::size_t i = 0; i < size; ++i) to[i] = static_cast<T>(values[i]);
    });
}

/// In [low, high): multiples of 2^-24 (float32) or 2^-53 of the interval's width, rounded. What rounding moves to the
/// end of the interval, which is no part of it, becomes its beginning.
template <class T>
inline void uniform(std::int64_t count, const std::int64_t* state, double low, double high, T* out) noexcept {
    if constexpr (std::is_floating_point_v<T>) {
        using bits_of_one = std::conditional_t<std::is_same_v<T, float>, std::uint32_t, std::uint64_t>;
        constexpr std::size_t size = 64 * 4 / sizeof(bits_of_one);
        constexpr int unused = static_cast<int>(8 * sizeof(bits_of_one)) - std::numeric_limits<T>::digits;
        constexpr T unit = std::numeric_limits<T>::epsilon() / 2;
        const T first = static_cast<T>(low), width = static_cast<T>(high - low), end = static_cast<T>(high);
        for_each_group<T, bits_of_one>(count, state, out, [&](const bits_of_one* bits, T* to) {
            for (std::size_t i = 0; i < size; ++i) {
                using whole = std::make_signed_t<bits_of_one>;
                const T share = static_cast<T>(static_cast<whole>(bits[i] >> unused)) * unit;
                const T value = multiply_add(share, width, first);
                to[i] = value < end ? value : first;
            }
        });
    } else {
        using math::wide;
        const auto first = static_cast<std::uint64_t>(static_cast<std::int64_t>(low));  // wraps around, as the sum
        const auto width = static_cast<std::uint64_t>(static_cast<std::int64_t>(high)) - first;
        for_each_group<T, std::uint64_t>(count, state, out, [&](const std::uint64_t* bits, T* to) {
            for (int i = 0; i < 32; ++i) {
                const auto share = static_cast<std::uint64_t>(wide{bits[i]} * width >> 64);
                to[i] = static_cast<T>(static_cast<std::int64_t>(first + share));
            }
        });
    }
}

/// 0 with probability `rate`, to 2^-32, else `kept`.
template <class T>
inline void mask(std::int64_t count, const std::int64_t* state, double rate, double kept, T* out) noexcept {
    const double places = rate * 0x1p32;
    const std::uint32_t dropped = places < 0x1p32 - 1 ? static_cast<std::uint32_t>(places + 0.5) : 0xFFFFFFFF;
    const T value = static_cast<T>(kept);
    for_each_group<T, std::uint32_t>(count, state, out, [&](const std::uint32_t* bits, T* to) {
        for (int i = 0; i < 64; ++i) to[i] = bits[i] >= dropped ? value : T(0);
    });
}

}  // namespace random_detail

/// `count` numbers of `kind`. `state` is a key and the number of the call.
template <class Geometry, class T> inline void random(Geometry geometry, const std::int64_t* state, T* out) noexcept {
    const random_geometry g = value_of(geometry);
    const double first = g.first(), second = g.second();
    constexpr double within_two_deviations = 0x1.e8b4307d3627ap-2;  // Φ(2) - 1/2
    if constexpr (std::is_floating_point_v<T>) {
        switch (g.kind) {
            case random_kind::normal: return random_detail::normal(g.count, state, first, second, 0.5, out);
            case random_kind::truncated_normal:
                return random_detail::normal(g.count, state, first, second, within_two_deviations, out);
            case random_kind::mask: return random_detail::mask(g.count, state, first, second, out);
            default: break;
        }
    }
    random_detail::uniform(g.count, state, first, second, out);
}

template <> struct entry<kernel_tag::random> {
    template <class Geometry, class T> static void run(Geometry geometry, T* out, const std::int64_t* state) noexcept {
        random(geometry, state, out);
    }
};

}  // namespace ambit::kernel_parts
