// SPDX-License-Identifier: BSL-1.0
// Which names variables and scopes may have (TensorFlow 1's rule for op names, applied to the whole joined path):
// letters, digits, '_', '.', '-' and single inner '/'; the first character of the path a letter, a digit or '.'.
//
//     is_legal_name("conv1/weights", at_root)      // true
//     is_legal_name("_hidden", at_root)            // false: fine below a scope
#pragma once

#include <ambit/core/namespaces.hpp>

#include <cstddef>
#include <string_view>

namespace AMBIT_NAMESPACE::scope_parts {

/// Whether the name stands at the beginning of its path, where the first character has a stricter rule.
enum class name_position : bool { inside, at_root };

constexpr bool is_letter_or_digit(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/// Whether a character may stand inside of a component. A table: one step of constant evaluation a character.
struct legal_characters {
    bool is_legal[256] = {};
    constexpr legal_characters() {
        for (int c = 0; c < 128; ++c)
            is_legal[c] = is_letter_or_digit(static_cast<char>(c)) || c == '_' || c == '.' || c == '-';
    }
};
inline constexpr legal_characters legal;

/// The rule for variables and variable scopes: no empty component anywhere.
constexpr bool is_legal_name(std::string_view name, name_position position) {
    if (name.empty()) return false;
    if (position == name_position::at_root && !is_letter_or_digit(name[0]) && name[0] != '.') return false;
    const char* const characters = name.data();  // a plain pointer: few steps of constant evaluation a character
    const std::size_t size = name.size();
    char before = '/';
    for (std::size_t i = 0; i < size; ++i) {
        const char c = characters[i];
        if (!legal.is_legal[static_cast<unsigned char>(c)] && (c != '/' || before == '/')) return false;
        before = c;
    }
    return before != '/';
}

}  // namespace ambit::scope_parts
