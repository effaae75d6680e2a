// SPDX-License-Identifier: BSL-1.0
// Two batches side by side. A function of many steps, each of which needs the one before, keeps a processor waiting: of
// two batches in turn it computes one and a third times as many elements a second (exp of floats on Zen 5), since no
// processor looks far enough ahead to find the next batch by itself.
//
//     vector_pair<V> y = math::exp_of(vector_pair<V>{a, b});        // a step of a, the same of b, the next of a, …
#pragma once

#include <ambit/kernels/vectors/mask.hpp>
#include <ambit/math/scalar.hpp>

#include <cstdint>
#include <type_traits>

namespace AMBIT_NAMESPACE::kernel_parts {

template <class V> struct vector_pair;

/// Two masks, of two batches.
template <class V> struct mask_pair {
    mask_of<V> first, second;
};

namespace detail {
/// Two batches as a pair, computed before anything that follows: compilers would put one half's steps behind the
/// other's.
template <class V> [[gnu::always_inline]] inline vector_pair<V> in_step(const V& a, const V& b) noexcept {
    auto first = a.data, second = b.data;
#if defined(__AVX512F__)
    asm("" : "+v"(first), "+v"(second));
#elif defined(__SSE2__) && !defined(AMBIT_SCALAR)
    asm("" : "+x"(first), "+x"(second));
#endif
    return {V(first), V(second)};
}
}  // namespace detail

template <class V> struct vector_pair {
    using value_type = element_of<V>;
    V first, second;

    vector_pair() = default;
    // One half after the other: g++ 12 keeps a copy in memory of what it copies as a whole.
    [[gnu::always_inline]] vector_pair(const vector_pair& pair) noexcept : first(pair.first), second(pair.second) {}
    [[gnu::always_inline]] vector_pair& operator=(const vector_pair& pair) noexcept {
        first = pair.first;
        second = pair.second;
        return *this;
    }
    [[gnu::always_inline]] vector_pair(const V& a, const V& b) noexcept : first(a), second(b) {}
    [[gnu::always_inline]] explicit vector_pair(value_type same) noexcept : first(same), second(same) {}

    [[gnu::always_inline]] friend vector_pair operator+(const vector_pair& a, const vector_pair& b) noexcept {
        return {a.first + b.first, a.second + b.second};
    }
    [[gnu::always_inline]] friend vector_pair operator-(const vector_pair& a, const vector_pair& b) noexcept {
        return {a.first - b.first, a.second - b.second};
    }
    [[gnu::always_inline]] friend vector_pair operator*(const vector_pair& a, const vector_pair& b) noexcept {
        return {a.first * b.first, a.second * b.second};
    }
    [[gnu::always_inline]] friend vector_pair operator/(const vector_pair& a, const vector_pair& b) noexcept {
        return {a.first / b.first, a.second / b.second};
    }
    [[gnu::always_inline]] friend vector_pair min AMBIT_NO_MACRO(const vector_pair& a, const vector_pair& b) noexcept {
        return {math::min_of(a.first, b.first), math::min_of(a.second, b.second)};
    }
    [[gnu::always_inline]] friend vector_pair max AMBIT_NO_MACRO(const vector_pair& a, const vector_pair& b) noexcept {
        return {math::max_of(a.first, b.first), math::max_of(a.second, b.second)};
    }
    [[gnu::always_inline]] friend vector_pair copysign(const vector_pair& size, const vector_pair& sign) noexcept {
        return {copysign(size.first, sign.first), copysign(size.second, sign.second)};
    }
    [[gnu::always_inline]] friend mask_pair<V> operator<(const vector_pair& a, const vector_pair& b) noexcept {
        return {a.first < b.first, a.second < b.second};
    }
    [[gnu::always_inline]] friend vector_pair select(const mask_pair<V>& condition, const vector_pair& then,
                                                     const vector_pair& otherwise) noexcept {
        return {select(condition.first, then.first, otherwise.first),
                select(condition.second, then.second, otherwise.second)};
    }
};


/// Numbers or masks of two batches V as one value.
template <class V, class Value> [[gnu::always_inline]] inline auto pair_of(const Value& a, const Value& b) noexcept {
    if constexpr (std::is_same_v<Value, V>) return vector_pair<V>{a, b};
    else return mask_pair<V>{a, b};
}

namespace detail {
template <class V> struct lane<vector_pair<V>> {
    using type = element_of<V>;
    static constexpr std::int64_t count = 2 * lanes<V>;
};
template <class V> struct mask<vector_pair<V>> {
    using type = mask_pair<V>;
};
template <class V> struct half {
    using type = void;
};
template <class V> struct half<vector_pair<V>> {
    using type = V;
};
}  // namespace detail

/// The batch of which V is two, `void` if it is none.
template <class V> using half_of = typename detail::half<V>::type;
template <class V> inline constexpr bool is_pair = !std::is_void_v<half_of<V>>;

/// One of the two of an argument; an argument that is no pair, such as attributes, is both.
template <class V> [[gnu::always_inline]] inline const V& first_of(const vector_pair<V>& a) noexcept { return a.first; }
template <class V> [[gnu::always_inline]] inline const mask_of<V>& first_of(const mask_pair<V>& a) noexcept {
    return a.first;
}
template <class Other> [[gnu::always_inline]] inline const Other& first_of(const Other& a) noexcept { return a; }
template <class V> [[gnu::always_inline]] inline const V& second_of(const vector_pair<V>& a) noexcept {
    return a.second;
}
template <class V> [[gnu::always_inline]] inline const mask_of<V>& second_of(const mask_pair<V>& a) noexcept {
    return a.second;
}
template <class Other> [[gnu::always_inline]] inline const Other& second_of(const Other& a) noexcept { return a; }

/// Whether a loop over batches V takes two of them at a time: where its body has such functions of floats.
template <class Body, class V> constexpr bool takes_pairs() {
    if constexpr (lanes<V> > 1 && std::is_same_v<element_of<V>, float> && requires { Body::interleaves; })
        return Body::interleaves;
    else return false;
}

}  // namespace ambit::kernel_parts

