// SPDX-License-Identifier: BSL-1.0
#include <ambit/scope/path.hpp>

#include "both_worlds.hpp"

#include <string_view>

using namespace ambit;
using namespace ambit::scope_parts;
using enum name_position;

TEST_CASE("legal names: letters, digits and '_', '.', '-'") {
    STATIC_REQUIRE(is_legal_name("weights", at_root));
    STATIC_REQUIRE(is_legal_name("W", at_root));
    STATIC_REQUIRE(is_legal_name("0", at_root));
    STATIC_REQUIRE(is_legal_name("conv2d_1.bias-term", at_root));
    STATIC_REQUIRE(!is_legal_name("kernel size", at_root));
    STATIC_REQUIRE(!is_legal_name("weights:0", at_root));
    STATIC_REQUIRE(!is_legal_name("a\\b", inside));
    STATIC_REQUIRE(!is_legal_name("a\nb", inside));
    STATIC_REQUIRE(!is_legal_name("gr\xC3\xB6\xC3\x9F" "e", inside));
}

TEST_CASE("legal names: every other character is refused, wherever it stands") {
    int accepted = 0;
    for (int code = -128; code < 128; ++code) {
        const char c = static_cast<char>(code);
        const bool expected = is_letter_or_digit(c) || c == '_' || c == '.' || c == '-';
        const char name[] = {'a', c, 'b'};
        CAPTURE(code);
        CHECK(is_legal_name({name, 3}, inside) == (expected || c == '/'));
        CHECK(is_legal_name({name + 1, 1}, inside) == expected);
        CHECK(is_legal_name({name + 1, 1}, at_root) == (is_letter_or_digit(c) || c == '.'));
        accepted += expected ? 1 : 0;
    }
    CHECK(accepted == 26 + 26 + 10 + 3);
}

TEST_CASE("legal names: the first character of the whole path is a letter, a digit or '.'") {
    STATIC_REQUIRE(is_legal_name(".hidden", at_root));
    STATIC_REQUIRE(!is_legal_name("_hidden", at_root));
    STATIC_REQUIRE(!is_legal_name("-hidden", at_root));
    STATIC_REQUIRE(is_legal_name("_hidden", inside));
    STATIC_REQUIRE(is_legal_name("-hidden", inside));
    STATIC_REQUIRE(is_legal_name("a/_hidden", at_root));
}

TEST_CASE("legal names: no component is empty") {
    STATIC_REQUIRE(!is_legal_name("", at_root));
    STATIC_REQUIRE(!is_legal_name("", inside));
    STATIC_REQUIRE(is_legal_name("a/b/c", at_root));
    STATIC_REQUIRE(!is_legal_name("/a", at_root));
    STATIC_REQUIRE(!is_legal_name("/a", inside));
    STATIC_REQUIRE(!is_legal_name("a/", inside));
    STATIC_REQUIRE(!is_legal_name("a//b", inside));
    STATIC_REQUIRE(!is_legal_name("/", inside));
}
