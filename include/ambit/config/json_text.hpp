// SPDX-License-Identifier: BSL-1.0
// Reads JSON into values that know their lines. The parser of nlohmann-json tells what it meets; where that stands is
// seen by what it has read so far.
#pragma once

#include <ambit/config/config_error.hpp>
#include <ambit/config/config_value.hpp>
#include <ambit/config/number_range.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

namespace AMBIT_NAMESPACE::config_parts {

/// A text that is read once from front to back; `*seen` is where the reader is.
class watched_text {
public:
    using iterator_category = std::forward_iterator_tag;
    using value_type = char;
    using difference_type = std::ptrdiff_t;
    using pointer = const char*;
    using reference = const char&;

    watched_text() = default;
    watched_text(const char* at, const char** seen) : at_(at), seen_(seen) {}
    const char& operator*() const { return *at_; }
    watched_text& operator++() {
        *seen_ = ++at_;
        return *this;
    }
    watched_text operator++(int) {
        const watched_text before = *this;
        ++*this;
        return before;
    }
    friend bool operator==(const watched_text& a, const watched_text& b) { return a.at_ == b.at_; }

private:
    const char* at_ = nullptr;
    const char** seen_ = nullptr;
};

class json_reader {
public:
    using number_integer_t = nlohmann::json::number_integer_t;
    using number_unsigned_t = nlohmann::json::number_unsigned_t;
    using number_float_t = nlohmann::json::number_float_t;
    using string_t = nlohmann::json::string_t;
    using binary_t = nlohmann::json::binary_t;

    json_reader(std::string_view text, const std::string& file)
        : file_(file), counted_(text.data()), seen_(text.data()), end_(text.data() + text.size()) {}

    config_value read() {
        const char* const begin = seen_;
        nlohmann::json::sax_parse(watched_text(begin, &seen_), watched_text(end_, &seen_), this);
        return std::move(root_);
    }

    // ---- what the parser tells --------------------------------------------------------------------------------------

    bool null() { return add({}); }
    bool boolean(bool said) {
        config_value value = of(value_kind::boolean);
        value.boolean = said;
        return add(std::move(value));
    }
    bool number_integer(number_integer_t said) {
        config_value value = of(value_kind::integer);
        value.integer = said;
        value.number = static_cast<double>(said);
        return add(std::move(value));
    }
    bool number_unsigned(number_unsigned_t said) {
        if (static_cast<number_integer_t>(said) >= 0) return number_integer(static_cast<number_integer_t>(said));
        config_value value = of(value_kind::natural);
        value.natural = said;
        value.number = static_cast<double>(said);
        return add(std::move(value));
    }
    bool number_float(number_float_t said, const string_t& digits) {
        expect_double(digits, {file_, line(), {}});
        config_value value = of(value_kind::number);
        value.number = said;
        return add(std::move(value));
    }
    bool string(string_t& said) {
        config_value value = of(value_kind::text);
        value.text = std::move(said);
        return add(std::move(value));
    }
    bool binary(binary_t&) { return add({}); }  // is for other formats

    bool start_object(std::size_t) { return open(value_kind::table); }
    bool start_array(std::size_t) { return open(value_kind::list); }
    bool end_object() { return close(); }
    bool end_array() { return close(); }
    bool key(string_t& said) {
        unfinished& table = open_.back();
        if (!table.names.insert(said).second)
            fail(config_fault::duplicate_key,
                 "the key " + mistake_parts::in_quotes(said) + " is there twice, first on line " +
                     std::to_string(table.value.key_lines[static_cast<std::size_t>(table.value.find(said))]),
                 "keep one of them");
        table.value.key_lines.push_back(line());
        table.value.keys.push_back(std::move(said));
        return true;
    }

    bool parse_error(std::size_t, const std::string& read, const nlohmann::json::exception&) {
        const bool is_over = seen_ == end_ && read.find_first_not_of(" \t\r\n") == std::string::npos;
        fail(config_fault::syntax,
             is_over ? std::string("the text ends too early")
                     : "this is no JSON: it was read up to " + in_quotes(read, 60),
             "mend the line, or what is open before it");
    }

private:
    struct unfinished {
        config_value value;
        std::set<std::string> names;
    };

    config_value of(value_kind kind) {
        config_value value;
        value.kind = kind;
        value.line = line();
        return value;
    }

    /// Of the character before the one that was read last: behind a number, the parser has seen what ends it.
    int line() {
        const char* const upto = seen_ == counted_ ? seen_ : seen_ - 1;
        if (upto > counted_) {
            line_ += static_cast<int>(std::count(counted_, upto, '\n'));
            counted_ = upto;
        }
        return line_;
    }

    bool add(config_value value) {
        if (value.line == 0) value.line = line();
        if (open_.empty()) root_ = std::move(value);
        else open_.back().value.items.push_back(std::move(value));
        return true;
    }
    bool open(value_kind kind) {
        if (open_.size() >= static_cast<std::size_t>(deepest))
            fail(config_fault::too_deep,
                 "tables and lists lie deeper than " + std::to_string(deepest) + " in each other",
                 "no settings need as many");
        open_.push_back({of(kind), {}});
        return true;
    }
    bool close() {
        config_value whole = std::move(open_.back().value);
        open_.pop_back();
        return add(std::move(whole));
    }

    [[noreturn]] void fail(config_fault kind, std::string_view found, std::string_view advice) {
        throw_or_end(config_error(kind, {file_, line(), {}}, found, advice));
    }

    const std::string& file_;
    const char* counted_;
    const char* seen_;
    const char* end_;
    int line_ = 1;
    std::vector<unfinished> open_;
    config_value root_;
};

inline config_value read_json(std::string_view text, const std::string& file) { return json_reader(text, file).read(); }

}  // namespace ambit::config_parts
