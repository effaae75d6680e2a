// SPDX-License-Identifier: BSL-1.0
// What the kernels need of a batch beyond xsimd: narrower batches, partial loads and stores, products of integers that
// wrap, and a multiply-add that is one instruction wherever the machine has one.
//
//     using vector = xsimd::batch<float, Arch>;
//     vector x = load_partial<vector>(pointer, 3, 0.0f);     // lanes from 3 on hold 0; reads nothing there
//     store_partial(out, multiply_add(x, x, x), 3);          // writes three elements
#pragma once

#include <ambit/core/namespaces.hpp>

// g++ 12 takes the undefined registers inside its own AVX-512 headers for uninitialized variables of whoever
// inlines them.
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#pragma GCC diagnostic ignored "-Wuninitialized"
#endif
#if defined(AMBIT_SCALAR)
#include <ambit/kernels/vectors/portable.hpp>
#endif
#include <xsimd/xsimd.hpp>
#if defined(AMBIT_SCALAR)  // where it knows no registers, it leaves these out
#include <xsimd/types/xsimd_batch.hpp>
#include <xsimd/types/xsimd_batch_constant.hpp>
#include <xsimd/types/xsimd_traits.hpp>

#include <xsimd/types/xsimd_api.hpp>
#endif
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic pop
#endif

#include <ambit/kernels/vectors/neon.hpp>
#include <ambit/kernels/vectors/unoptimized.hpp>
#include <ambit/math/exponentials.hpp>
#include <ambit/math/scalar.hpp>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>

#if defined(__FAST_MATH__)
#error "ambit: -ffast-math changes what NaN, infinities and sums mean; build without it"
#endif

// Expands the loop that follows, whose trip count is a constant, so that arrays indexed by its counter live
// in registers.
// AMBIT_UNROLL_BY_4 makes four steps of such a loop one, AMBIT_NO_UNROLL leaves it one.
#if defined(__clang__)
#define AMBIT_UNROLL _Pragma("clang loop unroll(full)")
#define AMBIT_UNROLL_BY_4 _Pragma("clang loop unroll_count(4)")
#define AMBIT_NO_UNROLL _Pragma("clang loop unroll(disable)")
#elif defined(__GNUC__)
#define AMBIT_UNROLL _Pragma("GCC unroll 64")
#define AMBIT_UNROLL_BY_4 _Pragma("GCC unroll 4")
#define AMBIT_NO_UNROLL _Pragma("GCC unroll 1")
#else
#define AMBIT_UNROLL
#define AMBIT_UNROLL_BY_4
#define AMBIT_NO_UNROLL
#endif

#if defined(__SSE2__) && !defined(__SSE4_1__) && !defined(AMBIT_SCALAR)
/// Without the instruction of SSE 4.1, xsimd 8.1 multiplies lane by lane, with signed numbers: undefined where they
/// overflow. Here pairs of lanes as unsigned numbers, of whose products the lower halves are the same.
template <class Arch> struct ambit::math::product_of<xsimd::batch<std::int32_t, Arch>> {
    using V = xsimd::batch<std::int32_t, Arch>;
    [[gnu::always_inline]] static V apply(const V& a, const V& b) noexcept {
        static_assert(V::size == 4);
        const __m128i even = _mm_mul_epu32(a, b);
        const __m128i odd = _mm_mul_epu32(_mm_srli_epi64(a, 32), _mm_srli_epi64(b, 32));
        return _mm_unpacklo_epi32(_mm_shuffle_epi32(even, 0b1000), _mm_shuffle_epi32(odd, 0b1000));
    }
};
#endif

