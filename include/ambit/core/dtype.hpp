// SPDX-License-Identifier: BSL-1.0
// Element types as values: `float32` is the value, `dtype_of<float>` finds it, `element_t<float32>` goes back.
#pragma once

#include <ambit/core/choice.hpp>
#include <ambit/core/standard.hpp>

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>

namespace AMBIT_NAMESPACE {

/// The type of a tensor's elements. `none` is "not said": a call that leaves the dtype to its scope.
enum class dtype : std::int32_t { none, float32, float64, int32, int64, uint8, boolean };

inline constexpr dtype float32 = dtype::float32;
inline constexpr dtype float64 = dtype::float64;
inline constexpr dtype int32   = dtype::int32;
inline constexpr dtype int64   = dtype::int64;
inline constexpr dtype uint8   = dtype::uint8;
inline constexpr dtype boolean = dtype::boolean;

/// The name as NumPy writes it.
constexpr std::string_view name_of(dtype type) {
    switch (type) {
        case dtype::none: return "none";
        case dtype::float32: return "float32";
        case dtype::float64: return "float64";
        case dtype::int32: return "int32";
        case dtype::int64: return "int64";
        case dtype::uint8: return "uint8";
        case dtype::boolean: return "bool";
    }
    return "none";
}

/// Bytes of one element; 0 for `none`.
constexpr std::int64_t size_of(dtype type) {
    switch (type) {
        case dtype::none: return 0;
        case dtype::float32: return 4;
        case dtype::float64: return 8;
        case dtype::int32: return 4;
        case dtype::int64: return 8;
        case dtype::uint8: return 1;
        case dtype::boolean: return 1;
    }
    return 0;
}

/// The `.dtype` of an op or a variable.
class dtype_option : public core_parts::choice<dtype> {
public:
    using choice::choice;
    template <core_parts::mistaken_for<dtype> Other>
    AMBIT_REFUSES("a dtype is float32, float64, int32, int64, uint8 or boolean, neither text nor a number: "
                  "{.dtype = float32}")
    constexpr dtype_option(Other) : choice(dtype::float32) {}

    /// What is said, or another one where nothing is.
    constexpr dtype otherwise(dtype other) const {
        const dtype said = *this;
        return said == dtype::none ? other : said;
    }
};

constexpr bool is_floating(dtype type) { return type == dtype::float32 || type == dtype::float64; }
constexpr bool is_integer(dtype type) { return type == dtype::int32 || type == dtype::int64 || type == dtype::uint8; }

}  // namespace ambit

namespace AMBIT_NAMESPACE::core_parts {

template <dtype Type> struct element;
template <> struct element<dtype::float32> { using type = float; };
template <> struct element<dtype::float64> { using type = double; };
template <> struct element<dtype::int32> { using type = std::int32_t; };
template <> struct element<dtype::int64> { using type = std::int64_t; };
template <> struct element<dtype::uint8> { using type = std::uint8_t; };
template <> struct element<dtype::boolean> { using type = bool; };

}  // namespace ambit::core_parts

namespace AMBIT_NAMESPACE {

/// The C++ type that holds one element.
template <dtype Type> using element_t = typename core_parts::element<Type>::type;

/// The dtype of a C++ type; `none` for a type that no tensor holds.
template <class T>
inline constexpr dtype dtype_of = std::is_same_v<T, float>          ? dtype::float32
                                  : std::is_same_v<T, double>       ? dtype::float64
                                  : std::is_same_v<T, std::int32_t> ? dtype::int32
                                  : std::is_same_v<T, std::int64_t> ? dtype::int64
                                  : std::is_same_v<T, std::uint8_t> ? dtype::uint8
                                  : std::is_same_v<T, bool>         ? dtype::boolean
                                                                    : dtype::none;

/// A C++ type that a tensor may hold.
template <class T>
concept tensor_element = dtype_of<T> != dtype::none;

}  // namespace ambit
