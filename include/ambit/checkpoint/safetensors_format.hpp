// SPDX-License-Identifier: BSL-1.0
// What writers and readers of safetensors files share: names of dtypes and limits.
// Source: the format's description in the README of github.com/huggingface/safetensors.
#pragma once

#include <ambit/checkpoint/element_type.hpp>

#include <bit>
#include <cstdint>
#include <string_view>

namespace AMBIT_NAMESPACE {

static_assert(std::endian::native == std::endian::little,
              "[ambit] safetensors files are little-endian, and tensors are copied into them as they are");

}  // namespace ambit

namespace AMBIT_NAMESPACE::checkpoint_parts {

/// The longest header, in bytes: the limit of the format's reference implementation. Parsing needs memory for
/// a small multiple of it, and only if the file really is that long.
inline constexpr std::uint64_t max_safetensors_header = 100'000'000;

/// The format's name of an element type; empty for one that it lacks.
constexpr std::string_view safetensors_name(element_type type) {
    switch (type) {
        case element_type::boolean: return "BOOL";
        case element_type::uint8: return "U8";
        case element_type::uint16: return "U16";
        case element_type::uint32: return "U32";
        case element_type::uint64: return "U64";
        case element_type::int8: return "I8";
        case element_type::int16: return "I16";
        case element_type::int32: return "I32";
        case element_type::int64: return "I64";
        case element_type::float8_e4m3: return "F8_E4M3";
        case element_type::float8_e5m2: return "F8_E5M2";
        case element_type::float16: return "F16";
        case element_type::bfloat16: return "BF16";
        case element_type::float32: return "F32";
        case element_type::float64: return "F64";
        case element_type::complex64: return "C64";
        case element_type::complex128:
        case element_type::other: return "";
    }
    return "";
}

/// The element type of the format's name; `other` for one that has none here.
constexpr element_type element_type_from_safetensors(std::string_view name) {
    for (int number = 1; number <= static_cast<int>(last_element_type); ++number)
        if (const auto type = static_cast<element_type>(number); safetensors_name(type) == name && !name.empty())
            return type;
    return element_type::other;
}

/// The key that holds the text pairs; no tensor can have this name.
inline constexpr std::string_view safetensors_metadata_key = "__metadata__";

}  // namespace ambit::checkpoint_parts
