// SPDX-License-Identifier: BSL-1.0
// What the output is written on: a terminal, with colours and its own width, or a file or pipe, with neither.
//
//     const page out = page_of_output();
//     text += out.styled(style::bold, padded(shown_name(name), 24));
#pragma once

#include <ambit/core/utf8.hpp>
#include <ambit/diagnostics/grouped_number.hpp>
#include <ambit/diagnostics/quoted.hpp>
#include <ambit/diagnostics/terminal.hpp>
#include <ambit/io/progress_bar.hpp>

#include <algorithm>
#include <array>
#include <clocale>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <string>
#include <string_view>

#include <unistd.h>
#include <wchar.h>

namespace tool {

enum class style { plain, bold, dim, red, green, yellow, cyan };

struct page {
    bool shows_colour = false;
    bool shows_unicode = false;  ///< by the locale; else ASCII stands for lines and bars
    std::size_t width = 80;  ///< columns

    std::string styled(style how, std::string_view words) const {
        constexpr std::string_view codes[] = {"", "\x1B[1m", "\x1B[2m", "\x1B[31m", "\x1B[32m", "\x1B[33m", "\x1B[36m"};
        if (!shows_colour || how == style::plain || words.empty()) return std::string(words);
        return std::string(codes[static_cast<int>(how)]) + std::string(words) + "\x1B[0m";
    }
};

/// What standard output is. Call once, first: it takes the kind of characters from the environment.
inline page page_of_output() {
    std::setlocale(LC_CTYPE, "");
    page out;
    out.shows_colour = ambit::mistake_parts::shows_colour(std::cout);
    out.shows_unicode = MB_CUR_MAX > 1;  // the one of them that is alive
    const int columns = ambit::terminal_width(STDOUT_FILENO);
    if (columns > 0) out.width = static_cast<std::size_t>((std::max)(columns, 40));
    return out;
}

/// Columns that a text takes on a terminal: wide characters take two.
inline std::size_t columns_of(std::string_view text) {
    std::size_t columns = 0;
    for (std::size_t begin = 0; begin < text.size();) {
        const auto [code, bytes] = ambit::core_parts::utf8_character(text, begin);
        const int width = bytes == 0 ? 1 : ::wcwidth(static_cast<wchar_t>(code));
        columns += width < 0 ? 1U : static_cast<unsigned>(width);
        begin += (std::max<std::size_t>)(bytes, 1);
    }
    return columns;
}

/// At most so many columns, whole characters, with three dots for the rest.
inline std::string cut_to(std::string text, std::size_t columns) {
    if (columns_of(text) <= columns) return text;
    const std::size_t room = (std::max<std::size_t>)(columns, 4) - 3;
    std::size_t kept = 0;
    for (std::size_t used = 0; kept < text.size();) {
        const std::size_t bytes = (std::max<std::size_t>)(ambit::core_parts::utf8_character(text, kept).bytes, 1);
        used += columns_of(std::string_view(text).substr(kept, bytes));
        if (used > room) break;
        kept += bytes;
    }
    return text.substr(0, kept) + "...";
}

/// The same of a path, whose end says more than its beginning.
inline std::string cut_front_to(const std::string& text, std::size_t columns) {
    if (columns_of(text) <= columns) return text;
    const std::size_t room = (std::max<std::size_t>)(columns, 4) - 3;
    std::string_view end = text;
    while (columns_of(end) > room)
        end.remove_prefix((std::max<std::size_t>)(ambit::core_parts::utf8_character(end, 0).bytes, 1));
    return "..." + std::string(end);
}

inline std::string padded(std::string text, std::size_t columns) {
    const std::size_t used = columns_of(text);
    return used < columns ? text.append(columns - used, ' ') : text;
}
inline std::string padded_left(const std::string& text, std::size_t columns) {
    const std::size_t used = columns_of(text);
    return used < columns ? std::string(columns - used, ' ') + text : text;
}

/// A name from a file: as it is where it reads as one, else in quotes as messages have it.
inline std::string shown_name(std::string_view name) {
    using namespace ambit::mistake_parts;
    constexpr std::size_t longest = 400;
    const bool is_plain = !name.empty() && name.front() != ' ' && name.back() != ' ' && name.size() <= longest &&
                          name.find_first_of("\"\\") == name.npos && visible(name, longest) == name;
    return is_plain ? std::string(name) : in_quotes(name, longest);
}

/// `306.3 KiB`, `512 bytes`
inline std::string short_bytes(std::uint64_t bytes) {
    const std::string text = ambit::mistake_parts::readable_bytes(static_cast<std::int64_t>(bytes));
    const std::size_t begin = text.find('(');
    return begin == text.npos ? text : text.substr(begin + 1, text.size() - begin - 2);
}

inline std::string grouped(std::uint64_t count) {
    return ambit::mistake_parts::grouped(static_cast<std::int64_t>(count));
}
/// `1 tensor`, `2 tensors`
inline std::string counted(std::uint64_t count, std::string_view noun) {
    return grouped(count) + ' ' + std::string(noun) + (count == 1 ? "" : "s");
}

/// Three digits of a number, all of a whole one that is short.
inline std::string short_number(long double value) {
    std::array<char, 64> text{};
    const bool is_short = std::fabs(value) < 1e7L && std::trunc(value) >= value && std::trunc(value) <= value;
    std::snprintf(text.data(), text.size(), is_short ? "%.0Lf" : "%.3Lg", value);
    std::string result = text.data();
    // 1e-05 as 1e-5
    const std::size_t exponent = result.find('e');
    if (exponent != result.npos && result.size() > exponent + 3 && result[exponent + 2] == '0')
        result.erase(exponent + 2, 1);
    if (exponent != result.npos && result[exponent + 1] == '+') result.erase(exponent + 1, 1);
    return result == "-0" ? "0" : result;
}

}  // namespace tool
