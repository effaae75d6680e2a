// SPDX-License-Identifier: BSL-1.0
// A whole file of settings: JSON if its name ends in .json, TOML if in .toml, in UTF-8, of at most a mebibyte.
//
//     read_config("net.toml");                                            // all of it
//     read_config({"run.toml", "net"});                                   // its table [net], whatever else there is
//     read_config(config_text{text, config_format::json});                // not from a file
#pragma once

#include <ambit/config/config_error.hpp>
#include <ambit/config/config_value.hpp>
#include <ambit/config/json_text.hpp>
#include <ambit/config/table_reader.hpp>
#include <ambit/config/toml_text.hpp>
#include <ambit/core/utf8.hpp>
#include <ambit/files/input_file.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace AMBIT_NAMESPACE {

/// Settings that the program has in memory.
struct config_text {
    std::string text;
    config_format format = config_format::toml;
    std::string name = "(text)";  ///< what messages say in place of a file's name
};

}  // namespace ambit

namespace AMBIT_NAMESPACE::config_parts {

struct document {
    std::string file;
    config_value root;  // a table
};

inline config_format format_of(const std::filesystem::path& file) {
    const std::string ending = file.extension().string();
    if (ending == ".json") return config_format::json;
    if (ending == ".toml") return config_format::toml;
    throw_or_end(config_error(config_fault::unknown_format, {file.string(), 0, {}},
                              ending.empty() ? "the name has no ending" : "the name ends in " + in_quotes(ending, 20),
                              "settings are read from .json and .toml"));
}

[[noreturn]] inline void refuse_size(const std::string& name, std::uint64_t bytes) {
    throw_or_end(config_error(config_fault::too_large, {name, 0, {}}, "there are " + std::to_string(bytes) + " bytes",
                              "at most " + std::to_string(largest_file) + " are read"));
}

inline config_text text_of_file(const std::filesystem::path& file) {
    config_text whole{{}, format_of(file), file.string()};
    const auto refuse = [&](config_fault kind, const char* why, const char* advice) {
        throw_or_end(config_error(kind, {whole.name, 0, {}}, why, advice));
    };
#if defined(__cpp_exceptions)
    config_fault at_fault = config_fault::cannot_open;
    try {
#endif
        const input_file input(whole.name);
        const std::uint64_t size = input.size();
        if (size > largest_file) refuse_size(whole.name, size);
#if defined(__cpp_exceptions)
        at_fault = config_fault::cannot_read;
#endif
        whole.text.resize(static_cast<std::size_t>(size));
        whole.text.resize(input.read_at(0, std::as_writable_bytes(std::span(whole.text))));
#if defined(__cpp_exceptions)
    } catch (const std::system_error& why) {
        refuse(at_fault, why.what(), "check the path and its permissions");
    }
#else
    static_cast<void>(refuse);
#endif
    return whole;
}

inline void expect_utf8(const config_text& whole) {
    int line = 1;
    for (std::size_t at = 0; at < whole.text.size();) {
        const std::size_t bytes = utf8_character(whole.text, at).bytes;
        if (bytes == 0)
            throw_or_end(config_error(config_fault::not_utf8, {whole.name, line, {}}, "the line is no text in UTF-8",
                                      "save the file in that encoding"));
        line += whole.text[at] == '\n' ? 1 : 0;
        at += bytes;
    }
}

inline document document_of(const config_text& whole) {
    if (whole.text.size() > largest_file) refuse_size(whole.name, whole.text.size());
    expect_utf8(whole);
    std::string_view text = whole.text;
    if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
    if (text.find_first_not_of(" \t\r\n") == std::string_view::npos)
        throw_or_end(config_error(config_fault::syntax, {whole.name, 0, {}}, "there is nothing in it",
                                  "write settings, or take another file"));
    document read{whole.name,
                  whole.format == config_format::json ? read_json(text, whole.name) : read_toml(text, whole.name)};
    if (read.root.kind != value_kind::table)
        throw_or_end(config_error(config_fault::wrong_type, {whole.name, read.root.line, {}},
                                  "the text is " + std::string(words_of(read.root.kind)),
                                  "settings are a table: { \"key\": value }"));
    return read;
}

}  // namespace ambit::config_parts

namespace AMBIT_NAMESPACE {

/// Where settings are read from: a file or a text, all of it or one of its tables.
class config_source {
public:
    config_source(std::filesystem::path file, std::string section = {})  // NOLINT: implicit, as files are given
        : file_(std::move(file)), section_(std::move(section)) {}
    config_source(const char* file, std::string section = {})  // NOLINT
        : config_source(std::filesystem::path(file), std::move(section)) {}
    config_source(const std::string& file, std::string section = {})  // NOLINT
        : config_source(std::filesystem::path(file), std::move(section)) {}
    config_source(std::string_view file, std::string section = {})  // NOLINT
        : config_source(std::filesystem::path(file), std::move(section)) {}
    config_source(config_text text, std::string section = {})  // NOLINT
        : text_(std::move(text)), section_(std::move(section)) {}

    const std::string& section() const noexcept { return section_; }
    config_parts::document open() const {
        return config_parts::document_of(text_ ? *text_ : config_parts::text_of_file(file_));
    }

private:
    std::filesystem::path file_;
    std::optional<config_text> text_;
    std::string section_;
};

}  // namespace ambit

namespace AMBIT_NAMESPACE::config_parts {

/// The table that a source means. The document outlives it.
inline placed_value table_of(const document& read, const std::string& section) {
    const placed_value whole(read.file, read.root, {});
    return section.empty() ? whole : table_reader(whole).required(section);
}

}  // namespace ambit::config_parts
