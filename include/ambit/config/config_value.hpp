// SPDX-License-Identifier: BSL-1.0
// What a file of settings says, whatever format it is written in: values with the lines on which they stand.
#pragma once

#include <ambit/core/namespaces.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace AMBIT_NAMESPACE {

enum class config_format { json, toml };

}  // namespace ambit

namespace AMBIT_NAMESPACE::config_parts {

/// How far tables and lists may be nested, and what a file may have of bytes.
inline constexpr int deepest = 64;
inline constexpr std::uint64_t largest_file = 1 << 20;

enum class value_kind {
    nothing,   ///< JSON's null
    boolean,
    integer,   ///< in 64 bits with a sign
    natural,   ///< in 64 bits, and too large for those with a sign
    number,    ///< any other number
    text,
    list,
    table
};

struct config_value {
    value_kind kind = value_kind::nothing;
    int line = 0;
    bool boolean = false;
    std::int64_t integer = 0;
    std::uint64_t natural = 0;
    double number = 0;
    std::string text;
    std::vector<config_value> items;  ///< of a list or a table
    std::vector<std::string> keys;    ///< of a table, one for each item, and its line
    std::vector<int> key_lines;

    /// The place of a key; -1 if there is none.
    int find(std::string_view key) const {
        for (std::size_t i = 0; i < keys.size(); ++i)
            if (keys[i] == key) return static_cast<int>(i);
        return -1;
    }
};

/// What stands there, for messages.
constexpr std::string_view words_of(value_kind kind) {
    switch (kind) {
        case value_kind::nothing: return "null";
        case value_kind::boolean: return "true or false";
        case value_kind::integer:
        case value_kind::natural: return "a whole number";
        case value_kind::number: return "a number";
        case value_kind::text: return "a text";
        case value_kind::list: return "a list";
        case value_kind::table: return "a table";
    }
    return "";
}

}  // namespace ambit::config_parts
