// SPDX-License-Identifier: BSL-1.0
// The fields of a file of comma-separated values, in order. Link with -lz.
//
//     std::vector<std::string> names;
//     for_each_csv_field("prices.csv", {.header = csv_header::present}, names,
//                        [&](const csv_field& field) { std::cout << field.line << ": " << field.text << '\n'; });
//
// Source: RFC 4180, section 2. A field in quotes may hold delimiters, line breaks, and quotes written twice.
#pragma once

#include <ambit/io/file_error.hpp>
#include <ambit/io/gzip.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace ambit {

enum class csv_header {
    absent,
    present,  ///< the first row has the names of the columns
};

/// The most bytes of text that are read unless a call says otherwise, 1 GiB.
inline constexpr std::uint64_t max_csv_bytes = std::uint64_t{1} << 30;

/// The most columns of a table.
inline constexpr std::size_t max_csv_columns = std::size_t{1} << 20;

struct csv_options {
    csv_header header = csv_header::absent;
    char delimiter = ',';  ///< no quote, no line break
    std::uint64_t limit = max_csv_bytes;
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

    std::size_t line() const { return line_; }      ///< from 1
    std::size_t column() const { return column_; }  ///< of the table, from 1

private:
    std::size_t line_, column_;
};

struct csv_field {
    const std::filesystem::path& file;
    std::string_view text;  ///< without quotes; valid during the call
    std::size_t line;       ///< where it begins, from 1
    std::size_t row;        ///< from 0, the header not counted
    std::size_t column;     ///< from 0
    bool is_last;           ///< of its row

    /// `'12x' is no number`
    csv_error error(file_fault kind, std::string_view found, std::string_view advice) const {
        return {kind, file, line, column + 1, quoted() + ' ' + std::string(found), advice};
    }

private:
    /// What a terminal may show, and not more than a line.
    std::string quoted() const {
        std::string shown = "'";
        for (const char c : text.substr(0, 40)) shown += c >= ' ' && c <= '~' ? c : '?';
        return shown + (text.size() > 40 ? "…'" : "'");
    }
};

struct csv_extents {
    std::size_t rows = 0, columns = 0;
};

namespace detail {

/// Cuts text into fields.
class csv_scanner {
public:
    csv_scanner(const std::filesystem::path& file, std::string_view text, char delimiter)
        : file_(file), rest_(text), delimiter_(delimiter) {
        constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
        if (rest_.substr(0, 3) == byte_order_mark) rest_.remove_prefix(3);
    }

    bool at_end() const { return rest_.empty(); }
    std::size_t line() const { return line_; }

    enum class behind { delimiter, row };

    /// The next field of a row, into `text`, and what comes behind it. `column` is for errors.
    behind next(std::string& text, std::size_t column) {
        text.clear();
        if (!rest_.empty() && rest_[0] == '"') read_quoted(text, column);
        else read_plain(text, column);
        if (rest_.empty()) return behind::row;
        if (rest_[0] == delimiter_) {
            rest_.remove_prefix(1);
            return behind::delimiter;
        }
        rest_.remove_prefix(line_break());
        ++line_;
        return behind::row;
    }

private:
    /// Bytes of the line break that the rest begins with.
    std::size_t line_break() const {
        if (rest_.substr(0, 2) == "\r\n") return 2;
        return !rest_.empty() && rest_[0] == '\n' ? 1 : 0;
    }

    void read_plain(std::string& text, std::size_t column) {
        const char ends[] = {delimiter_, '\n', '\r', '"'};
        const std::size_t length = std::min(rest_.find_first_of(std::string_view(ends, 4)), rest_.size());
        text = rest_.substr(0, length);
        rest_.remove_prefix(length);
        if (rest_.empty() || rest_[0] == delimiter_ || line_break() > 0) return;
        if (rest_[0] == '"')
            throw csv_error(file_fault::corrupt, file_, line_, column + 1, "a quote stands inside of a field",
                            "put the whole field into quotes, and write the quote twice");
        throw csv_error(file_fault::corrupt, file_, line_, column + 1, "a carriage return stands inside of a field",
                        "lines end in LF or CR LF");
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
            line_ += static_cast<std::size_t>(std::count(piece.begin(), piece.end(), '\n'));
            text += piece;
            rest_.remove_prefix(length + 1);
            if (rest_.empty() || rest_[0] != '"') break;
            text += '"';
            rest_.remove_prefix(1);
        }
        if (!rest_.empty() && rest_[0] != delimiter_ && line_break() == 0)
            throw csv_error(file_fault::corrupt, file_, line_, column + 1, "something stands behind the closing quote",
                            "put the whole field into quotes, and write quotes inside of it twice");
    }

    const std::filesystem::path& file_;
    std::string_view rest_;
    char delimiter_;
    std::size_t line_ = 1;
};

}  // namespace detail

/// Calls `f` for each field, row by row, and gives `names` those of the header if there is one. Every row has as many
/// fields as the first. Throws `csv_error`, or `file_error` where no line is at fault; what `f` throws passes.
template <class F>
csv_extents for_each_csv_field(const std::filesystem::path& file, const csv_options& options,
                               std::vector<std::string>& names, F&& f) {
    const char delimiter = options.delimiter;
    if (delimiter == '"' || delimiter == '\n' || delimiter == '\r')
        throw file_error(file_fault::bad_argument, file, "the delimiter is a quote or a line break",
                         "fields are delimited by a comma, a semicolon or the like");
    // One byte more than is accepted, where there are as many.
    const std::uint64_t limit = std::min(options.limit, std::uint64_t{SIZE_MAX} - 1);
    const std::vector<std::byte> content = read_gzip(file, limit + 1);
    if (content.size() > limit)
        throw file_error(file_fault::too_large, file, "the file has more than " + std::to_string(limit) + " bytes",
                         "raise the limit if the file is right");
    const std::string_view text(reinterpret_cast<const char*>(content.data()), content.size());

    detail::csv_scanner scanner(file, text, delimiter);
    csv_extents extents;
    std::string field;
    names.clear();
    for (bool is_header = options.header == csv_header::present, is_first = true; !scanner.at_end(); is_first = false) {
        std::size_t column = 0, line = 0;
        bool is_open = true;
        for (; is_open; ++column) {
            line = scanner.line();
            is_open = scanner.next(field, column) == detail::csv_scanner::behind::delimiter;
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
            throw csv_error(file_fault::ragged, file, line, column,
                            "the row ends after " + std::to_string(column) + " of " + std::to_string(extents.columns) +
                                " fields",
                            "give every row as many");
        if (!is_header) ++extents.rows;
        is_header = false;
    }
    if (extents.rows == 0)
        throw file_error(file_fault::wrong_size, file, "the file has no rows of numbers", "choose another file");
    return extents;
}

}  // namespace ambit
