// SPDX-License-Identifier: BSL-1.0
#include <ambit/io/csv.hpp>

#include <catch2/catch.hpp>

#include "../../support/make_gzip.hpp"
#include "../../support/temporary_directory.hpp"

#include <cmath>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <optional>
#include <random>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

using namespace ambit;
using namespace ambit::io_parts;
using namespace ambit_test;
using namespace std::string_literals;

namespace {

template <class T = float> csv_table<T> table_of(const std::string& text, const csv_options& options = {}) {
    temporary_directory directory;
    put(directory / "a.csv", text);
    return read_csv<T>(directory / "a.csv", options);
}

template <class T> std::vector<T> numbers_of(const std::string& text, const csv_options& options = {}) {
    const auto table = table_of<T>(text, options);
    return {table.values.begin(), table.values.end()};
}

/// The error that a text makes, which names a line.
template <class T = float> std::optional<csv_error> error_of(const std::string& text, const csv_options& options = {}) {
    try {
        table_of<T>(text, options);
        return std::nullopt;
    } catch (const csv_error& e) {
        return e;
    }
}

/// The error of a whole file.
file_fault fault_of(const std::string& text, const csv_options& options = {}) {
    try {
        table_of(text, options);
    } catch (const csv_error& e) {
        FAIL(e.what());
    } catch (const file_error& e) {
        return e.kind();
    }
    throw std::runtime_error("accepted");
}

constexpr csv_options with_header{.header = csv_header::present};

}  // namespace

TEST_CASE("rows and columns of numbers", "[io]") {
    const auto table = table_of("1,2,3\n-4.5,5e1,.25\n");
    REQUIRE(table.names.empty());
    REQUIRE((table.values == xt::xtensor<float, 2>{{1, 2, 3}, {-4.5F, 50, 0.25F}}));
    REQUIRE((table_of("1").values == xt::xtensor<float, 2>{{1}}));
    REQUIRE((table_of("1,2").values == table_of("1,2\r\n").values));
    REQUIRE((table_of("1,2\r\n3,4\n5,6").values == xt::xtensor<float, 2>{{1, 2}, {3, 4}, {5, 6}}));
    REQUIRE((table_of("\xEF\xBB\xBF" "7\n").values == xt::xtensor<float, 2>{{7}}));
    REQUIRE((table_of(make_gzip("1,2\n")).values == xt::xtensor<float, 2>{{1, 2}}));
    REQUIRE((table_of(" 1\t, +2 ,\"3\"\n\" 4 \",5.,+.5").values == xt::xtensor<float, 2>{{1, 2, 3}, {4, 5, 0.5F}}));
}

TEST_CASE("a header gives names, quoted or not", "[io]") {
    const auto table = table_of("open,\"close, late\",\"the \"\"high\"\"\",\"two\nlines\",\n1,2,3,4,5\n", with_header);
    REQUIRE(table.names == std::vector<std::string>{"open", "close, late", "the \"high\"", "two\nlines", ""});
    REQUIRE((table.values == xt::xtensor<float, 2>{{1, 2, 3, 4, 5}}));
    REQUIRE(error_of("open,close\n1,2\n")->line() == 1);
}

TEST_CASE("other delimiters", "[io]") {
    REQUIRE((table_of("1;2\n3;4\n", {.delimiter = ';'}).values == xt::xtensor<float, 2>{{1, 2}, {3, 4}}));
    REQUIRE((table_of("1\t2\n", {.delimiter = '\t'}).values == xt::xtensor<float, 2>{{1, 2}}));
    REQUIRE(error_of("1,2\n", {.delimiter = ';'})->kind() == file_fault::not_a_number);
    REQUIRE((table_of("1 2\n", {.delimiter = ' '}).values == xt::xtensor<float, 2>{{1, 2}}));
    for (const char delimiter : {'"', '\n', '\r', '\0', '5', '.', '-', '+', 'e', 'E'})
        REQUIRE(fault_of("1\n", {.delimiter = delimiter}) == file_fault::bad_argument);
    for (const char comment : {'"', '\n', '\r', '5', '.', '-', 'e', ' ', '\t', ','})
        REQUIRE(fault_of("1\n", {.comment = comment}) == file_fault::bad_argument);
}