namespace AMBIT_NAMESPACE::kernel_parts {

/// What kernels are compiled for: the best that the compiler may use. With AMBIT_REPRODUCIBLE the least of its kind: sums
/// then have the same terms in the same order, and functions the same steps, wherever they run.
#if defined(AMBIT_SCALAR)
using kernel_arch = portable;
#elif defined(AMBIT_REPRODUCIBLE) && defined(__SSE2__)
using kernel_arch = xsimd::sse2;
#else
using kernel_arch = xsimd::default_arch;
#endif

/// Element types the kernels handle in batches; all others take the scalar path. Without vector registers all do, but
/// with AMBIT_REPRODUCIBLE, which needs the same terms in the same order.
template <class T>
#if defined(AMBIT_SCALAR) && !defined(AMBIT_REPRODUCIBLE)
inline constexpr bool is_vectorized = false;
#else
inline constexpr bool is_vectorized =
    std::is_same_v<T, float> || std::is_same_v<T, double> || std::is_same_v<T, std::int32_t>;
#endif

namespace detail {
template <class V> struct lane {
    using type = V;
    static constexpr std::int64_t count = 1;
};
template <class T, class Arch> struct lane<xsimd::batch<T, Arch>> {
    using type = T;
    static constexpr std::int64_t count = static_cast<std::int64_t>(xsimd::batch<T, Arch>::size);
};

template <class T, std::int64_t Lanes> constexpr auto sized() {
    if constexpr (Lanes == 1) return std::type_identity<T>{};
#if defined(AMBIT_REPRODUCIBLE) || defined(AMBIT_SCALAR)
    else if constexpr (Lanes != lane<xsimd::batch<T, kernel_arch>>::count) return std::type_identity<void>{};
    else return std::type_identity<xsimd::batch<T, kernel_arch>>{};
#else
    else return std::type_identity<xsimd::make_sized_batch_t<T, static_cast<std::size_t>(Lanes)>>{};
#endif
}
}  // namespace detail

/// Elements in a batch; 1 for a scalar.
template <class V> inline constexpr std::int64_t lanes = detail::lane<V>::count;

/// Element type of a batch; the type itself for a scalar.
template <class V> using element_of = typename detail::lane<V>::type;

/// The batch of `Lanes` elements: `T` for one, `void` where the machine has no such register.
template <class T, std::int64_t Lanes> using batch_of = typename decltype(detail::sized<T, Lanes>())::type;

/// The batch of `Arch` for a vectorized type, the type itself for any other.
template <class T, class Arch> using vector_of = std::conditional_t<is_vectorized<T>, xsimd::batch<T, Arch>, T>;

/// The narrowest batch that holds `count` elements, at most that of `Arch`.
template <class T, class Arch, std::int64_t Count> constexpr auto fitting() {
    using full = vector_of<T, Arch>;
    if constexpr (lanes<full> <= 2 || Count > lanes<full> / 2) {
        return std::type_identity<full>{};
    } else if constexpr (Count <= 2 && !std::is_void_v<batch_of<T, 2>>) {
        return std::type_identity<batch_of<T, 2>>{};
    } else if constexpr (Count <= 4 && !std::is_void_v<batch_of<T, 4>>) {
        return std::type_identity<batch_of<T, 4>>{};
    } else if constexpr (Count <= 8 && !std::is_void_v<batch_of<T, 8>>) {
        return std::type_identity<batch_of<T, 8>>{};
    } else {
        return std::type_identity<full>{};
    }
}

/// `a * b + c`, rounded once where the machine has such an instruction; integers wrap.
template <class T>
    requires std::is_arithmetic_v<T>
[[gnu::always_inline]] inline T multiply_add(T a, T b, T c) noexcept {
    if constexpr (std::is_integral_v<T>) {
        return math::wrapping_add(math::wrapping_mul(a, b), c);
    } else {
#if defined(AMBIT_FUSES_PRODUCTS)
        return std::fma(a, b, c);
#else
        return a * b + c;
#endif
    }
}

// xsimd 8.1 has no fma for AVX-512, and its narrower architectures under AVX-512 do not know that FMA is
// there.
template <class T, class Arch>
[[gnu::always_inline]] inline xsimd::batch<T, Arch> multiply_add(const xsimd::batch<T, Arch>& a,
                                                                 const xsimd::batch<T, Arch>& b,
                                                                 const xsimd::batch<T, Arch>& c) noexcept {
#if defined(__FMA__) && defined(AMBIT_FUSES_PRODUCTS)
    constexpr std::size_t bytes = sizeof(T) * xsimd::batch<T, Arch>::size;
    if constexpr (std::is_same_v<T, float>) {
#if defined(__AVX512F__)
        if constexpr (bytes == 64) return _mm512_fmadd_ps(a, b, c);
#endif
        if constexpr (bytes == 32) return _mm256_fmadd_ps(a, b, c);
        if constexpr (bytes == 16) return _mm_fmadd_ps(a, b, c);
    } else if constexpr (std::is_same_v<T, double>) {
#if defined(__AVX512F__)
        if constexpr (bytes == 64) return _mm512_fmadd_pd(a, b, c);
#endif
        if constexpr (bytes == 32) return _mm256_fmadd_pd(a, b, c);
        if constexpr (bytes == 16) return _mm_fmadd_pd(a, b, c);
    } else {
        return math::wrapping_mul(a, b) + c;
    }
#elif XSIMD_WITH_NEON64
    if constexpr (std::is_floating_point_v<T>) return xsimd::fma(a, b, c);
    else return math::wrapping_mul(a, b) + c;
#else
    return math::wrapping_mul(a, b) + c;
#endif
}

}  // namespace ambit::kernel_parts