namespace AMBIT_NAMESPACE::math {

template <class V> struct product_sum_of<kernel_parts::vector_pair<V>> {
    using pair = kernel_parts::vector_pair<V>;
    [[gnu::always_inline]] static pair apply(const pair& a, const pair& b, const pair& c) noexcept {
        return kernel_parts::detail::in_step(product_sum_of<V>::apply(a.first, b.first, c.first),
                                             product_sum_of<V>::apply(a.second, b.second, c.second));
    }
};

template <class V> struct quotient_of<kernel_parts::vector_pair<V>> {
    using pair = kernel_parts::vector_pair<V>;
    [[gnu::always_inline]] static pair apply(const pair& n, const pair& d) noexcept {
        return {quotient_of<V>::apply(n.first, d.first), quotient_of<V>::apply(n.second, d.second)};
    }
};

template <class V> struct power_of_two_of<kernel_parts::vector_pair<V>> {
    using pair = kernel_parts::vector_pair<V>;
    static constexpr float bias = power_of_two_of<V>::bias;
    [[gnu::always_inline]] static pair in_last_bits(const pair& shifted) noexcept {
        return {power_of_two_of<V>::in_last_bits(shifted.first), power_of_two_of<V>::in_last_bits(shifted.second)};
    }
    [[gnu::always_inline]] static pair nearest(const pair& x) noexcept {
        return {power_of_two_of<V>::nearest(x.first), power_of_two_of<V>::nearest(x.second)};
    }
    [[gnu::always_inline]] static pair times(const pair& p, const pair& n) noexcept {
        return {power_of_two_of<V>::times(p.first, n.first), power_of_two_of<V>::times(p.second, n.second)};
    }
};

}  // namespace ambit::math
