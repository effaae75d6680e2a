// SPDX-License-Identifier: BSL-1.0
// Batches of 128 bits for machines that have no vector registers: xsimd 8.1 knows none such. Each lane is computed on
// its own, in order, so that sums have the terms and functions the steps that SSE2 gives them: a reproducible build has
// the same bits on a microcontroller. What is not here, xsimd makes of what is.
//
// To be included before xsimd, whose batches find what stands in front of them alone: kernels/vectors/simd.hpp does.
#pragma once

#include <ambit/core/namespaces.hpp>

#if defined(AMBIT_SCALAR)

#if defined(XSIMD_BATCH_HPP)
#error "ambit: with AMBIT_SCALAR, or where there are no vector registers, ambit's headers come before xsimd's"
#endif

#if defined(__ARM_ARCH_PROFILE)
#if __ARM_ARCH_PROFILE == 'M'
// Newlib has it, and does not say so to strict C++; xsimd's allocator calls it.
extern "C" int posix_memalign(void**, decltype(sizeof(0)), decltype(sizeof(0)));
#endif
#endif

#include <xsimd/config/xsimd_arch.hpp>
#include <xsimd/types/xsimd_utils.hpp>

#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <type_traits>
#include <utility>

namespace AMBIT_NAMESPACE::kernel_parts {

/// An architecture of xsimd's.
struct portable : xsimd::generic {
    static constexpr unsigned version() noexcept { return generic::version(0, 0, 1); }
    static constexpr std::size_t alignment() noexcept { return 16; }
    static constexpr const char* name() noexcept { return "portable"; }
};

/// A register of it. A mask has all bits of a lane or none.
template <class T> struct alignas(16) portable_register {
    static constexpr std::size_t size = 16 / sizeof(T);
    T lane[size];
};

template <std::size_t Bytes>
using lane_bits = std::conditional_t<
    Bytes == 8, std::uint64_t,
    std::conditional_t<Bytes == 4, std::uint32_t, std::conditional_t<Bytes == 2, std::uint16_t, std::uint8_t>>>;

/// `f(lane number)` in every lane. Written out: then compilers keep lanes in registers.
template <class T, class F> [[gnu::always_inline]] inline portable_register<T> each_portable_lane(const F& f) noexcept {
    return [&]<std::size_t... I>(std::index_sequence<I...>) __attribute__((always_inline)) {
        return portable_register<T>{{static_cast<T>(f(I))...}};
    }(std::make_index_sequence<portable_register<T>::size>{});
}

}  // namespace ambit::kernel_parts

