// SPDX-License-Identifier: BSL-1.0
// The fields of a file of comma-separated values, in order. Link with -lz.
//
//     std::vector<std::string> names;
//     for_each_csv_field("prices.csv", {.header = csv_header::present}, names,
//                        [&](const csv_field& field) { std::cout << field.line << ": " << field.text << '\n'; });
//
// Source: RFC 4180, section 2. A field in quotes may hold delimiters, line breaks, and quotes written twice. As files
// are found: lines may end in LF, CR LF or CR, the last one in nothing; a byte order mark of UTF-8 is skipped; so are
// blank lines, wherever they are (so that in a table of one column a value that is missing is missing with its line, as
// in NumPy's `loadtxt`); so are remarks, if the options name the character that begins them.
#pragma once

#include <ambit/core/standard.hpp>
#include <ambit/diagnostics/quoted.hpp>
#include <ambit/io/file_error.hpp>
#include <ambit/io/gzip.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace AMBIT_NAMESPACE {

enum class csv_header {
    absent,
    present,  ///< the first row has the names of the columns
};

}  // namespace ambit

namespace AMBIT_NAMESPACE::io_parts {

/// The most bytes of text that are read unless a call says otherwise, 1 GiB.
inline constexpr std::uint64_t max_csv_bytes = std::uint64_t{1} << 30;

/// The most columns of a table.
inline constexpr std::size_t max_csv_columns = std::size_t{1} << 20;

}  // namespace ambit::io_parts

namespace AMBIT_NAMESPACE {

struct csv_options {
    csv_header header = csv_header::absent;
    char delimiter = ',';  ///< no quote, no line break, nothing that is part of a number
    char comment = '\0';  ///< begins a remark, to the end of the line, outside of quotes: '#'; 0 if nothing does
    std::uint64_t limit = io_parts::max_csv_bytes;
};

/// A file error at one place of a text.
class csv_error : public file_error {
public:
    csv_error(file_fault kind, const std::filesystem::path& file, std::size_t line, std::size_t column,
              std::string_view found, std::string_view advice)
        : file_error(kind, file,
                     "line " + std::to_string(line) + ", column " + std::to_string(column) + ": " + std::string(found),
                     advice),
          line_(line),
          column_(column) {}

    std::size_t line() const { return line_; }  ///< from 1
    std::size_t column() const { return column_; }  ///< of the table, from 1

private:
    std::size_t line_, column_;
};

}  // namespace ambit

namespace AMBIT_NAMESPACE::io_parts {

struct csv_field {
    const std::filesystem::path& file;
    std::string_view text;  ///< without quotes; valid during the call
    std::size_t line;  ///< where it begins, from 1
    std::size_t row;  ///< from 0, the header not counted
    std::size_t column;  ///< from 0
    bool is_last;  ///< of its row

    /// `"12x" is no number`
    csv_error error(file_fault kind, std::string_view found, std::string_view advice) const {
        return {kind, file, line, column + 1, mistake_parts::in_quotes(text, 40) + ' ' + std::string(found), advice};
    }
};

}  // namespace ambit::io_parts

namespace AMBIT_NAMESPACE {

struct csv_extents {
    std::size_t rows = 0, columns = 0;
};

}  // namespace ambit

namespace AMBIT_NAMESPACE::io_parts {

constexpr bool is_blank(char c) { return c == ' ' || c == '\t'; }

/// Cuts text into fields.
class csv_scanner {
public:
    csv_scanner(const std::filesystem::path& file, std::string_view text, const csv_options& options)
        : file_(file), rest_(text), delimiter_(options.delimiter), comment_(options.comment) {
        constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
        if (rest_.substr(0, 3) == byte_order_mark) rest_.remove_prefix(3);
    }

    bool at_end() const { return rest_.empty(); }
    std::size_t line() const { return line_; }

    /// To the next line that has a field.
    void skip_blank_lines() {
        while (!rest_.empty()) {
            const std::string_view content = rest_.substr(count_of_blanks());
            const bool is_remark = begins_remark(content);
            if (!is_remark && !content.empty() && line_break(content) == 0) return;
            rest_ = content;
            if (is_remark) skip_remark();
            end_line();
        }
    }

    enum class behind { delimiter, row };

    /// The next field of a row, into `text`, and what comes behind it. `column` is for errors.
    behind next(std::string& text, std::size_t column) {
        text.clear();
        if (!rest_.empty() && rest_[0] == '"') read_quoted(text, column);
        else read_plain(text);
        if (begins_remark(rest_)) skip_remark();
        if (!rest_.empty() && rest_[0] == delimiter_) {
            rest_.remove_prefix(1);
            return behind::delimiter;
        }
        if (!rest_.empty() && rest_[0] == '"')
            throw csv_error(file_fault::corrupt, file_, line_, column + 1, "a quote stands inside of a field",
                            "put the whole field into quotes, and write the quote twice");
        end_line();
        return behind::row;
    }

private:
    /// Bytes of the line break that a text begins with.
    static std::size_t line_break(std::string_view text) {
        if (text.substr(0, 2) == "\r\n") return 2;
        return !text.empty() && (text[0] == '\n' || text[0] == '\r') ? 1 : 0;
    }

    bool begins_remark(std::string_view text) const { return comment_ != '\0' && !text.empty() && text[0] == comment_; }

    /// Blanks that the rest begins with and that delimit nothing.
    std::size_t count_of_blanks() const {
        std::size_t count = 0;
        while (count < rest_.size() && is_blank(rest_[count]) && rest_[count] != delimiter_) ++count;
        return count;
    }

    void skip_remark() { rest_.remove_prefix((std::min)(rest_.find_first_of("\r\n"), rest_.size())); }

