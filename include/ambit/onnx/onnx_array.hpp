// SPDX-License-Identifier: BSL-1.0
// An array of an ONNX file: its element type as the file has it, its elements as ambit carries them. float16 and
// bfloat16 are carried as float32, integers of 8 and 16 bits with sign and of 16 without as int32, longer ones without
// sign as int64.
#pragma once

#include <ambit/core/dtype.hpp>
#include <ambit/core/shape.hpp>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace AMBIT_NAMESPACE {

// g++ 12 takes the names of a scoped enumeration for ones that hide `ambit::float32` and its like.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow"

/// The element types of ONNX, with their numbers there.
enum class onnx_type : std::int32_t {
    undefined = 0,
    float32 = 1,
    uint8 = 2,
    int8 = 3,
    uint16 = 4,
    int16 = 5,
    int32 = 6,
    int64 = 7,
    text = 8,
    boolean = 9,
    float16 = 10,
    float64 = 11,
    uint32 = 12,
    uint64 = 13,
    complex64 = 14,
    complex128 = 15,
    bfloat16 = 16
};

#pragma GCC diagnostic pop

/// The dtype that carries elements of a type; `none` for texts, complex numbers and unknown types.
constexpr dtype carrier_of(onnx_type type) {
    switch (type) {
        case onnx_type::float32:
        case onnx_type::float16:
        case onnx_type::bfloat16: return dtype::float32;
        case onnx_type::float64: return dtype::float64;
        case onnx_type::uint8: return dtype::uint8;
        case onnx_type::boolean: return dtype::boolean;
        case onnx_type::int8:
        case onnx_type::int16:
        case onnx_type::uint16:
        case onnx_type::int32: return dtype::int32;
        case onnx_type::int64:
        case onnx_type::uint32:
        case onnx_type::uint64: return dtype::int64;
        default: return dtype::none;
    }
}

/// The type of ONNX that a dtype is.
constexpr onnx_type onnx_type_of(dtype type) {
    switch (type) {
        case dtype::float32: return onnx_type::float32;
        case dtype::float64: return onnx_type::float64;
        case dtype::int32: return onnx_type::int32;
        case dtype::int64: return onnx_type::int64;
        case dtype::uint8: return onnx_type::uint8;
        case dtype::boolean: return onnx_type::boolean;
        case dtype::none: break;
    }
    return onnx_type::undefined;
}

/// Row-major. Unlike those of tensors, extents may be 0, and there may be more than `max_rank` of them.
struct onnx_array {
    onnx_type type = onnx_type::undefined;
    std::vector<std::int64_t> extents;
    std::vector<std::byte> bytes;       ///< elements of `carrier_of(type)`; bools are 0 or 1
    std::vector<std::string> texts;     ///< instead, where the elements are texts

    dtype carrier() const { return carrier_of(type); }
    std::int64_t elements() const {
        std::int64_t count = 1;
        for (const std::int64_t extent : extents) count *= extent;
        return count;
    }
    /// Precondition: `T` is the carrier's type.
    template <tensor_element T> std::span<const T> as() const {
        return {reinterpret_cast<const T*>(bytes.data()), static_cast<std::size_t>(elements())};
    }
    template <tensor_element T> std::span<T> as() {
        return {reinterpret_cast<T*>(bytes.data()), static_cast<std::size_t>(elements())};
    }

    /// With all elements 0.
    static onnx_array zeros(onnx_type type, std::vector<std::int64_t> extents) {
        onnx_array made{type, std::move(extents), {}, {}};
        made.bytes.resize(static_cast<std::size_t>(made.elements() * size_of(made.carrier())));
        return made;
    }
    template <tensor_element T>
    static onnx_array of(onnx_type type, std::vector<std::int64_t> extents, const std::vector<T>& values) {
        onnx_array made{type, std::move(extents), {}, {}};
        made.bytes.resize(values.size() * sizeof(T));
        std::size_t place = 0;
        for (const T value : values) {
            std::memcpy(made.bytes.data() + place, &value, sizeof(T));
            place += sizeof(T);
        }
        return made;
    }
};

/// The element in front of `f`: `with_elements(array, [](auto span) { … })`, for arrays of numbers and bools.
template <class Array, class F> decltype(auto) with_elements(Array& array, F&& f) {
    switch (array.carrier()) {
        case dtype::float64: return f(array.template as<double>());
        case dtype::int32: return f(array.template as<std::int32_t>());
        case dtype::int64: return f(array.template as<std::int64_t>());
        case dtype::uint8: return f(array.template as<std::uint8_t>());
        case dtype::boolean: return f(array.template as<bool>());
        default: return f(array.template as<float>());
    }
}

}  // namespace ambit