namespace AMBIT_NAMESPACE::math {

template <class T, class Arch> struct product_sum_of<xsimd::batch<T, Arch>> {
    using V = xsimd::batch<T, Arch>;
    [[gnu::always_inline]] static V apply(const V& a, const V& b, const V& c) noexcept {
        return kernel_parts::multiply_add(a, b, c);
    }
};

#if defined(__AVX512F__) && defined(__AVX512VL__) && !defined(AMBIT_REPRODUCIBLE)
// A division of 16 floats occupies the only divider of a processor for 16 cycles (Sapphire Rapids); an inverse that is
// good to 14 bits, and what it is off, take products.
template <class Arch> struct quotient_of<xsimd::batch<float, Arch>> {
    using V = xsimd::batch<float, Arch>;
    [[gnu::always_inline]] static V apply(const V& n, const V& d) noexcept {
        const V inverse = inverse_near(d), estimate = n * inverse;
        const V quotient = xsimd::fma(estimate, xsimd::fnma(d, inverse, V(1.0f)), estimate);
        return quotient | xsimd::bitofsign(n);  // of a zero, too
    }

private:
    [[gnu::always_inline]] static V inverse_near(const V& d) noexcept {
        if constexpr (V::size == 16) return _mm512_rcp14_ps(d);
        else if constexpr (V::size == 8) return _mm256_rcp14_ps(d);
        else return _mm_rcp14_ps(d);
    }
};
#endif

template <class Arch> struct power_of_two_of<xsimd::batch<float, Arch>> {
    using V = xsimd::batch<float, Arch>;
    using whole_numbers = xsimd::batch<std::int32_t, Arch>;
    static constexpr float bias = 127;
    [[gnu::always_inline]] static V in_last_bits(const V& shifted) noexcept {
        return xsimd::bitwise_cast<V>(xsimd::bitwise_cast<whole_numbers>(shifted) << 23);
    }
#if defined(__AVX512F__) && defined(__AVX512VL__) && !defined(AMBIT_REPRODUCIBLE)
    static constexpr int to_nearest = 0;
    // Macros where g++ does not optimize, whose masks change their sign.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wsign-conversion"
    [[gnu::always_inline]] static V nearest(const V& x) noexcept {
        if constexpr (V::size == 16) return _mm512_roundscale_ps(x, to_nearest);
        else if constexpr (V::size == 8) return _mm256_roundscale_ps(x, to_nearest);
        else return _mm_roundscale_ps(x, to_nearest);
    }
#pragma GCC diagnostic pop
    [[gnu::always_inline]] static V times(const V& p, const V& n) noexcept {
        if constexpr (V::size == 16) return _mm512_scalef_ps(p, n);
        else if constexpr (V::size == 8) return _mm256_scalef_ps(p, n);
        else return _mm_scalef_ps(p, n);
    }
#else
    [[gnu::always_inline]] static V nearest(const V& x) noexcept {
        const V shift(0x1.8p23f);  // adding it rounds to an integer
        return (x + shift) - shift;
    }
    // In two steps: 2^n may be no float where the product is one.
    [[gnu::always_inline]] static V times(const V& p, const V& n) noexcept {
        const auto whole = xsimd::to_int(n), half = whole >> 1;
        return (p * power(half)) * power(whole - half);
    }

private:
    [[gnu::always_inline]] static V power(const whole_numbers& n) noexcept {
        return xsimd::bitwise_cast<V>((n + whole_numbers(127)) << 23);
    }
#endif
};

template <class Arch> struct angle_lanes_of<xsimd::batch<float, Arch>> {
    using V = xsimd::batch<float, Arch>;
    [[gnu::always_inline]] static V size(const V& x) noexcept { return abs(x); }
    [[gnu::always_inline]] static bool is_any_above(const V& x, float limit) noexcept { return xsimd::any(x > V(limit)); }
    template <class Function> [[gnu::noinline]] static V each(const V& x, const Function& f) noexcept {
        alignas(64) float lane[V::size];
        x.store_aligned(lane);
        for (float& element : lane) element = f(element);
        return V::load_aligned(lane);
    }
    [[gnu::always_inline]] static V with_signs(const V& y, const V& n, const V& x) noexcept {
        return y ^ (bitofsign(x) ^ xsimd::bitwise_cast<V>(xsimd::to_int(n) << 31));
    }
};

}  // namespace ambit::math

