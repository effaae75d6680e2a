// SPDX-License-Identifier: BSL-1.0
// Reads values and tables of a file of settings, and refuses what does not fit, with file, line and key. What is there
// in a table and nobody asked for is a mistake, too, with the nearest of the keys that were asked for.
//
//     table_reader layer(value);
//     const std::int64_t units = layer.required("units").integer(1, most);
//     if (const auto rate = layer.optional("rate")) it.rate = rate->number(0, 1);
//     layer.finish();
#pragma once

#include <ambit/config/config_error.hpp>
#include <ambit/config/config_value.hpp>
#include <ambit/diagnostics/grouped_number.hpp>
#include <ambit/diagnostics/nearest_name.hpp>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace AMBIT_NAMESPACE::config_parts {

/// `"relu", "tanh" and "elu"`, of many the first ones.
inline std::string listed(std::span<const std::string_view> words) {
    constexpr std::size_t most = 16;
    std::string line;
    for (std::size_t i = 0; i < words.size() && i < most; ++i) {
        if (i > 0) line += i + 1 == words.size() ? " and " : ", ";
        line += in_quotes(words[i]);
    }
    return words.size() > most ? line + ", …" : line;
}

inline std::string nearest_of(std::string_view said, std::span<const std::string_view> words) {
    nearest_name search(said);
    for (std::size_t i = 0; i < words.size(); ++i) search.consider(static_cast<int>(i), words[i]);
    return search.best() < 0 ? std::string() : std::string(words[static_cast<std::size_t>(search.best())]);
}

inline std::string words_of_number(double number) {
    short_text text;
    append_real(text, number);
    return std::string(text.view());
}

/// A value with where it stands. The document outlives it.
class placed_value {
public:
    placed_value(const std::string& file, const config_value& value, std::string key)
        : file_(&file), value_(&value), key_(std::move(key)) {}

    const std::string& file() const { return *file_; }
    const std::string& key() const { return key_; }
    int line() const { return value_->line; }
    value_kind kind() const { return value_->kind; }
    std::size_t size() const { return value_->items.size(); }
    config_place place() const { return {*file_, value_->line, key_}; }
    const config_value& raw() const { return *value_; }

    [[noreturn]] void refuse(config_fault kind, std::string_view found, std::string_view advice,
                             std::string nearest = {}) const {
        throw_or_end(config_error(kind, place(), found, advice, std::move(nearest)));
    }
    void expect(value_kind wanted, std::string_view words) const {
        if (value_->kind == wanted) return;
        refuse(config_fault::wrong_type, "there is " + std::string(words_of(value_->kind)),
               "it takes " + std::string(words));
    }

    bool boolean() const {
        expect(value_kind::boolean, "true or false");
        return value_->boolean;
    }
    const std::string& text() const {
        expect(value_kind::text, "a text");
        return value_->text;
    }

    /// Both ends included.
    std::int64_t integer(std::int64_t low, std::int64_t high) const {
        const bool is_whole = value_->kind == value_kind::integer;
        if (is_whole && value_->integer >= low && value_->integer <= high) return value_->integer;
        if (!is_whole) expect_number("a whole number");
        // 2^63: what is larger has no fraction that anybody could have meant.
        const bool is_huge = value_->number >= 9223372036854775808.0 || value_->number < -9223372036854775808.0;
        if (!is_whole && !is_huge)
            refuse(config_fault::wrong_type,
                   "there is " + words_of_number(value_->number) + ", written with a fraction",
                   "it takes a whole number");
        refuse(config_fault::out_of_range,
               "there is " + (is_whole ? grouped(value_->integer) : words_of_number(value_->number)),
               "it takes " + grouped(low) + " to " + grouped(high));
    }
    std::uint64_t natural(std::uint64_t high) const {
        if (value_->kind == value_kind::natural && value_->natural <= high) return value_->natural;
        constexpr std::uint64_t most = static_cast<std::uint64_t>((std::numeric_limits<std::int64_t>::max)());
        if (value_->kind == value_kind::natural || (value_->kind == value_kind::integer && value_->integer < 0))
            refuse(config_fault::out_of_range,
                   "there is " + (value_->kind == value_kind::natural ? std::to_string(value_->natural)
                                                                      : grouped(value_->integer)),
                   "it takes 0 to " + std::to_string(high));
        return static_cast<std::uint64_t>(integer(0, static_cast<std::int64_t>(high < most ? high : most)));
    }