TEST_CASE("blank lines are skipped, wherever they are", "[io]") {
    const xt::xtensor<float, 2> two{{1, 2}, {3, 4}};
    for (const char* text : {"1,2\n3,4\n\n", "1,2\n\n3,4\n", "\n1,2\n3,4", "1,2\r\n3,4\r\n\r\n", "1,2\r\r3,4\r\r",
                             "1,2\n \t \n3,4\n  ", "\xEF\xBB\xBF\n\r\n1,2\n\n\n\n3,4\n\n\n", "1,2\r\r\n3,4\r\r\n"}) {
        CAPTURE(text);
        REQUIRE((table_of(text).values == two));
    }
    REQUIRE((table_of("\n\na,b\n\n1,2\n\n3,4", with_header).values == two));
    REQUIRE(table_of("\n\na,b\n1,2", with_header).names == std::vector<std::string>{"a", "b"});
    // A table of one column, too.
    REQUIRE((table_of("1\n\n2\n \n").values == xt::xtensor<float, 2>{{1}, {2}}));
    // A line of delimiters is a row of empty fields; so is one of quotes.
    for (const char* text : {"1,2\n,\n", "1,2\n , \n", "1\n\"\"\n", "1\n\" \"\n"}) {
        CAPTURE(text);
        REQUIRE(error_of(text)->kind() == file_fault::not_a_number);
        REQUIRE(error_of(text)->line() == 2);
    }
    REQUIRE(error_of("1\t2\n\t\n", {.delimiter = '\t'})->line() == 2);
    REQUIRE((table_of("1\t2\n  \n", {.delimiter = '\t'}).values == xt::xtensor<float, 2>{{1, 2}}));
    for (const char* text : {"\n", "\n\n  \r\n", "  "}) REQUIRE(fault_of(text) == file_fault::wrong_size);
    // Within quotes an empty line is text.
    REQUIRE(table_of("\"a\n\nb\"\n1", with_header).names == std::vector<std::string>{"a\n\nb"});
}

TEST_CASE("comments, by option", "[io]") {
    const csv_options hash{.comment = '#'};
    const xt::xtensor<float, 2> two{{1, 2}, {3, 4}};
    for (const char* text : {"# a, b\n1,2\n3,4\n", "1,2 # one\n3,4# two", "1,2\n  # between\n3,4\n#",
                             "1,\"2\" # x\n\"3\",\"4\"#y\r\n", "#\r1,2\r#\"\r3,4\r", "\xEF\xBB\xBF#x\n1,2\n3,4"}) {
        CAPTURE(text);
        REQUIRE((table_of(text, hash).values == two));
        REQUIRE((error_of(text) || fault_of(text) == file_fault::wrong_size));
    }
    const auto table =
        table_of("# made by hand\na # the first,\"b # c\"\n1\n", {.header = csv_header::present, .comment = '#'});
    REQUIRE(table.names == std::vector<std::string>{"a"});
    REQUIRE(table_of("\"b # c\",d #\n1,2\n", {.header = csv_header::present, .comment = '#'}).names ==
            std::vector<std::string>{"b # c", "d"});
    REQUIRE((table_of("1;2 % x\n", {.delimiter = ';', .comment = '%'}).values == xt::xtensor<float, 2>{{1, 2}}));
    // What a comment cuts off is missing.
    REQUIRE(error_of("1,2\n3 # ,4\n", hash)->kind() == file_fault::ragged);
    REQUIRE(error_of("1,2\n3,# 4\n", hash)->kind() == file_fault::not_a_number);
    REQUIRE(fault_of("# 1,2\n#", hash) == file_fault::wrong_size);
}

TEST_CASE("the limits of each type", "[io]") {
    REQUIRE(numbers_of<std::int32_t>("-2147483648,2147483647") == std::vector<std::int32_t>{INT32_MIN, INT32_MAX});
    REQUIRE(numbers_of<std::int64_t>("-9223372036854775808,+9223372036854775807") ==
            std::vector<std::int64_t>{INT64_MIN, INT64_MAX});
    REQUIRE(numbers_of<float>("3.4028235e38,-1.17549435e-38,1e-45,1e-46,-1e-99999999999999999999,"
                              "0e99999999999999999999") ==
            std::vector<float>{std::numeric_limits<float>::max(), -std::numeric_limits<float>::min(),
                               std::numeric_limits<float>::denorm_min(), 0, 0, 0});
    REQUIRE(numbers_of<double>("1.7976931348623157e308,5e-324,1e-400,0." + std::string(400, '0') + "1") ==
            std::vector<double>{std::numeric_limits<double>::max(), std::numeric_limits<double>::denorm_min(), 0, 0});
    // The nearest float, not that of the nearest double.
    REQUIRE(numbers_of<float>("1.00000017881393432617187499") == std::vector<float>{1.0000001F});
    for (const char* text : {"2147483648", "-2147483649", "99999999999999999999"}) {
        CAPTURE(text);
        REQUIRE(error_of<std::int32_t>(text)->kind() == file_fault::out_of_range);
    }
    REQUIRE(error_of<std::int64_t>("9223372036854775808")->kind() == file_fault::out_of_range);
    for (const char* text : {"3.5e38", "-1e39", "1e99999999999999999999"}) {
        CAPTURE(text);
        REQUIRE(error_of(text)->kind() == file_fault::out_of_range);
    }
    REQUIRE(error_of<double>("1.8e308")->kind() == file_fault::out_of_range);
    REQUIRE(error_of<double>(std::string(400, '9') + "e-1")->kind() == file_fault::out_of_range);
    REQUIRE_THAT(error_of<std::int32_t>("1,2147483648")->what(),
                 Catch::EndsWith("a.csv: line 1, column 2: \"2147483648\" is too large for an integer of 32 bits; "
                                 "ask for another type"));
}

