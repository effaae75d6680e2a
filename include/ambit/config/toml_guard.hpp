// SPDX-License-Identifier: BSL-1.0
// Looks over a text in TOML before toml++ reads it, for what that parser must not be given (version 3.3, Debian's):
//
//   - a dotted key makes a table for each of its parts, of which it counts none: the tables of `a.a.a. …` are taken
//     apart in as many calls within each other;
//   - a table's header that begins with no key, a value that looks like a date or a number and is none, and letters
//     beyond ASCII where it expects blanks are undefined behaviour, or an assertion that ends the program.
//
// So this knows keys from values. Where it takes a text for something else than it is, the text is no TOML, and the
// parser stops before. Dates and times are refused: no settings have any.
#pragma once

#include <ambit/config/config_error.hpp>
#include <ambit/config/config_value.hpp>
#include <ambit/config/number_range.hpp>
#include <ambit/scope/path.hpp>

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace AMBIT_NAMESPACE::config_parts {

/// Takes digits, with single `_` between them, from the front; false if there are none.
constexpr bool take_digits(std::string_view& text, std::string_view digits = "0123456789") {
    std::size_t count = 0;
    for (; count < text.size(); ++count) {
        const bool is_joint = text[count] == '_' && count > 0 && text[count - 1] != '_' && count + 1 < text.size();
        if (digits.find(text[count]) == digits.npos && !is_joint) break;
    }
    const bool is_whole = count > 0 && text[count - 1] != '_';
    text.remove_prefix(count);
    return is_whole;
}

/// `true`, `-12`, `1_000`, `0xFF`, `6.02e+23`, `-inf`: a value that is neither text, list, table, date nor time.
constexpr bool is_plain_value(std::string_view text) {
    if (text == "true" || text == "false") return true;
    if (text.starts_with("0x")) return take_digits(text = text.substr(2), "0123456789abcdefABCDEF") && text.empty();
    if (text.starts_with("0o")) return take_digits(text = text.substr(2), "01234567") && text.empty();
    if (text.starts_with("0b")) return take_digits(text = text.substr(2), "01") && text.empty();
    if (text.starts_with('+') || text.starts_with('-')) text.remove_prefix(1);
    if (text == "inf" || text == "nan") return true;
    if (text.size() > 1 && text[0] == '0' && text[1] != '.' && text[1] != 'e' && text[1] != 'E') return false;
    if (!take_digits(text)) return false;
    if (text.starts_with('.') && !take_digits(text = text.substr(1))) return false;
    if (!text.starts_with('e') && !text.starts_with('E')) return text.empty();
    text.remove_prefix(1);
    if (text.starts_with('+') || text.starts_with('-')) text.remove_prefix(1);
    return take_digits(text) && text.empty();
}

class toml_guard {
public:
    toml_guard(std::string_view text, const std::string& file) : text_(text), file_(file) {}

    /// Throws `too_deep` or `syntax`.
    void check() {
        open_.assign(1, {});
        while (at_ < text_.size()) {
            const char c = text_[at_];
            if (c == '#') skip_comment();
            else if (c == '"' || c == '\'') skip_text(c);
            else if (c == '[' && begins_line_ && open_.size() == 1) check_header();
            else if (is_of_a_word(c)) check_word();
            else step(c);
            expect_depth();
        }
    }

private:
    /// The file itself, and what is open in it.
    struct level {
        char closes_with = 0;
        bool wants_value = false;  // what comes next is a value, no key
        int dots = 0;              // of the key that is under way
    };

    static constexpr bool is_of_a_word(char c) {
        return scope_parts::is_letter_or_digit(c) || c == '_' || c == '-' || c == '+' || c == '.' || c == ':';
    }

    [[noreturn]] void refuse(const std::string& what) const {
        throw_or_end(config_error(config_fault::syntax, {file_, line_, {}}, "this is no TOML: " + what,
                                  "mend the line, or what is open before it"));
    }
    void expect_depth() const {
        int depth = static_cast<int>(open_.size()) - 1;
        for (const level& opened : open_) depth += opened.dots;
        if (depth < deepest) return;
        throw_or_end(config_error(config_fault::too_deep, {file_, line_, {}},
                                  "tables and lists lie deeper than " + std::to_string(deepest) + " in each other",
                                  "no settings need as many"));
    }

    /// A character that belongs to no word and no text.
    void step(char c) {
        if (static_cast<unsigned char>(c) > 0x7F) refuse("letters beyond ASCII stand in quotes");
        const bool is_blank = c == ' ' || c == '\t' || (c == '\r' && text_.substr(at_ + 1, 1) == "\n");
        if (!is_blank) begins_line_ = c == '\n';
        level& inside = open_.back();
        switch (c) {
            case '\n':
                ++line_;
                if (open_.size() == 1) inside = {};
                break;
            case '=': inside.wants_value = true; break;
            case ',':
                if (open_.size() == 1) refuse("a comma in no list and no table");
                inside = {inside.closes_with, inside.closes_with == ']', 0};
                break;
            case '[': open_.push_back({']', true, 0}); break;
            case '{': open_.push_back({'}', false, 0}); break;
            case ']':
            case '}':
                if (inside.closes_with != c) refuse(std::string("\"") + c + "\" closes nothing");
                open_.pop_back();
                break;
            default:
                if (!is_blank) refuse("there is " + in_quotes(std::string_view(&c, 1)) + " outside of a text");
        }
        ++at_;
    }

    void check_word() {
        const std::size_t begin = at_;
        while (at_ < text_.size() && is_of_a_word(text_[at_])) ++at_;
        const std::string_view word = text_.substr(begin, at_ - begin);
        level& inside = open_.back();
        if (!inside.wants_value) inside.dots += static_cast<int>(std::count(word.begin(), word.end(), '.'));
        else if (!is_plain_value(word))
            refuse("there is " + in_quotes(word, 60) + ", neither a number, true nor false; text stands in quotes");
        // Neither true nor false, inf nor nan, nor a whole number, whose parser looks itself.
        const bool has_fraction = word.find_first_of("0123456789") != word.npos &&
                                  word.find_first_of(".eE") != word.npos && !word.starts_with("0x");
        if (inside.wants_value && has_fraction) expect_double(word, {file_, line_, {}});
        begins_line_ = false;
        // There the parser goes on as if it were one word.
        if (inside.wants_value && at_ < text_.size() && std::string_view(" \t\r\n,]}#").find(text_[at_]) == word.npos)
            refuse("there is something right behind " + in_quotes(word, 60));
    }

    /// `[key` or `[[key`
    void check_header() {
        const bool is_of_a_list = text_.substr(at_, 2) == "[[";
        for (int i = 0; i < (is_of_a_list ? 2 : 1); ++i) {
            open_.push_back({']', false, 0});
            ++at_;
        }
        while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t')) ++at_;
        begins_line_ = false;
        const char c = at_ < text_.size() ? text_[at_] : ']';  // the parser says what these two are
        const bool is_key = scope_parts::is_letter_or_digit(c) || c == '_' || c == '-' || c == '"' || c == '\'';
        if (!is_key && c != ']') refuse("a table's header begins with a key");
    }

    void skip_comment() {
        while (at_ < text_.size() && text_[at_] != '\n') ++at_;
    }

    bool is_at(char quote, std::size_t count) const { return text_.substr(at_, count) == std::string(count, quote); }

    void skip_text(char quote) {
        begins_line_ = false;
        const bool is_long = is_at(quote, 3);
        at_ += is_long ? std::size_t{3} : std::size_t{1};
        while (at_ < text_.size()) {
            if (text_[at_] == '\\' && quote == '"') {
                skip_escape(is_long);
            } else if (is_long && is_at(quote, 3)) {
                at_ += 3;
                for (int more = 0; more < 2 && is_at(quote, 1); ++more) ++at_;  // belong to the text
                return;
            } else if (!is_long && (text_[at_] == quote || text_[at_] == '\n')) {
                at_ += text_[at_] == quote ? std::size_t{1} : std::size_t{0};
                return;
            } else {
                line_ += text_[at_++] == '\n' ? 1 : 0;
            }
        }
    }

    /// A backslash and what it is about: at the end of a line, in a long text, all blanks up to the next letter.
    void skip_escape(bool is_long) {
        std::size_t next = at_ + 1;
        while (is_long && next < text_.size() &&
               std::string_view(" \t\r\n").find(text_[next]) != std::string_view::npos)
            line_ += text_[next++] == '\n' ? 1 : 0;
        if (next < text_.size() && static_cast<unsigned char>(text_[next]) > 0x7F)
            refuse("a letter beyond ASCII stands behind a backslash");
        at_ = next == at_ + 1 ? at_ + 2 : next;
    }

    std::string_view text_;
    const std::string& file_;
    std::size_t at_ = 0;
    std::vector<level> open_;
    int line_ = 1;
    bool begins_line_ = true;
};

}  // namespace ambit::config_parts