    double number() const {
        expect_number("a number");
        return value_->number;
    }
    /// From `low` on, to `high`, or up to it but for itself.
    double number(double low, double high, bool with_high = true) const {
        const double x = number();
        if (x >= low && (with_high ? x <= high : x < high)) return x;
        const std::string most = high < (std::numeric_limits<double>::max)()
                                     ? (with_high ? ", at most " : ", and below ") + words_of_number(high)
                                     : std::string();
        refuse(config_fault::out_of_range, "there is " + words_of_number(x),
               "it takes a number, at least " + words_of_number(low) + most);
    }

    /// The place of a text among words.
    std::size_t word(std::span<const std::string_view> words) const {
        const std::string& said = text();
        for (std::size_t i = 0; i < words.size(); ++i)
            if (words[i] == said) return i;
        refuse(config_fault::unknown_word, "there is " + in_quotes(said), "it takes one of " + listed(words),
               nearest_of(said, words));
    }

    /// An element of a list.
    placed_value operator[](std::size_t i) const {
        return {*file_, value_->items[i], key_ + '[' + std::to_string(i) + ']'};
    }

private:
    void expect_number(std::string_view words) const {
        if (value_->kind != value_kind::integer && value_->kind != value_kind::natural &&
            value_->kind != value_kind::number)
            expect(value_kind::number, words);
    }

    const std::string* file_;
    const config_value* value_;
    std::string key_;
};

class table_reader {
public:
    explicit table_reader(const placed_value& table) : table_(table) {
        table_.expect(value_kind::table, "a table");
        asked_.resize(table_.raw().keys.size(), false);
    }

    const placed_value& table() const { return table_; }

    std::optional<placed_value> optional(std::string_view key) {
        known_.push_back(key);
        const int found = table_.raw().find(key);
        if (found < 0) return std::nullopt;
        asked_[static_cast<std::size_t>(found)] = true;
        return placed_value(table_.file(), table_.raw().items[static_cast<std::size_t>(found)], key_of(key));
    }
    /// Neither the key is there nor one that may be a slip of it.
    bool lacks(std::string_view key) const {
        for (const std::string& there : table_.raw().keys)
            if (is_near(there, key)) return false;
        return true;
    }
    placed_value required(std::string_view key) {
        if (auto found = optional(key)) return *std::move(found);
        // One that is there in its place is probably a slip of it.
        for (std::size_t i = 0; i < asked_.size(); ++i)
            if (!asked_[i] && is_near(table_.raw().keys[i], key)) refuse_unknown(i, std::string(key));
        throw_or_end(config_error(config_fault::missing_key, {table_.file(), table_.line(), key_of(key)},
                                  "it is missing", "it has to be said"));
    }

    /// Refuses the first key that nobody asked for.
    void finish() const {
        for (std::size_t i = 0; i < asked_.size(); ++i) {
            if (asked_[i]) continue;
            refuse_unknown(i, nearest_of(table_.raw().keys[i], known_));
        }
    }

private:
    [[noreturn]] void refuse_unknown(std::size_t i, std::string nearest) const {
        const std::string& key = table_.raw().keys[i];
        throw_or_end(config_error(config_fault::unknown_key, {table_.file(), table_.raw().key_lines[i], key_of(key)},
                                  "nobody reads the key " + in_quotes(key), "there may be " + listed(known_),
                                  std::move(nearest)));
    }
    std::string key_of(std::string_view key) const {
        std::string shown = visible(key, 60);
        if (shown != key || key.find_first_of(". []\"\\") != key.npos || key.empty()) shown = in_quotes(key, 60);
        return table_.key().empty() ? shown : table_.key() + '.' + shown;
    }

    placed_value table_;
    std::vector<bool> asked_;
    std::vector<std::string_view> known_;
};

}  // namespace ambit::config_parts
