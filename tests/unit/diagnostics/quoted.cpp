// SPDX-License-Identifier: BSL-1.0
#include <ambit/diagnostics/quoted.hpp>

#include <catch2/catch.hpp>

#include <cstddef>
#include <random>
#include <string>

using namespace std::string_literals;
using ambit::mistake_parts::in_quotes;
using ambit::mistake_parts::shown_path;
using ambit::mistake_parts::visible;

TEST_CASE("names as they are", "[diagnostics]") {
    REQUIRE(in_quotes("") == "\"\"");
    REQUIRE(in_quotes("dense/kernel:0") == "\"dense/kernel:0\"");
    REQUIRE(in_quotes("gewichte/größe 重み \U0001F600") == "\"gewichte/größe 重み \U0001F600\"");
}

TEST_CASE("what a terminal obeys, or nobody sees, is a question mark", "[diagnostics]") {
    REQUIRE(in_quotes("\x1B[2Ja\x7F\r\n\t\0b"s) == "\"?[2Ja?????b\"" );
    // The same escape sequence as one character of Latin 1, controls of the second row.
    REQUIRE(in_quotes("\u009B2J\u0085") == "\"?2J?\"");
    // Right to left; embedded, overridden, isolated; marks; separators of lines and paragraphs.
    REQUIRE(in_quotes("a\u202Eb\u2066c\u200Fd\u061Ce\u2028f\u2029") == "\"a?b?c?d?e?f?\"");
    // No sign of their own: zero width, joiners, soft hyphen, byte order mark, tags, variation selectors.
    REQUIRE(in_quotes("\u200B\u200D\u00AD\uFEFF\uFFFE\uFE0F\U000E0041\U0001FFFF") == "\"????????\"");
}

TEST_CASE("what is no UTF-8 is a question mark a byte", "[diagnostics]") {
    REQUIRE(in_quotes("a\xFF\xFE") == "\"a??\"");
    REQUIRE(in_quotes("\xC3") == "\"?\"");
    REQUIRE(in_quotes("\xC0\xAF\xED\xA0\x80\xF4\x90\x80\x80") == "\"?????????\"");
    REQUIRE(in_quotes("\xE2\x82" "a") == "\"??a\"");
}

TEST_CASE("nobody closes the quotes from inside", "[diagnostics]") {
    REQUIRE(in_quotes("a\", b") == "\"a\\\", b\"");
    REQUIRE(in_quotes("a\\") == "\"a\\\\\"");
}

TEST_CASE("long names are cut between characters", "[diagnostics]") {
    REQUIRE(in_quotes(std::string(120, 'x')) == '"' + std::string(120, 'x') + '"');
    REQUIRE(in_quotes(std::string(121, 'x')) == '"' + std::string(120, 'x') + "...\"");
    REQUIRE(in_quotes("äöü", 5) == "\"äö...\"");
    REQUIRE(in_quotes(std::string(1'000'000, '\x80')) == '"' + std::string(120, '?') + "...\"");
}

TEST_CASE("a path is told as it is, unless it could be read as something else", "[diagnostics]") {
    REQUIRE(shown_path("/data/set 1/größe (2).png") == "/data/set 1/größe (2).png");
    REQUIRE(shown_path("") == "\"\"");
    REQUIRE(shown_path("a\x1B[2J.png") == "\"a?[2J.png\"");
    REQUIRE(shown_path("a.png: all is well; go on") == "\"a.png: all is well; go on\"");
    REQUIRE(shown_path("a\0b"s) == "\"a?b\"");
    std::string long_path(5000, 'd');
    long_path += "/a.png";
    REQUIRE(shown_path(long_path).size() < 1010);
    REQUIRE(shown_path(long_path).substr(990) == "dddddddd/a.png\"");
    REQUIRE(shown_path(std::string(5000, '\x80')).size() < 1010);
}

TEST_CASE("any bytes: what is shown is visible text of bounded length", "[diagnostics]") {
    std::mt19937 random(7);
    for (int trial = 0; trial < 20'000; ++trial) {
        std::string text(random() % 40, '\0');
        for (char& c : text)
            c = static_cast<char>(random() % 3 == 0 ? "\xE2\x80\xAE\xF3\xA0\x81\xC2"[random() % 7]
                                                    : static_cast<int>(random()));
        for (const std::string& shown : {visible(text, 30), in_quotes(text, 30), shown_path(text)}) {
            REQUIRE(ambit::core_parts::is_utf8(shown));
            REQUIRE(visible(shown, 1000) == shown);
            REQUIRE(shown.size() <= 2 * 40 + 5);
        }
    }
}
