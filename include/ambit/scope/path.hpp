// SPDX-License-Identifier: BSL-1.0
// Which names variables and scopes may have (TensorFlow 1's rule for op names, applied to the whole joined path):
// letters, digits, '_', '.', '-' and single inner '/'; the first character of the path a letter, a digit or '.'.
//
//     is_legal_name("conv1/weights", at_root)      // true
//     is_legal_name("_hidden", at_root)            // false: fine below a scope
#pragma once

#include <string_view>

namespace ambit {

/// Whether the name stands at the beginning of its path, where the first character has a stricter rule.
enum class name_position : bool { inside, at_root };

constexpr bool is_letter_or_digit(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/// The rule for variables and variable scopes: no empty component anywhere.
constexpr bool is_legal_name(std::string_view name, name_position position) {
    if (name.empty() || name.back() == '/') return false;
    if (position == name_position::at_root && !is_letter_or_digit(name[0]) && name[0] != '.') return false;
    bool component_is_empty = true;
    for (const char c : name) {
        if (c == '/') {
            if (component_is_empty) return false;
            component_is_empty = true;
            continue;
        }
        if (!is_letter_or_digit(c) && c != '_' && c != '.' && c != '-') return false;
        component_is_empty = false;
    }
    return true;
}

}  // namespace ambit
