// SPDX-License-Identifier: BSL-1.0
// How reductions and pooling put values together: an identity, a combination of two, a last step.
//
//     reduce(g, in, out, maximum{});
//
// One source for batches and scalars. `sum`, `product`: integers wrap. `maximum`, `minimum`: a NaN among the
// operands is the result. `mean`: of integers it is taken in 64 bits and cut towards zero. `logical_or`, `logical_and`:
// of bool.
#pragma once

#include <ambit/kernels/vectors/simd.hpp>

#include <cstdint>
#include <limits>

namespace AMBIT_NAMESPACE::kernel_parts {

struct sum {
    /// The type a kernel accumulates elements of type `T` in.
    template <class T> using accumulator = T;
    template <class T> static constexpr T identity() { return T(0); }
    template <class V> [[gnu::always_inline]] constexpr V operator()(const V& a, const V& b) const {
        return math::wrapping_add(a, b);
    }
    template <class T> static constexpr T finish(T value, std::int64_t) { return value; }
};

struct mean : sum {
    template <class T> using accumulator = std::conditional_t<std::is_integral_v<T>, std::int64_t, T>;
    template <class T> static constexpr T finish(T value, std::int64_t count) { return value / static_cast<T>(count); }
};

struct product {
    template <class T> using accumulator = T;
    template <class T> static constexpr T identity() { return T(1); }
    template <class V> [[gnu::always_inline]] constexpr V operator()(const V& a, const V& b) const {
        return math::wrapping_mul(a, b);
    }
    template <class T> static constexpr T finish(T value, std::int64_t) { return value; }
};

// xsimd 8.1 compares `!=` ordered with AVX and AVX-512, so that a NaN equals itself: isnan it is.
struct maximum {
    template <class T> using accumulator = T;
    template <class T> static constexpr T identity() {
        if constexpr (std::numeric_limits<T>::has_infinity) return -std::numeric_limits<T>::infinity();
        else return std::numeric_limits<T>::lowest();
    }
    template <class V> [[gnu::always_inline]] constexpr V operator()(const V& a, const V& b) const {
        if constexpr (lanes<V> == 1) return a > b || math::isnan(a) ? a : b;
        else if constexpr (std::is_integral_v<element_of<V>>) return (xsimd::max)(a, b);
        else return xsimd::select((a > b) | xsimd::isnan(a), a, b);
    }
    template <class T> static constexpr T finish(T value, std::int64_t) { return value; }
};

struct minimum {
    template <class T> using accumulator = T;
    template <class T> static constexpr T identity() {
        if constexpr (std::numeric_limits<T>::has_infinity) return std::numeric_limits<T>::infinity();
        else return (std::numeric_limits<T>::max)();
    }
    template <class V> [[gnu::always_inline]] constexpr V operator()(const V& a, const V& b) const {
        if constexpr (lanes<V> == 1) return a < b || math::isnan(a) ? a : b;
        else if constexpr (std::is_integral_v<element_of<V>>) return (xsimd::min)(a, b);
        else return xsimd::select((a < b) | xsimd::isnan(a), a, b);
    }
    template <class T> static constexpr T finish(T value, std::int64_t) { return value; }
};

struct logical_or {
    template <class T> using accumulator = T;
    template <class T> static constexpr T identity() { return false; }
    constexpr bool operator()(bool a, bool b) const { return (a | b) != 0; }
    static constexpr bool finish(bool value, std::int64_t) { return value; }
};

struct logical_and {
    template <class T> using accumulator = T;
    template <class T> static constexpr T identity() { return true; }
    constexpr bool operator()(bool a, bool b) const { return (a & b) != 0; }
    static constexpr bool finish(bool value, std::int64_t) { return value; }
};

/// Whether a kernel may keep its accumulators in batches of the operand's own type.
template <class T, class Combine>
inline constexpr bool combines_in_batches =
    is_vectorized<T> && std::is_same_v<typename Combine::template accumulator<T>, T>;

/// `finish` of every lane.
template <class V, class Combine>
[[gnu::always_inline]] inline V finish_all(const V& value, std::int64_t count, Combine combine) noexcept {
    if constexpr (lanes<V> == 1) return combine.finish(value, count);
    else if constexpr (std::is_base_of_v<mean, Combine>) return value / V(static_cast<element_of<V>>(count));
    else return value;
}

/// All lanes of a batch put together, halves first.
template <class V, class Combine>
[[gnu::always_inline]] inline element_of<V> across(const V& value, Combine combine) noexcept {
    if constexpr (lanes<V> == 1) {
        return value;
    } else {
        using T = element_of<V>;
        alignas(64) T buffer[static_cast<std::size_t>(lanes<V>)];
        value.store_aligned(buffer);
        using half = batch_of<T, lanes<V> / 2>;
        if constexpr (lanes<V> / 2 > 1 && !std::is_void_v<half>) {
            const half low = half::load_unaligned(buffer), high = half::load_unaligned(buffer + lanes<half>);
            return across(half(combine(low, high)), combine);
        } else {
            T result = buffer[0];
            for (std::int64_t i = 1; i < lanes<V>; ++i) result = combine(result, buffer[i]);
            return result;
        }
    }
}

}  // namespace ambit::kernel_parts
