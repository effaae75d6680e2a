// SPDX-License-Identifier: BSL-1.0
// What a checkpoint holds of a tensor, to be compared.
#pragma once

#include <ambit/checkpoint/tensor_source.hpp>

#include <catch2/catch.hpp>

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ambit_test {

using namespace ambit;
using namespace ambit::checkpoint_parts;

inline std::string hexadecimal(std::span<const std::byte> bytes) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    for (const std::byte byte : bytes) {
        text += digits[std::to_integer<std::size_t>(byte) >> 4];
        text += digits[std::to_integer<std::size_t>(byte) & 15];
    }
    return text.empty() ? "-" : text;
}

inline std::vector<std::byte> read_bytes(const tensor_source& file, std::string_view name) {
    const stored_tensor* const found = file.find(name);
    REQUIRE(found != nullptr);
    std::vector<std::byte> bytes(found->bytes);
    file.read(*found, bytes);
    return bytes;
}

}  // namespace ambit_test
