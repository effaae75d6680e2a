// SPDX-License-Identifier: BSL-1.0
// Places in a program that is data: each statement gets a line of its own, as it would have as source.
//
//     s.get_variable("w", {3}, {}, line_of(7));
//     statement_at(place(line_of(7)).line) == 7;
#pragma once

#include <cstddef>
#include <source_location>

namespace ambit_test {

// Of each source its own: in one that sources share g++ 12, where it does not optimize, loses the texts of places.
inline constexpr int first_line = __LINE__ + 2;
constexpr std::source_location lines[] = {
    std::source_location::current(),
    std::source_location::current(),
    std::source_location::current(),
    std::source_location::current(),
    std::source_location::current(),
    std::source_location::current(),
    std::source_location::current(),
    std::source_location::current(),
    std::source_location::current(),
    std::source_location::current(),
    std::source_location::current(),
    std::source_location::current(),
    std::source_location::current(),
    std::source_location::current(),
    std::source_location::current(),
    std::source_location::current(),
    std::source_location::current(),
    std::source_location::current(),
    std::source_location::current(),
    std::source_location::current(),
    std::source_location::current(),
    std::source_location::current(),
    std::source_location::current(),
    std::source_location::current(),
    std::source_location::current(),
    std::source_location::current(),
    std::source_location::current(),
    std::source_location::current(),
    std::source_location::current(),
    std::source_location::current(),
    std::source_location::current(),
    std::source_location::current(),
    std::source_location::current(),
    std::source_location::current(),
    std::source_location::current(),
    std::source_location::current(),
    std::source_location::current(),
    std::source_location::current(),
    std::source_location::current(),
    std::source_location::current(),
    std::source_location::current(),
    std::source_location::current(),
    std::source_location::current(),
    std::source_location::current(),
    std::source_location::current(),
    std::source_location::current(),
    std::source_location::current(),
    std::source_location::current(),
    std::source_location::current(),
    std::source_location::current(),
    std::source_location::current(),
    std::source_location::current(),
    std::source_location::current(),
    std::source_location::current(),
    std::source_location::current(),
    std::source_location::current(),
    std::source_location::current(),
    std::source_location::current(),
    std::source_location::current(),
    std::source_location::current(),
    std::source_location::current(),
    std::source_location::current(),
    std::source_location::current(),
    std::source_location::current(),
};
inline constexpr int line_count = static_cast<int>(sizeof lines / sizeof *lines);

/// The place of a statement, of 0 to `line_count - 1`.
static constexpr std::source_location line_of(int statement) { return lines[static_cast<std::size_t>(statement)]; }

/// The statement of a line; 0 for a place that is none.
constexpr int statement_at(int line) { return line < first_line ? 0 : line - first_line; }

}  // namespace ambit_test
