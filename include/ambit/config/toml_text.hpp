// SPDX-License-Identifier: BSL-1.0
// Reads TOML into values that know their lines, with toml++.
#pragma once

#include <ambit/config/config_error.hpp>
#include <ambit/config/config_value.hpp>
#include <ambit/config/toml_guard.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include <toml++/toml.h>

namespace AMBIT_NAMESPACE::config_parts {

inline config_value value_of_toml(const toml::node& node) {
    config_value value;
    value.line = static_cast<int>(node.source().begin.line);
    if (const toml::table* const table = node.as_table()) {
        value.kind = value_kind::table;
        using entry = std::tuple<toml::source_position, std::string_view, const toml::node*>;
        std::vector<entry> entries;
        for (const auto& [key, item] : *table) entries.emplace_back(key.source().begin, key.str(), &item);
        std::sort(entries.begin(), entries.end(), [](const entry& a, const entry& b) {
            const toml::source_position& x = std::get<0>(a);
            const toml::source_position& y = std::get<0>(b);
            return std::pair(x.line, x.column) < std::pair(y.line, y.column);
        });
        for (const auto& [place, key, item] : entries) {
            value.keys.emplace_back(key);
            value.key_lines.push_back(static_cast<int>(place.line));
            value.items.push_back(value_of_toml(*item));
        }
    } else if (const toml::array* const list = node.as_array()) {
        value.kind = value_kind::list;
        for (const toml::node& item : *list) value.items.push_back(value_of_toml(item));
    } else if (const auto* const text = node.as_string()) {
        value.kind = value_kind::text;
        value.text = text->get();
    } else if (const auto* const whole = node.as_integer()) {
        value.kind = value_kind::integer;
        value.integer = whole->get();
        value.number = static_cast<double>(value.integer);
    } else if (const auto* const number = node.as_floating_point()) {
        value.kind = value_kind::number;
        value.number = number->get();
    } else if (const auto* const said = node.as_boolean()) {
        value.kind = value_kind::boolean;
        value.boolean = said->get();
    }
    return value;
}

[[noreturn]] inline void refuse_toml(const toml::parse_error& why, const std::string& file) {
    throw_or_end(config_error(config_fault::syntax, {file, static_cast<int>(why.source().begin.line), {}},
                              "this is no TOML: " + mistake_parts::visible(why.description(), 200),
                              "mend the line, or what is open before it"));
}

inline config_value read_toml(std::string_view text, const std::string& file) {
    toml_guard(text, file).check();
#if TOML_EXCEPTIONS
    try {
        return value_of_toml(toml::parse(text));
    } catch (const toml::parse_error& why) {
        refuse_toml(why, file);
    }
#else
    const toml::parse_result result = toml::parse(text);
    if (!result) refuse_toml(result.error(), file);
    return value_of_toml(result.table());
#endif
}

}  // namespace ambit::config_parts