namespace AMBIT_NAMESPACE::kernel_parts {

/// e^x, of scalars the C library's: with AMBIT_REPRODUCIBLE ours, for it has code for each processor.
template <class V> [[gnu::always_inline]] inline V exponential(const V& x) noexcept {
#if !defined(AMBIT_REPRODUCIBLE)
    if constexpr (lanes<V> == 1) return std::exp(x);
#endif
    return math::exp_of(x);
}

/// The logarithm of a scalar, likewise.
template <class T> [[gnu::always_inline]] inline T logarithm(T x) noexcept {
#if defined(AMBIT_REPRODUCIBLE)
    return math::log(x);
#else
    return std::log(x);
#endif
}

/// The same address, of which g++ then knows nothing. Without this g++ -O3 carries elements that neighbouring
/// rows share from one step of a loop to the next through integer registers and the stack (predictive
/// commoning).
template <class T> [[gnu::always_inline]] inline const T* opaque(const T* address) noexcept {
#if defined(__GNUC__) && !defined(__clang__)
    asm("" : "+r"(address));
#endif
    return address;
}

/// The same value in every lane.
template <class V> [[gnu::always_inline]] inline V fill(element_of<V> value) noexcept { return V(value); }

template <class V> [[gnu::always_inline]] inline V load_vector(const element_of<V>* from) noexcept {
    if constexpr (lanes<V> == 1) return *from;
    else return V::load_unaligned(from);
}

template <class T> [[gnu::always_inline]] inline void store_vector(T* to, T value) noexcept { *to = value; }
template <class T, class Arch>
[[gnu::always_inline]] inline void store_vector(T* to, const xsimd::batch<T, Arch>& value) noexcept {
    value.store_unaligned(to);
}

namespace detail {
#if defined(__AVX512F__) && defined(__AVX512VL__)
template <class V>
inline constexpr bool is_masked = std::is_same_v<element_of<V>, float> || std::is_same_v<element_of<V>, double> ||
                                  std::is_same_v<element_of<V>, std::int32_t>;
#elif defined(__AVX__)
template <class V>
inline constexpr bool is_masked = std::is_same_v<element_of<V>, float> || std::is_same_v<element_of<V>, double>;

// Ones in as many bytes as the first `count` elements have.
inline constexpr std::int32_t ones_then_zeros[16] = {-1, -1, -1, -1, -1, -1, -1, -1};
template <class T> [[gnu::always_inline]] inline const __m128i* first_lanes(std::int64_t count) noexcept {
    return reinterpret_cast<const __m128i*>(ones_then_zeros + 8 - count * std::int64_t{sizeof(T) / 4});
}
#else
template <class V> inline constexpr bool is_masked = false;
#endif
}  // namespace detail

/// The first `count` elements; the other lanes hold `rest`. Reads nothing behind the last element. 0 <= count
/// <= lanes.
template <class V>
    requires(!std::is_arithmetic_v<V>)
[[gnu::always_inline]] inline V load_partial(const element_of<V>* from, std::int64_t count,
                                             element_of<V> rest) noexcept {
    using T = element_of<V>;
#if defined(__AVX512F__) && defined(__AVX512VL__)
    if constexpr (detail::is_masked<V>) {
        const auto bits = static_cast<std::uint32_t>((std::uint64_t{1} << count) - 1);
        const V other(rest);
        constexpr std::size_t bytes = sizeof(T) * V::size;
        if constexpr (std::is_same_v<T, float>) {
            if constexpr (bytes == 64) return _mm512_mask_loadu_ps(other, static_cast<__mmask16>(bits), from);
            else if constexpr (bytes == 32) return _mm256_mask_loadu_ps(other, static_cast<__mmask8>(bits), from);
            else return _mm_mask_loadu_ps(other, static_cast<__mmask8>(bits), from);
        } else if constexpr (std::is_same_v<T, double>) {
            if constexpr (bytes == 64) return _mm512_mask_loadu_pd(other, static_cast<__mmask8>(bits), from);
            else if constexpr (bytes == 32) return _mm256_mask_loadu_pd(other, static_cast<__mmask8>(bits), from);
            else return _mm_mask_loadu_pd(other, static_cast<__mmask8>(bits), from);
        } else {
            if constexpr (bytes == 64) return _mm512_mask_loadu_epi32(other, static_cast<__mmask16>(bits), from);
            else if constexpr (bytes == 32) return _mm256_mask_loadu_epi32(other, static_cast<__mmask8>(bits), from);
            else return _mm_mask_loadu_epi32(other, static_cast<__mmask8>(bits), from);
        }
    } else
#elif defined(__AVX__)
    if constexpr (detail::is_masked<V>) {
        const __m128i* const ones = detail::first_lanes<T>(count);
        if constexpr (sizeof(T) * V::size == 32) {
            const __m256i mask = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(ones));
            if constexpr (std::is_same_v<T, float>) {
                const __m256 read = _mm256_maskload_ps(from, mask);
                return math::equals(rest, T(0)) ? read : _mm256_blendv_ps(V(rest), read, _mm256_castsi256_ps(mask));
            } else {
                const __m256d read = _mm256_maskload_pd(from, mask);
                return math::equals(rest, T(0)) ? read : _mm256_blendv_pd(V(rest), read, _mm256_castsi256_pd(mask));
            }
        } else {
            const __m128i mask = _mm_loadu_si128(ones);
            if constexpr (std::is_same_v<T, float>) {
                const __m128 read = _mm_maskload_ps(from, mask);
                return math::equals(rest, T(0)) ? read : _mm_blendv_ps(V(rest), read, _mm_castsi128_ps(mask));
            } else {
                const __m128d read = _mm_maskload_pd(from, mask);
                return math::equals(rest, T(0)) ? read : _mm_blendv_pd(V(rest), read, _mm_castsi128_pd(mask));
            }
        }
    } else
#endif
    {
        alignas(64) T buffer[static_cast<std::size_t>(lanes<V>)];
        fill<V>(rest).store_aligned(buffer);
        std::memcpy(buffer, from, static_cast<std::size_t>(count) * sizeof(T));
        return V::load_aligned(buffer);
    }
}

