// SPDX-License-Identifier: BSL-1.0
// Rows of words as columns, for people.
#pragma once

#include <ambit/core/later.hpp>
#include <ambit/diagnostics/grouped_number.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace AMBIT_NAMESPACE::io_parts {

/// Characters of a text; of lines and letters that are not ASCII, too, each takes one column.
constexpr std::size_t columns_of(std::string_view text) {
    std::size_t columns = 0;
    for (const char letter : text) columns += (static_cast<unsigned char>(letter) & 0xC0) != 0x80 ? 1 : 0;
    return columns;
}

/// Cells, row by row, as columns: those for which `sides` has an `l` are aligned to the left, for an `r` to the right,
/// any others left out.
template <class Text> [[gnu::cold]] Text table(const std::vector<Text>& cells, std::string_view sides) {
    std::vector<later<std::size_t, Text>> width(sides.size(), 0);
    for (std::size_t i = 0; i < cells.size(); ++i)
        width[i % sides.size()] = (std::max)(width[i % sides.size()], columns_of(cells[i]));
    Text text;
    for (std::size_t i = 0; i < cells.size(); ++i) {
        const std::size_t column = i % sides.size(), rest = width[column] - columns_of(cells[i]);
        const char side = sides[column];
        if (side == 'l' || side == 'r') {
            text.append((column == 0 ? 2 : 3) + (side == 'r' ? rest : 0), ' ');
            text += cells[i];
            if (side == 'l') text.append(rest, ' ');
        }
        if (column + 1 < sides.size()) continue;
        while (text.back() == ' ') text.pop_back();
        text += '\n';
    }
    return text;
}

/// `128 bytes`, `200.3 KiB`
template <class Caller = void> [[gnu::cold]] auto short_bytes(std::int64_t bytes) {
    const later<std::string, Caller> text = mistake_parts::readable_bytes(bytes);
    const std::size_t begin = text.find('(');
    return begin == text.npos ? text : text.substr(begin + 1, text.size() - begin - 2);
}

/// `65,536`, `104.9 M`: from a million on in millions and so on, rounded down.
template <class Caller = void> [[gnu::cold]] auto short_count(std::int64_t count) {
    using string = later<std::string, Caller>;
    if (count < 1'000'000) return string(mistake_parts::grouped(count));
    std::int64_t tenths = count / 100'000;
    std::string_view units = "MGTP";
    for (; tenths >= 10'000 && units.size() > 1; tenths /= 1000) units.remove_prefix(1);
    return string(mistake_parts::grouped(tenths / 10)) + '.' + std::to_string(tenths % 10) + ' ' + units.front();
}

}  // namespace ambit::io_parts
