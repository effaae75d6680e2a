// SPDX-License-Identifier: BSL-1.0
// Text in UTF-8, a character at a time.
//
//     static_assert(utf8_character("é", 0).bytes == 2 && utf8_character("é", 0).code == 0xE9);
//     static_assert(!is_utf8("\xFF"));
#pragma once

#include <ambit/core/namespaces.hpp>

#include <cstddef>
#include <string_view>

namespace AMBIT_NAMESPACE::core_parts {

struct utf8_character_found {
    char32_t code = 0;
    std::size_t bytes = 0;  ///< 0 if there is no well-formed character
};

/// The character that begins at a place of a text. Well-formed by the Unicode Standard, table 3-7: not overlong, no
/// surrogates, none past 10FFFF.
constexpr utf8_character_found utf8_character(std::string_view text, std::size_t at) {
    const auto byte = [&](std::size_t ahead) -> char32_t {
        return at + ahead < text.size() ? static_cast<unsigned char>(text[at + ahead]) : 0;
    };
    const char32_t lead = byte(0);
    const std::size_t length = at >= text.size() ? 0
                               : lead < 0x80     ? 1
                               : lead < 0xC2     ? 0
                               : lead < 0xE0     ? 2
                               : lead < 0xF0     ? 3
                               : lead < 0xF5     ? 4
                                                 : 0;
    if (length == 0) return {};
    char32_t code = length == 1 ? lead : lead & (0x7FU >> length);
    for (std::size_t ahead = 1; ahead < length; ++ahead) {
        if ((byte(ahead) & 0xC0) != 0x80) return {};
        code = code << 6 | (byte(ahead) & 0x3F);
    }
    if (length == 3 && (code < 0x800 || (code >= 0xD800 && code < 0xE000))) return {};
    if (length == 4 && (code < 0x10000 || code > 0x10FFFF)) return {};
    return {code, length};
}

constexpr bool is_utf8(std::string_view text) {
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t bytes = utf8_character(text, at).bytes;
        if (bytes == 0) return false;
        at += bytes;
    }
    return true;
}

}  // namespace ambit::core_parts
