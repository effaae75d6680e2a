// SPDX-License-Identifier: BSL-1.0
// A structural value as a type, so that one kernel source takes its geometry known to the compiler or known at run
// time:
//
//     template <class Geometry> void gemm(Geometry geometry, …) {
//         const gemm_geometry g = value_of(geometry);          // constants when Geometry is static_value<…>
//         if constexpr (is_static<Geometry>) …                 // unrolled by Geometry::value.m
//     }
#pragma once

#include <ambit/core/namespaces.hpp>

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <utility>

namespace AMBIT_NAMESPACE::core_parts {

/// An empty type that carries `Value`.
template <auto Value> struct static_value {
    static constexpr auto value = Value;
};

template <class T> inline constexpr bool is_static_value = false;
template <auto Value> inline constexpr bool is_static_value<static_value<Value>> = true;

/// Whether a geometry argument is known to the compiler.
template <class T> inline constexpr bool is_static = is_static_value<std::remove_cvref_t<T>>;

/// A value of 64-bit words of which some grow with a batch that is known late: `Fixed + Growth * batch`, word by word.
/// The others are constants to whoever reads `value()` in the function that it is expanded in.
template <auto Fixed, auto Growth> struct batch_value {
    using value_type = std::remove_const_t<decltype(Fixed)>;
    static constexpr std::size_t words = sizeof(value_type) / 8;
    using array = std::array<std::int64_t, words>;
    static_assert(sizeof(value_type) % 8 == 0);

    std::int64_t batch = 1;

    /// What does not grow, for the compiler: words that do are as in a batch of none.
    static constexpr value_type fixed = Fixed;
    static constexpr value_type growth = Growth;

    [[gnu::always_inline]] constexpr value_type value() const {
        constexpr array base = std::bit_cast<array>(Fixed), step = std::bit_cast<array>(Growth);
        return [&]<std::size_t... I>(std::index_sequence<I...>) {
            return std::bit_cast<value_type>(array{(step[I] == 0 ? base[I] : base[I] + step[I] * batch)...});
        }(std::make_index_sequence<words>{});
    }
    [[gnu::always_inline]] constexpr operator value_type() const { return value(); }  // NOLINT: implicit
};

template <class T> inline constexpr bool is_batch_value_type = false;
template <auto Fixed, auto Growth> inline constexpr bool is_batch_value_type<batch_value<Fixed, Growth>> = true;
template <class T> inline constexpr bool is_batch_value = is_batch_value_type<std::remove_cvref_t<T>>;

/// The value in any form; a constant expression for a `static_value`.
template <class T> [[gnu::always_inline]] constexpr auto value_of(const T& geometry) {
    if constexpr (is_static<T>) return T::value;
    else if constexpr (is_batch_value<T>) return geometry.value();
    else return geometry;
}

}  // namespace ambit::core_parts