/// The same of scalars, of which there is one or none.
template <class V>
    requires std::is_arithmetic_v<V>
[[gnu::always_inline]] inline V load_partial(const element_of<V>* from, std::int64_t count,
                                             element_of<V> rest) noexcept {
    return count > 0 ? *from : rest;
}
template <class T>
    requires std::is_arithmetic_v<T>
[[gnu::always_inline]] inline void store_partial(T* to, T value, std::int64_t count) noexcept {
    if (count > 0) *to = value;
}

/// Writes the first `count` lanes and nothing behind them. 0 <= count <= lanes.
template <class T, class Arch>
[[gnu::always_inline]] inline void store_partial(T* to, const xsimd::batch<T, Arch>& value,
                                                 std::int64_t count) noexcept {
    using V = xsimd::batch<T, Arch>;
#if defined(__AVX512F__) && defined(__AVX512VL__)
    if constexpr (detail::is_masked<V>) {
        const auto bits = static_cast<std::uint32_t>((std::uint64_t{1} << count) - 1);
        constexpr std::size_t bytes = sizeof(T) * V::size;
        if constexpr (std::is_same_v<T, float>) {
            if constexpr (bytes == 64) _mm512_mask_storeu_ps(to, static_cast<__mmask16>(bits), value);
            else if constexpr (bytes == 32) _mm256_mask_storeu_ps(to, static_cast<__mmask8>(bits), value);
            else _mm_mask_storeu_ps(to, static_cast<__mmask8>(bits), value);
        } else if constexpr (std::is_same_v<T, double>) {
            if constexpr (bytes == 64) _mm512_mask_storeu_pd(to, static_cast<__mmask8>(bits), value);
            else if constexpr (bytes == 32) _mm256_mask_storeu_pd(to, static_cast<__mmask8>(bits), value);
            else _mm_mask_storeu_pd(to, static_cast<__mmask8>(bits), value);
        } else {
            if constexpr (bytes == 64) _mm512_mask_storeu_epi32(to, static_cast<__mmask16>(bits), value);
            else if constexpr (bytes == 32) _mm256_mask_storeu_epi32(to, static_cast<__mmask8>(bits), value);
            else _mm_mask_storeu_epi32(to, static_cast<__mmask8>(bits), value);
        }
    } else
#elif defined(__AVX__)
    if constexpr (detail::is_masked<V>) {
        const __m128i* const ones = detail::first_lanes<T>(count);
        if constexpr (sizeof(T) * V::size == 32) {
            const __m256i mask = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(ones));
            if constexpr (std::is_same_v<T, float>) _mm256_maskstore_ps(to, mask, value);
            else _mm256_maskstore_pd(to, mask, value);
        } else {
            if constexpr (std::is_same_v<T, float>) _mm_maskstore_ps(to, _mm_loadu_si128(ones), value);
            else _mm_maskstore_pd(to, _mm_loadu_si128(ones), value);
        }
    } else
