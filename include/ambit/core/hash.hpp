// SPDX-License-Identifier: BSL-1.0
// The 64-bit FNV-1a hash. Source: G. Fowler, L. C. Noll, K.-P. Vo, "FNV hash", 1991.
//
//     static_assert(fnv1a("relu") != fnv1a("elu"));
#pragma once

#include <ambit/core/namespaces.hpp>

#include <cstdint>
#include <string_view>

namespace AMBIT_NAMESPACE::core_parts {

/// The hash of nothing, and that of one more byte or word behind those that were hashed.
inline constexpr std::uint64_t fnv1a_of_nothing = 0xCBF29CE484222325;
constexpr std::uint64_t fnv1a_with(std::uint64_t hash, std::uint64_t word) { return (hash ^ word) * 0x100000001B3; }

constexpr std::uint64_t fnv1a(std::string_view text) {
    std::uint64_t hash = fnv1a_of_nothing;
    for (const char letter : text) hash = fnv1a_with(hash, static_cast<unsigned char>(letter));
    return hash;
}

}  // namespace ambit::core_parts
