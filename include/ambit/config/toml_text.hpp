// SPDX-License-Identifier: BSL-1.0
// Reads TOML into values that know their lines, with toml++.
#pragma once

#include <ambit/config/config_error.hpp>
#include <ambit/config/config_value.hpp>

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

/// How deep the tables lie in each other that a text makes: a dotted key makes one for each of its parts, and the
/// parser counts none of these. It knows as much of TOML as is needed to tell brackets and dots from text; where it is
/// wrong, the text is no TOML, and the parser stops there.
class toml_depth {
public:
    toml_depth(std::string_view text, const std::string& file) : text_(text), file_(file) {}

    /// Throws `too_deep`.
    void check() {
        dots_.assign(1, 0);
        while (at_ < text_.size()) {
            const char c = text_[at_];
            if (c == '#') skip_comment();
            else if (c == '"' || c == '\'') skip_text(c);
            else step(c);
        }
    }

private:
    void step(char c) {
        ++at_;
        if (c == '[' || c == '{') dots_.push_back(0);
        else if ((c == ']' || c == '}') && dots_.size() > 1) leave();
        else if (c == '.') ++dots_.back();
        depth_ += c == '.' ? 1 : 0;
        if (c == ',' || (c == '\n' && dots_.size() == 1)) depth_ -= std::exchange(dots_.back(), 0);
        line_ += c == '\n' ? 1 : 0;
        if (depth_ + static_cast<int>(dots_.size()) <= deepest) return;
        throw_or_end(config_error(config_fault::too_deep, {file_, line_, {}},
                                  "tables and lists lie deeper than " + std::to_string(deepest) + " in each other",
                                  "no settings need as many"));
    }
    void leave() {
        depth_ -= dots_.back();
        dots_.pop_back();
    }
    void skip_comment() {
        while (at_ < text_.size() && text_[at_] != '\n') ++at_;
    }
    bool is_at(char quote, std::size_t count) const { return text_.substr(at_, count) == std::string(count, quote); }

    void skip_text(char quote) {
        const bool is_long = is_at(quote, 3);
        at_ += is_long ? std::size_t{3} : std::size_t{1};
        while (at_ < text_.size()) {
            if (text_[at_] == '\\' && quote == '"') {
                at_ += 2;
            } else if (is_long && is_at(quote, 3)) {
                at_ += 3;
                for (int more = 0; more < 2 && is_at(quote, 1); ++more) ++at_;  // belong to the text
                return;
            } else if (!is_long && (is_at(quote, 1) || text_[at_] == '\n')) {
                at_ += text_[at_] == quote ? std::size_t{1} : std::size_t{0};
                return;
            } else {
                line_ += text_[at_++] == '\n' ? 1 : 0;
            }
        }
    }

    std::string_view text_;
    const std::string& file_;
    std::size_t at_ = 0;
    std::vector<int> dots_;  // of what is open, those of its key that is under way
    int depth_ = 0;          // their sum
    int line_ = 1;
};

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
    } else {
        value.kind = value_kind::moment;
    }
    return value;
}

[[noreturn]] inline void refuse_toml(const toml::parse_error& why, const std::string& file) {
    throw_or_end(config_error(config_fault::syntax, {file, static_cast<int>(why.source().begin.line), {}},
                              "this is no TOML: " + mistake_parts::visible(why.description(), 200),
                              "mend the line, or what is open before it"));
}

inline config_value read_toml(std::string_view text, const std::string& file) {
    toml_depth(text, file).check();
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