TEST_CASE("what is no number", "[io]") {
    for (const char* text :
         {"x",   "1x",  "1 2",       "--1",   "+-1",   "+",    "-",         ".",   "e5",  "1e",
          "1e+", "0x10", "nan", "NaN", "1,000.5,", "inf", "-infinity", "1_000", "1.2.3", "\"\"", "\"1\"\"\"", "\xFF"}) {
        CAPTURE(text);
        for (const std::string& before : {""s, "1,"s}) {
            const auto e = error_of(before + text + "\n");
            REQUIRE(e);
            REQUIRE(e->kind() == file_fault::not_a_number);
        }
    }
    for (const char* text : {"1.0", "1e3", "1."})
        REQUIRE(error_of<std::int32_t>(text)->kind() == file_fault::not_a_number);
    REQUIRE_THAT(error_of<std::int32_t>("1.5")->what(),
                 Catch::Contains("\"1.5\" is not an integer of 32 bits; numbers look "));
    // What is shown is short, and nothing that a terminal would obey.
    REQUIRE_THAT(error_of("\x1B[2J" + std::string(1000, 'y'))->what(),
                 Catch::Contains("\"?[2J" + std::string(36, 'y') + "...\" is"));
    REQUIRE(error_of("1,\0\n"s)->kind() == file_fault::not_a_number);
}

TEST_CASE("fields that are empty or not finite say what to do", "[io]") {
    REQUIRE_THAT(
        error_of("1,2,\n3,4,\n")->what(),
        Catch::EndsWith(
            "line 1, column 3: \"\" is empty; give it a number, or remove the delimiter at the end of the row"));
    REQUIRE_THAT(error_of("1,,2\n")->what(), Catch::EndsWith("column 2: \"\" is empty; give it a number"));
    for (const char* text : {"nan", "-NaN", "inf", "+Inf", "-INFINITY", " infinity "})
        REQUIRE_THAT(error_of("1," + std::string(text))->what(),
                     Catch::Contains("is no finite number; a net that learns"));
    for (const char* text : {"infinite", "nan(5)", "0x1p3", "1e5f", "\xC2\xA0" "1"})
        REQUIRE_THAT(error_of("1," + std::string(text))->what(), Catch::Contains("is no number; numbers look"));
    // UTF-16, by its byte order marks.
    REQUIRE(fault_of("\xFF\xFE" "1\0"s) == file_fault::unsupported);
    REQUIRE(fault_of("\xFE\xFF\0" "1"s) == file_fault::unsupported);
}

TEST_CASE("errors name the line and the column", "[io]") {
    const auto at = [](const std::string& text, const csv_options& options = {}) {
        const auto e = error_of(text, options);
        REQUIRE(e);
        return std::pair(e->line(), e->column());
    };
    using place = std::pair<std::size_t, std::size_t>;
    REQUIRE(at("1,2\n3,x\n") == place{2, 2});
    REQUIRE(at("a,b\n1,2\nx,4", with_header) == place{3, 1});
    // Line breaks within quotes count: an editor shows the same line.
    REQUIRE(at("\"a\n\nb\",c\n1,2\n3,x\n", with_header) == place{5, 2});
    REQUIRE(at("\"a\r\n\rb\n\n\",c\r\n1,2\r\r\n3,x\n", with_header) == place{8, 2});
    REQUIRE(at("1,2\r\n3,4\r\n\r\n5,x") == place{4, 2});
    REQUIRE(at("1,2\r3,4\r\r\r5,x") == place{5, 2});
    REQUIRE(at("\n  \n# x,y\n1,2\n#\n\n3,x # y", {.comment = '#'}) == place{7, 2});
    REQUIRE_THAT(error_of("1,2\n3,x\n")->what(),
                 Catch::Contains("a.csv: line 2, column 2: \"x\" is no number; numbers look "));
}