    void end_line() {
        const std::size_t length = line_break(rest_);
        rest_.remove_prefix(length);
        if (length > 0) ++line_;
    }

    void read_plain(std::string& text) {
        const char ends[] = {delimiter_, '\n', '\r', '"', comment_};
        const std::string_view all(ends, comment_ == '\0' ? 4 : 5);
        text = rest_.substr(0, (std::min)(rest_.find_first_of(all), rest_.size()));
        rest_.remove_prefix(text.size());
        if (begins_remark(rest_))
            while (!text.empty() && is_blank(text.back())) text.pop_back();
    }

    void read_quoted(std::string& text, std::size_t column) {
        const std::size_t first_line = line_;
        rest_.remove_prefix(1);
        while (true) {
            const std::size_t length = rest_.find('"');
            if (length == std::string_view::npos)
                throw csv_error(file_fault::corrupt, file_, first_line, column + 1,
                                "the file ends within the quotes that begin here",
                                "close them, or fetch the file again");
            const std::string_view piece = rest_.substr(0, length);
            for (std::size_t at = 0; at < length; ++at)
                if (piece[at] == '\n' || (piece[at] == '\r' && piece.substr(at, 2) != "\r\n")) ++line_;
            text += piece;
            rest_.remove_prefix(length + 1);
            if (rest_.empty() || rest_[0] != '"') break;
            text += '"';
            rest_.remove_prefix(1);
        }
        if (const std::size_t blanks = count_of_blanks(); begins_remark(rest_.substr(blanks)))
            rest_.remove_prefix(blanks);
        if (!rest_.empty() && rest_[0] != delimiter_ && line_break(rest_) == 0 && !begins_remark(rest_))
            throw csv_error(file_fault::corrupt, file_, line_, column + 1, "something stands behind the closing quote",
                            "put the whole field into quotes, and write quotes inside of it twice");
    }

    const std::filesystem::path& file_;
    std::string_view rest_;
    char delimiter_, comment_;
    std::size_t line_ = 1;
};

inline void check_csv_options(const csv_options& options, const std::filesystem::path& file) {
    // A digit that delimits would make two numbers of one.
    const auto is_part_of_numbers = [](char c) {
        return std::string_view("0123456789+-.eE").find(c) != std::string_view::npos;
    };
    const auto may_not = [&](char c) { return c == '"' || c == '\n' || c == '\r' || is_part_of_numbers(c); };
    if (may_not(options.delimiter) || options.delimiter == '\0')
        throw file_error(file_fault::bad_argument, file,
                         "the delimiter is a quote, a line break, a zero byte or part of numbers",
                         "fields are delimited by a comma, a semicolon or the like");
    if (may_not(options.comment) || is_blank(options.comment) || options.comment == options.delimiter)
        throw file_error(file_fault::bad_argument, file,
                         "what begins a comment is a quote, a line break, a blank, part of numbers or the delimiter",
                         "choose '#' or the like, or 0 for a file without comments");
}

/// Calls `f` for each field, row by row, and gives `names` those of the header if there is one, the first row. Every
/// row has as many fields as the first. Throws `csv_error`, or `file_error` where no line is at fault; what `f` throws
/// passes.
template <class F>
csv_extents for_each_csv_field(const std::filesystem::path& file, const csv_options& options,
                               std::vector<std::string>& names, F&& f) {
    check_csv_options(options, file);
    // One byte more than is accepted, where there are as many.
    const std::uint64_t limit = (std::min)(options.limit, std::uint64_t{SIZE_MAX} - 1);
    const std::vector<std::byte> content = read_gzip(file, limit + 1);
    if (content.size() > limit)
        throw file_error(file_fault::too_large, file, "the file has more than " + std::to_string(limit) + " bytes",
                         "raise the limit if the file is right");
    const std::string_view text(reinterpret_cast<const char*>(content.data()), content.size());
    if (text.substr(0, 2) == "\xFF\xFE" || text.substr(0, 2) == "\xFE\xFF")
        throw file_error(file_fault::unsupported, file, "the text is UTF-16, by its byte order mark",
                         "save it as UTF-8");

    csv_scanner scanner(file, text, options);
    csv_extents extents;
    std::string field;
    names.clear();
    for (bool is_header = options.header == csv_header::present, is_first = true;; is_first = false) {
        scanner.skip_blank_lines();
        if (scanner.at_end()) break;
        std::size_t column = 0, line = 0;
        bool is_open = true;
        for (; is_open; ++column) {
            line = scanner.line();
            is_open = scanner.next(field, column) == csv_scanner::behind::delimiter;
            if (is_first && column == max_csv_columns)
                throw csv_error(file_fault::too_large, file, line, column + 1, "the row has too many fields",
                                "at most " + std::to_string(max_csv_columns) + " are read: check the delimiter");
            if (!is_first && column == extents.columns)
                throw csv_error(file_fault::ragged, file, line, column + 1,
                                "the row has more than the " + std::to_string(extents.columns) + " fields of the first",
                                "give every row as many");
            if (is_header) names.push_back(field);
            else f(csv_field{file, field, line, extents.rows, column, !is_open});
        }
        if (is_first) extents.columns = column;
        if (column < extents.columns)
            throw csv_error(
                file_fault::ragged, file, line, column,
                "the row ends after " + std::to_string(column) + " of " + std::to_string(extents.columns) + " fields",
                "give every row as many");
        if (!is_header) ++extents.rows;
        is_header = false;
    }
    if (extents.rows == 0)
        throw file_error(file_fault::wrong_size, file, "the file has no rows of numbers", "choose another file");
    return extents;
}

}  // namespace ambit::io_parts