namespace xsimd {

namespace types {
template <class T> struct simd_register<T, ambit::kernel_parts::portable> {
    using register_type = ambit::kernel_parts::portable_register<T>;
    register_type data;
    operator register_type() const noexcept { return data; }
};
template <class T>
    requires std::is_arithmetic_v<T>
struct has_simd_register<T, ambit::kernel_parts::portable> : std::true_type {};
template <class T> struct get_bool_simd_register<T, ambit::kernel_parts::portable> {
    struct type {
        using register_type = ambit::kernel_parts::portable_register<ambit::kernel_parts::lane_bits<sizeof(T)>>;
        register_type data;
        operator register_type() const noexcept { return data; }
    };
};
}  // namespace types

namespace kernel {

// The first argument of templates is the architecture, which callers name.
#define AMBIT_PORTABLE class A, class T
#define AMBIT_KERNEL [[gnu::always_inline]] inline
#define AMBIT_HERE requires_arch<ambit::kernel_parts::portable>

namespace portable_detail {
using ambit::kernel_parts::each_portable_lane;
template <class T> using mask_lane = ambit::kernel_parts::lane_bits<sizeof(T)>;
template <class T> using bits_of = ambit::kernel_parts::lane_bits<sizeof(T)>;

template <class T> constexpr mask_lane<T> mask(bool value) noexcept {
    return static_cast<mask_lane<T>>(value ? ~mask_lane<T>{} : mask_lane<T>{});
}

/// What wraps around where T is an integer.
template <class T, class F> [[gnu::always_inline]] inline T wrapped(T a, T b, const F& f) noexcept {
    if constexpr (std::is_integral_v<T>) {
        using wide = std::conditional_t<(sizeof(T) > sizeof(unsigned)), std::make_unsigned_t<T>, unsigned>;
        return static_cast<T>(f(static_cast<wide>(a), static_cast<wide>(b)));
    } else {
        return f(a, b);
    }
}

template <class F, AMBIT_PORTABLE>
[[gnu::always_inline]] inline batch<T, A> bitwise(const batch<T, A>& a, const batch<T, A>& b, const F& f) noexcept {
    return each_portable_lane<T>([&](std::size_t i) __attribute__((always_inline)) {
        return std::bit_cast<T>(static_cast<bits_of<T>>(
            f(std::bit_cast<bits_of<T>>(a.data.lane[i]), std::bit_cast<bits_of<T>>(b.data.lane[i]))));
    });
}
template <class F, AMBIT_PORTABLE>
[[gnu::always_inline]] inline batch_bool<T, A> of_masks(const batch_bool<T, A>& a, const batch_bool<T, A>& b,
                                                        const F& f) noexcept {
    return each_portable_lane<mask_lane<T>>(
        [&](std::size_t i) __attribute__((always_inline)) { return f(a.data.lane[i], b.data.lane[i]); });
}
}  // namespace portable_detail

#define AMBIT_EACH(expression)                           \
    portable_detail::each_portable_lane<T>(              \
        [&](std::size_t i) __attribute__((always_inline)) { return expression; })
#define AMBIT_EACH_MASK(expression)                                                 \
    portable_detail::each_portable_lane<portable_detail::mask_lane<T>>(             \
        [&](std::size_t i) __attribute__((always_inline)) { return portable_detail::mask<T>(expression); })

// ---- memory -------------------------------------------------------------------------------------------------------

template <AMBIT_PORTABLE> AMBIT_KERNEL batch<T, A> load_unaligned(const T* from, convert<T>, AMBIT_HERE) noexcept {
    return AMBIT_EACH(from[i]);
}
template <AMBIT_PORTABLE> AMBIT_KERNEL batch<T, A> load_aligned(const T* from, convert<T>, AMBIT_HERE) noexcept {
    return AMBIT_EACH(from[i]);
}
template <AMBIT_PORTABLE> AMBIT_KERNEL void store_unaligned(T* to, const batch<T, A>& x, AMBIT_HERE) noexcept {
    std::memcpy(to, x.data.lane, sizeof(x.data.lane));
}
template <AMBIT_PORTABLE> AMBIT_KERNEL void store_aligned(T* to, const batch<T, A>& x, AMBIT_HERE) noexcept {
    std::memcpy(to, x.data.lane, sizeof(x.data.lane));
}
template <AMBIT_PORTABLE> AMBIT_KERNEL batch<T, A> broadcast(T value, AMBIT_HERE) noexcept {
    return AMBIT_EACH((static_cast<void>(i), value));
}
template <AMBIT_PORTABLE, class... Values>
AMBIT_KERNEL batch<T, A> set(const batch<T, A>&, AMBIT_HERE, Values... values) noexcept {
    return ambit::kernel_parts::portable_register<T>{{static_cast<T>(values)...}};
}
template <AMBIT_PORTABLE, class... Values>
AMBIT_KERNEL batch_bool<T, A> set(const batch_bool<T, A>&, AMBIT_HERE, Values... values) noexcept {
    return typename batch_bool<T, A>::register_type{{portable_detail::mask<T>(values)...}};
}

// ---- arithmetic ---------------------------------------------------------------------------------------------------

template <AMBIT_PORTABLE>
AMBIT_KERNEL batch<T, A> add(const batch<T, A>& a, const batch<T, A>& b, AMBIT_HERE) noexcept {
    return AMBIT_EACH(portable_detail::wrapped(a.data.lane[i], b.data.lane[i], [](auto x, auto y) { return x + y; }));
}
template <AMBIT_PORTABLE>
AMBIT_KERNEL batch<T, A> sub(const batch<T, A>& a, const batch<T, A>& b, AMBIT_HERE) noexcept {
    return AMBIT_EACH(portable_detail::wrapped(a.data.lane[i], b.data.lane[i], [](auto x, auto y) { return x - y; }));
}
template <AMBIT_PORTABLE>
AMBIT_KERNEL batch<T, A> mul(const batch<T, A>& a, const batch<T, A>& b, AMBIT_HERE) noexcept {
    return AMBIT_EACH(portable_detail::wrapped(a.data.lane[i], b.data.lane[i], [](auto x, auto y) { return x * y; }));
}
template <AMBIT_PORTABLE>
AMBIT_KERNEL batch<T, A> div(const batch<T, A>& a, const batch<T, A>& b, AMBIT_HERE) noexcept {
    return AMBIT_EACH(a.data.lane[i] / b.data.lane[i]);
}
template <AMBIT_PORTABLE> AMBIT_KERNEL batch<T, A> neg(const batch<T, A>& a, AMBIT_HERE) noexcept {
    if constexpr (std::is_floating_point_v<T>) return AMBIT_EACH(-a.data.lane[i]);
    else return sub<A>(batch<T, A>(T(0)), a, A{});
}
template <AMBIT_PORTABLE> AMBIT_KERNEL batch<T, A> abs(const batch<T, A>& a, AMBIT_HERE) noexcept {
    if constexpr (std::is_floating_point_v<T>) return AMBIT_EACH(std::fabs(a.data.lane[i]));
    else return AMBIT_EACH(portable_detail::wrapped(T(0), a.data.lane[i], [&](auto zero, auto x) {
        return a.data.lane[i] < 0 ? zero - x : x;
    }));
}
template <AMBIT_PORTABLE> AMBIT_KERNEL batch<T, A> sqrt(const batch<T, A>& a, AMBIT_HERE) noexcept {
    return AMBIT_EACH(std::sqrt(a.data.lane[i]));
}
template <AMBIT_PORTABLE> AMBIT_KERNEL batch<T, A> rsqrt(const batch<T, A>& a, AMBIT_HERE) noexcept {
    return AMBIT_EACH(T(1) / std::sqrt(a.data.lane[i]));
}
/// As the vector instructions: the second where the two are not ordered.
template <AMBIT_PORTABLE>
AMBIT_KERNEL batch<T, A> min(const batch<T, A>& a, const batch<T, A>& b, AMBIT_HERE) noexcept {
    return AMBIT_EACH(a.data.lane[i] < b.data.lane[i] ? a.data.lane[i] : b.data.lane[i]);
}
template <AMBIT_PORTABLE>
AMBIT_KERNEL batch<T, A> max(const batch<T, A>& a, const batch<T, A>& b, AMBIT_HERE) noexcept {
    return AMBIT_EACH(a.data.lane[i] > b.data.lane[i] ? a.data.lane[i] : b.data.lane[i]);
}
/// In the order of SSE2: halves first.
template <AMBIT_PORTABLE> AMBIT_KERNEL T hadd(const batch<T, A>& a, AMBIT_HERE) noexcept {
    const auto& x = a.data.lane;
    if constexpr (sizeof(T) == 8) return x[0] + x[1];
    else return (x[0] + x[2]) + (x[1] + x[3]);
}

// Kernels have no use for these.
template <AMBIT_PORTABLE> void haddp(const batch<T, A>*, AMBIT_HERE) = delete;
template <AMBIT_PORTABLE> void sadd(const batch<T, A>&, const batch<T, A>&, AMBIT_HERE) = delete;
template <AMBIT_PORTABLE> void ssub(const batch<T, A>&, const batch<T, A>&, AMBIT_HERE) = delete;

// ---- bits ---------------------------------------------------------------------------------------------------------

template <AMBIT_PORTABLE>
AMBIT_KERNEL batch<T, A> bitwise_and(const batch<T, A>& a, const batch<T, A>& b, AMBIT_HERE) noexcept {
    return portable_detail::bitwise(a, b, [](auto x, auto y) { return x & y; });
}
template <AMBIT_PORTABLE>
AMBIT_KERNEL batch<T, A> bitwise_or(const batch<T, A>& a, const batch<T, A>& b, AMBIT_HERE) noexcept {
    return portable_detail::bitwise(a, b, [](auto x, auto y) { return x | y; });
}
template <AMBIT_PORTABLE>
AMBIT_KERNEL batch<T, A> bitwise_xor(const batch<T, A>& a, const batch<T, A>& b, AMBIT_HERE) noexcept {
    return portable_detail::bitwise(a, b, [](auto x, auto y) { return x ^ y; });
}
template <AMBIT_PORTABLE>
AMBIT_KERNEL batch<T, A> bitwise_andnot(const batch<T, A>& a, const batch<T, A>& b, AMBIT_HERE) noexcept {
    return portable_detail::bitwise(a, b, [](auto x, auto y) { return ~x & y; });
}
template <AMBIT_PORTABLE> AMBIT_KERNEL batch<T, A> bitwise_not(const batch<T, A>& a, AMBIT_HERE) noexcept {
    return portable_detail::bitwise(a, a, [](auto x, auto) { return ~x; });
}
template <AMBIT_PORTABLE>
AMBIT_KERNEL batch<T, A> bitwise_lshift(const batch<T, A>& a, std::int32_t by, AMBIT_HERE) noexcept {
    return portable_detail::bitwise(a, a, [by](auto x, auto) { return x << by; });
}
template <AMBIT_PORTABLE>
AMBIT_KERNEL batch<T, A> bitwise_rshift(const batch<T, A>& a, std::int32_t by, AMBIT_HERE) noexcept {
    return AMBIT_EACH(a.data.lane[i] >> by);
}
template <AMBIT_PORTABLE, class To>
AMBIT_KERNEL batch<To, A> bitwise_cast(const batch<T, A>& a, const batch<To, A>&, AMBIT_HERE) noexcept {
    return std::bit_cast<ambit::kernel_parts::portable_register<To>>(a.data);
}

// ---- comparisons --------------------------------------------------------------------------------------------------

// The whole point is to compare them as they are.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wfloat-equal"
template <AMBIT_PORTABLE>
AMBIT_KERNEL batch_bool<T, A> eq(const batch<T, A>& a, const batch<T, A>& b, AMBIT_HERE) noexcept {
    return AMBIT_EACH_MASK(a.data.lane[i] == b.data.lane[i]);
}
template <AMBIT_PORTABLE>
AMBIT_KERNEL batch_bool<T, A> neq(const batch<T, A>& a, const batch<T, A>& b, AMBIT_HERE) noexcept {
    return AMBIT_EACH_MASK(a.data.lane[i] != b.data.lane[i]);
}
template <AMBIT_PORTABLE> AMBIT_KERNEL batch_bool<T, A> isnan(const batch<T, A>& a, AMBIT_HERE) noexcept {
    return AMBIT_EACH_MASK(a.data.lane[i] != a.data.lane[i]);
}
#pragma GCC diagnostic pop
template <AMBIT_PORTABLE>
AMBIT_KERNEL batch_bool<T, A> lt(const batch<T, A>& a, const batch<T, A>& b, AMBIT_HERE) noexcept {
    return AMBIT_EACH_MASK(a.data.lane[i] < b.data.lane[i]);
}
template <AMBIT_PORTABLE>
AMBIT_KERNEL batch_bool<T, A> le(const batch<T, A>& a, const batch<T, A>& b, AMBIT_HERE) noexcept {
    return AMBIT_EACH_MASK(a.data.lane[i] <= b.data.lane[i]);
}
template <AMBIT_PORTABLE>
AMBIT_KERNEL batch_bool<T, A> gt(const batch<T, A>& a, const batch<T, A>& b, AMBIT_HERE) noexcept {
    return AMBIT_EACH_MASK(a.data.lane[i] > b.data.lane[i]);
}
template <AMBIT_PORTABLE>
AMBIT_KERNEL batch_bool<T, A> ge(const batch<T, A>& a, const batch<T, A>& b, AMBIT_HERE) noexcept {
    return AMBIT_EACH_MASK(a.data.lane[i] >= b.data.lane[i]);
}

// ---- masks --------------------------------------------------------------------------------------------------------

template <AMBIT_PORTABLE>
AMBIT_KERNEL batch_bool<T, A> bitwise_and(const batch_bool<T, A>& a, const batch_bool<T, A>& b, AMBIT_HERE) noexcept {
    return portable_detail::of_masks(a, b, [](auto x, auto y) { return x & y; });
}
template <AMBIT_PORTABLE>
AMBIT_KERNEL batch_bool<T, A> bitwise_or(const batch_bool<T, A>& a, const batch_bool<T, A>& b, AMBIT_HERE) noexcept {
    return portable_detail::of_masks(a, b, [](auto x, auto y) { return x | y; });
}
template <AMBIT_PORTABLE>
AMBIT_KERNEL batch_bool<T, A> bitwise_xor(const batch_bool<T, A>& a, const batch_bool<T, A>& b, AMBIT_HERE) noexcept {
    return portable_detail::of_masks(a, b, [](auto x, auto y) { return x ^ y; });
}
template <AMBIT_PORTABLE> AMBIT_KERNEL batch_bool<T, A> bitwise_not(const batch_bool<T, A>& a, AMBIT_HERE) noexcept {
    return portable_detail::of_masks(a, a, [](auto x, auto) { return ~x; });
}
template <AMBIT_PORTABLE>
AMBIT_KERNEL batch_bool<T, A> eq(const batch_bool<T, A>& a, const batch_bool<T, A>& b, AMBIT_HERE) noexcept {
    return portable_detail::of_masks(a, b, [](auto x, auto y) { return ~(x ^ y); });
}
template <AMBIT_PORTABLE>
AMBIT_KERNEL batch_bool<T, A> neq(const batch_bool<T, A>& a, const batch_bool<T, A>& b, AMBIT_HERE) noexcept {
    return portable_detail::of_masks(a, b, [](auto x, auto y) { return x ^ y; });
}
template <AMBIT_PORTABLE> AMBIT_KERNEL bool any(const batch_bool<T, A>& a, AMBIT_HERE) noexcept {
    portable_detail::mask_lane<T> found = 0;
    for (const auto lane : a.data.lane) found = static_cast<portable_detail::mask_lane<T>>(found | lane);
    return found != 0;
}
template <AMBIT_PORTABLE> AMBIT_KERNEL bool all(const batch_bool<T, A>& a, AMBIT_HERE) noexcept {
    return !any<A>(bitwise_not<A>(a, A{}), A{});
}
template <AMBIT_PORTABLE>
AMBIT_KERNEL batch<T, A> select(const batch_bool<T, A>& mask, const batch<T, A>& a, const batch<T, A>& b,
                                AMBIT_HERE) noexcept {
    return AMBIT_EACH(mask.data.lane[i] != 0 ? a.data.lane[i] : b.data.lane[i]);
}
template <AMBIT_PORTABLE> AMBIT_KERNEL batch<T, A> from_bool(const batch_bool<T, A>& mask, AMBIT_HERE) noexcept {
    return AMBIT_EACH(T(mask.data.lane[i] != 0));
}
template <AMBIT_PORTABLE> AMBIT_KERNEL auto bool_cast(const batch_bool<T, A>& mask, AMBIT_HERE) noexcept {
    using other = std::conditional_t<
        std::is_same_v<T, float>, std::int32_t,
        std::conditional_t<std::is_same_v<T, double>, std::int64_t, std::conditional_t<sizeof(T) == 4, float, double>>>;
    return batch_bool<other, A>(mask.data);
}

// ---- conversions and order ----------------------------------------------------------------------------------------

namespace detail {
/// Cut towards zero; the least integer where there is none, as SSE2 does.
template <class A>
AMBIT_KERNEL batch<std::int32_t, A> fast_cast(const batch<float, A>& a, const batch<std::int32_t, A>&,
                                              AMBIT_HERE) noexcept {
    using T = std::int32_t;
    return AMBIT_EACH(a.data.lane[i] >= -0x1p31f && a.data.lane[i] < 0x1p31f ? static_cast<T>(a.data.lane[i])
                                                                            : (std::numeric_limits<T>::min)());
}
template <class A>
AMBIT_KERNEL batch<float, A> fast_cast(const batch<std::int32_t, A>& a, const batch<float, A>&, AMBIT_HERE) noexcept {
    using T = float;
    return AMBIT_EACH(static_cast<T>(a.data.lane[i]));
}
template <class A>
AMBIT_KERNEL batch<double, A> fast_cast(const batch<std::int64_t, A>& a, const batch<double, A>&, AMBIT_HERE) noexcept {
    using T = double;
    return AMBIT_EACH(static_cast<T>(a.data.lane[i]));
}
}  // namespace detail

template <AMBIT_PORTABLE>
AMBIT_KERNEL batch<T, A> zip_lo(const batch<T, A>& a, const batch<T, A>& b, AMBIT_HERE) noexcept {
    return AMBIT_EACH(i % 2 == 0 ? a.data.lane[i / 2] : b.data.lane[i / 2]);
}
template <AMBIT_PORTABLE>
AMBIT_KERNEL batch<T, A> zip_hi(const batch<T, A>& a, const batch<T, A>& b, AMBIT_HERE) noexcept {
    constexpr std::size_t half = batch<T, A>::size / 2;
    return AMBIT_EACH(i % 2 == 0 ? a.data.lane[half + i / 2] : b.data.lane[half + i / 2]);
}

#undef AMBIT_PORTABLE
#undef AMBIT_KERNEL
#undef AMBIT_HERE
#undef AMBIT_EACH
#undef AMBIT_EACH_MASK

}  // namespace kernel

}  // namespace xsimd

#endif
