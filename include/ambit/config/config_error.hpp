// SPDX-License-Identifier: BSL-1.0
// What is thrown when a file of settings is not what a program reads from it.
//
//     try { net = read_net("digits.toml"); }
//     catch (const config_error& e) { show(e.file(), e.line(), e.key(), e.nearest()); }
#pragma once

#include <ambit/core/standard.hpp>
#include <ambit/core/throw_or_end.hpp>
#include <ambit/diagnostics/error.hpp>
#include <ambit/diagnostics/quoted.hpp>

#include <string>
#include <string_view>
#include <utility>

namespace AMBIT_NAMESPACE {

enum class config_fault {
    cannot_open,      ///< missing, not permitted, or not a regular file
    cannot_read,      ///< the system failed while reading
    unknown_format,   ///< the name ends neither in .json nor in .toml
    too_large,        ///< more than the documented limit: of bytes, of elements
    not_utf8,         ///< bytes that are no text
    syntax,           ///< neither JSON nor TOML, or empty
    too_deep,         ///< tables and lists within each other beyond the documented limit
    duplicate_key,    ///< a key that is there twice
    unknown_key,      ///< a key that nobody reads
    missing_key,      ///< a key that has to be there
    wrong_type,       ///< a text in place of a number, and the like
    unknown_word,     ///< a text that is none of those that may stand there
    out_of_range,     ///< a number that is too small or too large
    wrong_size,       ///< a list of another number of elements
    contradiction,    ///< two keys of which one may be said
    unknown_layer,    ///< a reference to a layer that is not there
    duplicate_layer,  ///< two layers of one name
    cycle,            ///< a layer that depends on itself
    out_of_order      ///< a layer that depends on one behind it
};

/// Where something stands in a file: the name of the file as it was given, the line from 1 on, the key with those
/// around it, `layers[2].units`.
struct config_place {
    std::string file;
    int line = 0;
    std::string key;
};

/// `what()` reads "file:line: key: what was found; what to do". Text that comes from outside is in quotes, without
/// control characters, and cut when long.
class config_error : public error {
public:
    config_error(config_fault kind, config_place at, std::string_view found, std::string_view advice,
                 std::string nearest = {})
        : error(words(at, found, advice, nearest)), kind_(kind), at_(std::move(at)), nearest_(std::move(nearest)) {}

    config_fault kind() const noexcept { return kind_; }
    /// The path as it was given.
    const std::string& file() const noexcept { return at_.file; }
    /// From 1 on; 0 where it is about the whole file.
    int line() const noexcept { return at_.line; }
    /// `layers[2].units`; empty where it is about no key.
    const std::string& key() const noexcept { return at_.key; }
    /// What was probably meant; empty if nothing is near.
    const std::string& nearest() const noexcept { return nearest_; }

private:
    static std::string words(const config_place& at, std::string_view found, std::string_view advice,
                             std::string_view nearest) {
        constexpr std::size_t longest = 300;
        std::string text = mistake_parts::shown_path(at.file);
        if (at.line > 0) text += ':' + std::to_string(at.line);
        if (!at.key.empty()) text += ": " + mistake_parts::visible(at.key, longest);
        ((text += ": ") += found).append("; ").append(advice);
        if (!nearest.empty()) text += "; did you mean " + mistake_parts::in_quotes(nearest) + '?';
        return text;
    }

    config_fault kind_;
    config_place at_;
    std::string nearest_;
};

}  // namespace ambit