TEST_CASE("rows of different lengths", "[io]") {
    const auto ragged = [](const std::string& text, std::size_t line, std::size_t column, const std::string& words,
                           const csv_options& options = {}) {
        CAPTURE(text);
        const auto e = error_of(text, options);
        REQUIRE(e);
        REQUIRE(e->kind() == file_fault::ragged);
        REQUIRE(e->line() == line);
        REQUIRE(e->column() == column);
        REQUIRE_THAT(e->what(), Catch::Contains(words));
    };
    ragged("1,2\n3\n", 2, 1, "the row ends after 1 of 2 fields; give every row as many");
    ragged("1,2\n3,4,5\n", 2, 3, "the row has more than the 2 fields of the first");
    ragged("1\n2,x\n", 2, 2, "more than the 1 fields");
    ragged("a,b,c\n1,2\n", 2, 2, "the row ends after 2 of 3 fields", with_header);
}

TEST_CASE("quotes that are not closed, and what stands beside them", "[io]") {
    const auto corrupt = [](const std::string& text, std::size_t line, std::size_t column, const std::string& words) {
        CAPTURE(text);
        const auto e = error_of(text);
        REQUIRE(e);
        REQUIRE(e->kind() == file_fault::corrupt);
        REQUIRE(e->line() == line);
        REQUIRE(e->column() == column);
        REQUIRE_THAT(e->what(), Catch::Contains(words));
    };
    corrupt("1,\"2", 1, 2, "the file ends within the quotes that begin here");
    corrupt("1,\"2\n\n\n3", 1, 2, "the file ends within the quotes that begin here");
    corrupt("1\n\"2\"\"", 2, 1, "the file ends within the quotes");
    corrupt("1,\"2\"3\n", 1, 2, "something stands behind the closing quote");
    corrupt("1,\"2\" ,3\n", 1, 2, "something stands behind the closing quote");
    corrupt("1,2\"3\"\n", 1, 2, "a quote stands inside of a field");
    corrupt("1,2#\"3\"\n", 1, 2, "a quote stands inside of a field");
}

TEST_CASE("a table cut short anywhere is read up to there, or refused", "[io]") {
    const std::string whole = "a,\"b\"\"\n\",c\r\n1,\"-2\",3e1\r\n4,5,6\r\n";
    const xt::xtensor<float, 2> all{{1, -2, 30}, {4, 5, 6}};
    for (std::size_t length = 0; length < whole.size(); ++length) {
        CAPTURE(length);
        try {
            // Text has no length of its own: what ends with a whole field of a whole row is a table.
            const auto table = table_of(whole.substr(0, length), with_header);
            const std::size_t rows = table.values.shape(0);
            REQUIRE(table.values.shape(1) == 3);
            // Of the last number a digit or an exponent may be missing.
            for (std::size_t i = 0; i + 1 < rows * 3; ++i) REQUIRE(table.values.flat(i) == all.flat(i));
        } catch (const file_error& e) {
            REQUIRE((e.kind() == file_fault::wrong_size || e.kind() == file_fault::corrupt ||
                     e.kind() == file_fault::ragged || e.kind() == file_fault::not_a_number));
        }
    }
    REQUIRE(fault_of("") == file_fault::wrong_size);
    REQUIRE(fault_of("a,b\n", with_header) == file_fault::wrong_size);
    REQUIRE(fault_of("\xEF\xBB\xBF") == file_fault::wrong_size);
    const std::string compressed = make_gzip(whole);
    REQUIRE(fault_of(compressed.substr(0, compressed.size() - 4), with_header) == file_fault::corrupt);
}

TEST_CASE("bytes that are changed at random are read as numbers or refused", "[io]") {
    const std::string whole = "a,\"b, c\"\n1,\"-2\"\n3e1,5.25\n";
    std::mt19937 random(1);
    int read = 0, refused = 0;
    for (int trial = 0; trial < 3000; ++trial) {
        std::string changed = whole;
        for (int change = 0; change < 3; ++change) changed[random() % changed.size()] = static_cast<char>(random());
        try {
            const auto table = table_of(changed, with_header);
            REQUIRE(table.names.size() == table.values.shape(1));
            for (const float value : table.values) REQUIRE(std::isfinite(value));
            ++read;
        } catch (const file_error&) {
            ++refused;
        }
    }
    REQUIRE(read > 10);
    REQUIRE(refused > 1000);
}

TEST_CASE("files larger than is read", "[io]") {
    const std::string text = "1,2\n3,4\n";
    csv_options options;
    options.limit = text.size();
    REQUIRE(table_of(text, options).values.size() == 4);
    options.limit = UINT64_MAX;
    REQUIRE(table_of(text, options).values.size() == 4);
    options.limit = text.size() - 1;
    REQUIRE(fault_of(text, options) == file_fault::too_large);
    options.limit = 1000;
    REQUIRE(fault_of(make_gzip(std::string(5'000'000, '1')), options) == file_fault::too_large);
    // Names take more memory than their commas.
    REQUIRE(error_of(std::string(max_csv_columns, ','), with_header)->kind() == file_fault::too_large);
    REQUIRE_THROWS_AS(read_csv<float>("/nonexistent/a.csv"), file_error);
}
