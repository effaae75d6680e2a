// SPDX-License-Identifier: BSL-1.0
// Tables of numbers as text, comma-separated values, plain or compressed by gzip. Link with -lz.
//
//     csv_table<float> prices = read_csv<float>("prices.csv", {.header = csv_header::present});
//     prices.names;                                            // {"open", "close"}
//     prices.values;                                           // xt::xtensor<float, 2> [rows, columns]
//
// Source: RFC 4180, "Common format and MIME type for comma-separated values (CSV) files", with any delimiter. A byte
// order mark of UTF-8 is skipped, so are blank lines, blanks around a number, and comments (`{.comment = '#'}`);
// csv_fields.hpp has the details. Infinities, NaN and numbers in hexadecimal are refused.
#pragma once

#include <ambit/core/standard.hpp>
#include <ambit/io/csv_fields.hpp>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <exception>  // xtl, which calls std::terminate, lacks it
#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include <xtensor/xadapt.hpp>
#include <xtensor/xtensor.hpp>

#include <locale.h>

namespace AMBIT_NAMESPACE::io_parts {

template <class T>
concept csv_number =
    std::same_as<T, float> || std::same_as<T, double> || std::same_as<T, std::int32_t> || std::same_as<T, std::int64_t>;

}  // namespace ambit::io_parts

namespace AMBIT_NAMESPACE {

template <io_parts::csv_number T> struct csv_table {
    std::vector<std::string> names;  ///< of the columns; empty without a header
    xt::xtensor<T, 2> values;        ///< [rows, columns]
};

}  // namespace ambit

namespace AMBIT_NAMESPACE::io_parts {

/// A decimal number whose magnitude is below one; `text` is one that `from_chars` has understood.
inline bool is_below_one(std::string_view text) {
    const std::size_t exponent_at = (std::min)(text.find_first_of("eE"), text.size());
    const std::string_view digits = text.substr(0, exponent_at);
    const std::size_t first = digits.find_first_of("123456789"), point = (std::min)(digits.find('.'), digits.size());
    if (first == std::string_view::npos) return true;
    // The power of ten of the first digit that is not 0, without and with the exponent.
    const auto power = static_cast<std::int64_t>(point) - static_cast<std::int64_t>(first) - (first < point ? 1 : 0);
    if (exponent_at == text.size()) return power < 0;
    const bool is_negative = text[exponent_at + 1] == '-';
    const std::string_view size = text.substr(exponent_at + (is_negative || text[exponent_at + 1] == '+' ? 2 : 1));
    std::int64_t exponent = 0;
    // No file has as many digits as this exponent could make up for.
    if (std::from_chars(size.data(), size.data() + size.size(), exponent).ec != std::errc()) return is_negative;
    return is_negative ? power < exponent : power < -exponent;
}

template <csv_number T> constexpr std::string_view csv_number_words() {
    if constexpr (std::same_as<T, std::int32_t>) return "an integer of 32 bits";
    else if constexpr (std::same_as<T, std::int64_t>) return "an integer of 64 bits";
    else if constexpr (std::same_as<T, float>) return "a number of single precision";
    else return "a number of double precision";
}

/// Whether a text stands for an infinity or NaN, however it is written.
inline bool is_not_finite(std::string_view text) {
    if (!text.empty() && (text[0] == '+' || text[0] == '-')) text.remove_prefix(1);
    std::string lower(text.substr(0, 9));
    for (char& c : lower)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return lower == "nan" || lower == "inf" || lower == "infinity";
}

template <class T>
concept read_by_from_chars = requires(const char* text, T& value) { std::from_chars(text, text, value); };

/// As `std::from_chars`; libc++ 19 has none of floating types: there it is the system's function, in the locale "C".
/// `text` has digits, signs, points and exponents only.
template <csv_number T> std::from_chars_result number_of_chars(std::string_view text, T& value) {
    if constexpr (read_by_from_chars<T>) {
        return std::from_chars(text.data(), text.data() + text.size(), value);
    } else {
        if (text.starts_with('+')) return {text.data(), std::errc::invalid_argument};
        static const locale_t plain = ::newlocale(LC_ALL_MASK, "C", nullptr);
        const std::string ended(text);
        char* end = nullptr;
        const locale_t before = ::uselocale(plain);
        errno = 0;
        if constexpr (std::same_as<T, float>) value = std::strtof(ended.c_str(), &end);
        else value = std::strtod(ended.c_str(), &end);
        const bool is_out_of_range = errno == ERANGE;
        ::uselocale(before);
        const char* const stop = text.data() + (end - ended.c_str());
        if (stop == text.data()) return {stop, std::errc::invalid_argument};
        // A number that is only less exact, near 0, is one.
        const bool is_near_zero = value > T{-1} && value < T{1} && (value < 0 || value > 0);
        return {stop, is_out_of_range && !is_near_zero ? std::errc::result_out_of_range : std::errc()};
    }
}

/// The nearest number of type `T`.
template <csv_number T> T parse_csv_number(const csv_field& field) {
    std::string_view text = field.text;
    const auto trim = [&] {
        const std::size_t first = (std::min)(text.find_first_not_of(" \t"), text.size());
        text = text.substr(first, text.find_last_not_of(" \t") + 1 - first);
    };
    trim();
    if (text.empty())
        throw field.error(file_fault::not_a_number, "is empty",
                          field.is_last && field.column > 0
                              ? "give it a number, or remove the delimiter at the end of the row"
                              : "give it a number");
    // `from_chars` knows no plus sign.
    if (text.size() > 1 && text[0] == '+' && text[1] != '-') text.remove_prefix(1);
    if (is_not_finite(text))
        throw field.error(file_fault::not_a_number, "is no finite number",
                          "a net that learns from one is lost: replace it, or leave the row out");
    if (text.find_first_not_of("0123456789+-.eE") != std::string_view::npos)
        throw field.error(file_fault::not_a_number, "is no number", "numbers look like -12 or 1.5e-3");
    T value{};
    const auto [end, code] = number_of_chars(text, value);
    if (code == std::errc::invalid_argument || end != text.data() + text.size())
        throw field.error(file_fault::not_a_number, "is not " + std::string(csv_number_words<T>()),
                          "numbers look like -12" + std::string(std::floating_point<T> ? " or 1.5e-3" : ""));
    if (code == std::errc::result_out_of_range) {
        if (std::floating_point<T> && is_below_one(text)) return T{0};
        throw field.error(file_fault::out_of_range, "is too large for " + std::string(csv_number_words<T>()),
                          "ask for another type");
    }
    return value;
}

}  // namespace ambit::io_parts

namespace AMBIT_NAMESPACE {

/// Reads a table whose fields are all numbers of type `T`. What is too small for a floating type is 0. Throws
/// `csv_error`, or `file_error` where no line is at fault.
template <io_parts::csv_number T>
csv_table<T> read_csv(const std::filesystem::path& file, const csv_options& options = {}) {
    csv_table<T> table;
    std::vector<T> values;
    const csv_extents extents = io_parts::for_each_csv_field(
        file, options, table.names,
        [&](const io_parts::csv_field& field) { values.push_back(io_parts::parse_csv_number<T>(field)); });
    table.values = xt::adapt(values, std::vector<std::size_t>{extents.rows, extents.columns});
    return table;
}

}  // namespace ambit