#endif
    {
        alignas(64) T buffer[static_cast<std::size_t>(lanes<V>)];
        value.store_aligned(buffer);
        std::memcpy(to, buffer, static_cast<std::size_t>(count) * sizeof(T));
    }
}

/// Hands `count` elements, at most twice `Lanes`, to the epilogue in vectors as wide as fit.
template <std::int64_t Lanes, class T, class Epilogue>
[[gnu::always_inline]] inline void emit_pieces(const Epilogue& epilogue, const T* buffer, std::int64_t count,
                                               std::int64_t row, std::int64_t column) noexcept {
    std::int64_t done = 0;
    using piece = batch_of<T, Lanes>;
    if constexpr (Lanes > 1 && !std::is_void_v<piece>) {
        if (count >= Lanes) {
            epilogue(piece::load_unaligned(buffer), row, column);
            done = Lanes;
        }
        if (done < count) emit_pieces<Lanes / 2>(epilogue, buffer + done, count - done, row, column + done);
    } else {
        for (; done < count; ++done) epilogue(buffer[done], row, column + done);
    }
}

/// Hands the first `count` lanes to an epilogue: whole if all of them count, else in narrower batches and scalars, or
/// at once to one that takes a `part`.
template <class V, class Epilogue>
[[gnu::always_inline]] inline void hand_over(const Epilogue& epilogue, const V& value, std::int64_t row,
                                             std::int64_t column, std::int64_t count) noexcept {
    if constexpr (lanes<V> == 1) {
        epilogue(value, row, column);
    } else {
        if (count == lanes<V>) {
            epilogue(value, row, column);
        } else if constexpr (requires { epilogue.part(value, row, column, count); }) {
            epilogue.part(value, row, column, count);
        } else {
            alignas(64) element_of<V> buffer[static_cast<std::size_t>(lanes<V>)];
            value.store_aligned(buffer);
            emit_pieces<lanes<V> / 2>(epilogue, buffer, count, row, column);
        }
    }
}

}  // namespace ambit::kernel_parts
