// SPDX-License-Identifier: BSL-1.0
// What the elements of tensors in files are: ambit's dtypes and those that only files have.
//
//     static_assert(dtype_from(element_type::float32) == float32 && dtype_from(element_type::float16) == dtype::none);
//     static_assert(size_of(element_type::bfloat16) == 2 && name_of(element_type::bfloat16) == "bfloat16");
#pragma once

#include <ambit/core/dtype.hpp>
#include <ambit/core/namespaces.hpp>

#include <cstdint>
#include <string_view>

namespace AMBIT_NAMESPACE {

// g++ 12 takes the names of a scoped enumeration for ones that hide `ambit::float32` and its like.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow"

/// `other` is any that is not named here: a tensor of it can be listed and read as bytes, not as numbers.
/// `float8_e4m3` is the one of PyTorch's `float8_e4m3fn`: without infinities, its largest value 448.
enum class element_type : std::uint8_t {
    other,
    boolean,
    uint8,
    uint16,
    uint32,
    uint64,
    int8,
    int16,
    int32,
    int64,
    float8_e4m3,
    float8_e5m2,
    float16,
    bfloat16,
    float32,
    float64,
    complex64,
    complex128,
};

#pragma GCC diagnostic pop

/// The last of them: for loops over all.
inline constexpr element_type last_element_type = element_type::complex128;

/// The name as NumPy, or its extension for machine learning, writes it.
constexpr std::string_view name_of(element_type type) {
    switch (type) {
        case element_type::other: return "other";
        case element_type::boolean: return "bool";
        case element_type::uint8: return "uint8";
        case element_type::uint16: return "uint16";
        case element_type::uint32: return "uint32";
        case element_type::uint64: return "uint64";
        case element_type::int8: return "int8";
        case element_type::int16: return "int16";
        case element_type::int32: return "int32";
        case element_type::int64: return "int64";
        case element_type::float8_e4m3: return "float8_e4m3";
        case element_type::float8_e5m2: return "float8_e5m2";
        case element_type::float16: return "float16";
        case element_type::bfloat16: return "bfloat16";
        case element_type::float32: return "float32";
        case element_type::float64: return "float64";
        case element_type::complex64: return "complex64";
        case element_type::complex128: return "complex128";
    }
    return "other";
}

/// Bytes of one element; 0 for `other`.
constexpr std::uint64_t size_of(element_type type) {
    switch (type) {
        case element_type::other: return 0;
        case element_type::boolean:
        case element_type::uint8:
        case element_type::int8:
        case element_type::float8_e4m3:
        case element_type::float8_e5m2: return 1;
        case element_type::uint16:
        case element_type::int16:
        case element_type::float16:
        case element_type::bfloat16: return 2;
        case element_type::uint32:
        case element_type::int32:
        case element_type::float32: return 4;
        case element_type::uint64:
        case element_type::int64:
        case element_type::float64:
        case element_type::complex64: return 8;
        case element_type::complex128: return 16;
    }
    return 0;
}

/// The dtype that holds the same elements; `none` where ambit has no such.
constexpr dtype dtype_from(element_type type) {
    switch (type) {
        case element_type::boolean: return dtype::boolean;
        case element_type::uint8: return dtype::uint8;
        case element_type::int32: return dtype::int32;
        case element_type::int64: return dtype::int64;
        case element_type::float32: return dtype::float32;
        case element_type::float64: return dtype::float64;
        default: return dtype::none;
    }
}

/// The other way; `other` for `none`.
constexpr element_type element_type_from(dtype type) {
    switch (type) {
        case dtype::none: return element_type::other;
        case dtype::boolean: return element_type::boolean;
        case dtype::uint8: return element_type::uint8;
        case dtype::int32: return element_type::int32;
        case dtype::int64: return element_type::int64;
        case dtype::float32: return element_type::float32;
        case dtype::float64: return element_type::float64;
    }
    return element_type::other;
}

}  // namespace ambit
