// SPDX-License-Identifier: BSL-1.0
// What writers and readers of safetensors files share: names of dtypes and limits.
// Source: the format's description in the README of github.com/huggingface/safetensors.
#pragma once

#include <ambit/core/dtype.hpp>

#include <bit>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace AMBIT_NAMESPACE {

static_assert(std::endian::native == std::endian::little,
              "[ambit] safetensors files are little-endian, and tensors are copied into them as they are");

/// Free text pairs of a checkpoint.
using checkpoint_metadata = std::map<std::string, std::string>;

}  // namespace ambit

namespace AMBIT_NAMESPACE::checkpoint_parts {

/// The longest header, in bytes: the limit of the format's reference implementation. Parsing needs memory for
/// a small multiple of it, and only if the file really is that long.
inline constexpr std::uint64_t max_safetensors_header = 100'000'000;

/// The format's name of a dtype; empty for `none`.
constexpr std::string_view safetensors_name(dtype type) {
    switch (type) {
        case dtype::none: return "";
        case dtype::float32: return "F32";
        case dtype::float64: return "F64";
        case dtype::int32: return "I32";
        case dtype::int64: return "I64";
        case dtype::uint8: return "U8";
        case dtype::boolean: return "BOOL";
    }
    return "";
}

/// The dtype of the format's name; `none` for one that ambit does not hold.
constexpr dtype dtype_from_safetensors(std::string_view name) {
    for (dtype type : {float32, float64, int32, int64, uint8, boolean})
        if (safetensors_name(type) == name) return type;
    return dtype::none;
}

/// The key that holds the text pairs; no tensor can have this name.
inline constexpr std::string_view safetensors_metadata_key = "__metadata__";

}  // namespace ambit::checkpoint_parts
