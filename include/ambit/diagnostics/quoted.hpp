// SPDX-License-Identifier: BSL-1.0
// Text that comes from outside, a name in a file or the name of a file, as a message may repeat it: whoever wrote it
// decides neither what a terminal does, nor where the quotation ends, nor how long the message is.
//
//     "tensor " + in_quotes(name) + " has no dtype"           // tensor "dense/kernel" has no dtype
//     shown_path(file) + ": cannot open"                      // weights.bin: cannot open
#pragma once

#include <ambit/core/utf8.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace AMBIT_NAMESPACE::mistake_parts {

/// Whether a character is one that readers see where it stands. Not so: controls, the marks that turn the direction of
/// writing, what ends a line, and what has no sign of its own (Unicode's Default_Ignorable_Code_Point and
/// noncharacters).
constexpr bool is_visible(char32_t code) {
    struct range {
        char32_t first, last;
    };
    constexpr range hidden[] = {
        {0x00, 0x1F},     {0x7F, 0x9F},     {0xAD, 0xAD},       {0x34F, 0x34F},     {0x61C, 0x61C},
        {0x115F, 0x1160}, {0x17B4, 0x17B5}, {0x180B, 0x180F},   {0x200B, 0x200F},   {0x2028, 0x202E},
        {0x2060, 0x206F}, {0x3164, 0x3164}, {0xFDD0, 0xFDEF},   {0xFE00, 0xFE0F},   {0xFEFF, 0xFEFF},
        {0xFFA0, 0xFFA0}, {0xFFF0, 0xFFFB}, {0x1BCA0, 0x1BCA3}, {0x1D173, 0x1D17A}, {0xE0000, 0xE0FFF},
    };
    if ((code & 0xFFFE) == 0xFFFE) return false;
    for (const range& r : hidden)
        if (code >= r.first && code <= r.last) return false;
    return true;
}

/// At most `longest` bytes of a text, whole characters, with ? for what is no UTF-8 or not visible.
inline std::string visible(std::string_view text, std::size_t longest) {
    std::string shown;
    for (std::size_t at = 0; at < text.size();) {
        const auto [code, bytes] = utf8_character(text, at);
        const std::size_t step = bytes == 0 ? 1 : bytes;
        if (at + step > longest) break;
        if (bytes > 0 && is_visible(code)) shown += text.substr(at, bytes);
        else shown += '?';
        at += step;
    }
    return shown;
}

/// In quotes; what is longer than `longest` bytes is cut, with three dots for the rest.
inline std::string in_quotes(std::string_view text, std::size_t longest = 120) {
    std::string result = "\"";
    for (const char character : visible(text, longest)) {
        if (character == '"' || character == '\\') result += '\\';
        result += character;
    }
    return result + (text.size() > longest ? "...\"" : "\"");
}

/// The name of a file before a message: as it is where it reads as one, else in quotes. Of a very long one, the end.
inline std::string shown_path(std::string_view path) {
    constexpr std::size_t longest = 1000;
    if (path.size() > longest) {
        path.remove_prefix(path.size() - longest);
        while ((static_cast<unsigned char>(path.front()) & 0xC0) == 0x80 && path.size() > 1) path.remove_prefix(1);
        return "..." + in_quotes(path, longest);
    }
    const bool plain = !path.empty() && visible(path, longest) == path && path.find_first_of("\"\\") == path.npos &&
                       path.find(": ") == path.npos && path.find("; ") == path.npos;
    return plain ? std::string(path) : in_quotes(path, longest);
}

}  // namespace ambit::mistake_parts
