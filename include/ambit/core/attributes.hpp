// SPDX-License-Identifier: BSL-1.0
// The options of an op as 64-bit words, so that every op, a user's own too, stores them in one pool of the graph.
//
//     struct clip_attributes { double low, high; };
//     auto words = to_words(clip_attributes{0, 6});               // std::array<std::int64_t, 2>
//     from_words<clip_attributes>(words.data()).high == 6
#pragma once

#include <ambit/core/namespaces.hpp>

#include <array>
#include <cstddef>
#include <cstdint>

namespace AMBIT_NAMESPACE::core_parts {

// What the compiler has built in, here and below: each use of a trait would instantiate a class or two, for every op.

/// Attributes of an op: a plain struct of `std::int64_t` and `double` members only, so that no bit is padding.
template <class T>
concept attribute_struct = __is_empty(T) || (__is_trivially_copyable(T) && sizeof(T) % 8 == 0 && alignof(T) == 8);

}  // namespace ambit::core_parts

namespace AMBIT_NAMESPACE {

/// Attributes of an op that has none.
struct no_attributes {};

}  // namespace ambit

namespace AMBIT_NAMESPACE::core_parts {

template <attribute_struct T> inline constexpr std::size_t word_count = __is_empty(T) ? 0 : sizeof(T) / 8;

template <attribute_struct T> constexpr std::array<std::int64_t, word_count<T>> to_words(const T& attributes) {
    if constexpr (__is_empty(T)) return {};
    else return __builtin_bit_cast(std::array<std::int64_t, word_count<T>>, attributes);
}

template <attribute_struct T> constexpr T from_words(const std::int64_t* words) {
    if constexpr (__is_empty(T)) {
        return {};
    } else {
        struct {
            std::int64_t all[word_count<T>];  // plain, since std::array would be charged a call for each
        } copy{};
        for (std::size_t i = 0; i < word_count<T>; ++i) copy.all[i] = words[i];
        return __builtin_bit_cast(T, copy);
    }
}

}  // namespace ambit::core_parts
