// SPDX-License-Identifier: BSL-1.0
// Text as a template argument: `net.get<"dense/weights">()`.
// Exactly sized, terminator stored: clang 16 prints it as text only then.
#pragma once

#include <ambit/core/namespaces.hpp>
#include <ambit/core/standard.hpp>

#include <cstddef>
#include <string_view>

// In every build of ambit the same (core/build.hpp): compilers print it for each fact of a mistake. None of its
// functions is left to the linker.
namespace ambit {

template <std::size_t Size> struct fixed_string {
    constexpr fixed_string() = default;
    // NOLINTNEXTLINE: implicit, so that a literal is an argument
    [[gnu::always_inline]] constexpr fixed_string(const char (&literal)[Size]) {
        for (std::size_t i = 0; i < Size; ++i) characters[i] = literal[i];
    }

    [[gnu::always_inline]] constexpr std::string_view view() const { return {characters, Size - 1}; }

    char characters[Size] = {};
};

}  // namespace ambit
