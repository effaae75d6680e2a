// SPDX-License-Identifier: BSL-1.0
// Text as a template argument: `net.get<"dense/weights">()`.
// Exactly sized, terminator stored: clang 16 prints it as text only then.
#pragma once

#include <ambit/core/namespaces.hpp>
#include <ambit/core/standard.hpp>

#include <cstddef>
#include <string_view>

namespace ambit {

template <std::size_t Size> struct fixed_string {
    constexpr fixed_string() = default;
    constexpr fixed_string(const char (&literal)[Size]) {  // NOLINT: implicit, so that a literal is an argument
        for (std::size_t i = 0; i < Size; ++i) characters[i] = literal[i];
    }

    constexpr std::string_view view() const { return {characters, Size - 1}; }

    char characters[Size] = {};
};

}  // namespace ambit
