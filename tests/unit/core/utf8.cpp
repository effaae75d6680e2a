// SPDX-License-Identifier: BSL-1.0
#include <ambit/core/utf8.hpp>

#include <catch2/catch.hpp>

using ambit::core_parts::is_utf8;

TEST_CASE("UTF-8 as the Unicode Standard has it") {
    STATIC_REQUIRE(is_utf8(""));
    STATIC_REQUIRE(is_utf8("plain"));
    STATIC_REQUIRE(is_utf8("\x7F"));
    STATIC_REQUIRE(is_utf8("\xC2\x80"));
    STATIC_REQUIRE(is_utf8("\xDF\xBF"));
    STATIC_REQUIRE(is_utf8("\xE0\xA0\x80"));
    STATIC_REQUIRE(is_utf8("\xED\x9F\xBF"));
    STATIC_REQUIRE(is_utf8("\xEE\x80\x80"));
    STATIC_REQUIRE(is_utf8("\xEF\xBF\xBF"));
    STATIC_REQUIRE(is_utf8("\xF0\x90\x80\x80"));
    STATIC_REQUIRE(is_utf8("\xF4\x8F\xBF\xBF"));
    STATIC_REQUIRE_FALSE(is_utf8("\x80"));              // a continuation alone
    STATIC_REQUIRE_FALSE(is_utf8("\xC1\xBF"));          // overlong
    STATIC_REQUIRE_FALSE(is_utf8("\xE0\x9F\xBF"));      // overlong
    STATIC_REQUIRE_FALSE(is_utf8("\xF0\x8F\xBF\xBF"));  // overlong
    STATIC_REQUIRE_FALSE(is_utf8("\xED\xA0\x80"));      // a surrogate
    STATIC_REQUIRE_FALSE(is_utf8("\xF4\x90\x80\x80"));  // past 10FFFF
    STATIC_REQUIRE_FALSE(is_utf8("\xF5\x80\x80\x80"));
    STATIC_REQUIRE_FALSE(is_utf8("\xFF"));
    STATIC_REQUIRE_FALSE(is_utf8("a\xC3"));  // cut off
    STATIC_REQUIRE_FALSE(is_utf8("\xE2\x82"));
    STATIC_REQUIRE_FALSE(is_utf8("\xF0\x9F\x98"));
    STATIC_REQUIRE_FALSE(is_utf8("\xE2\x28\xA1"));  // no continuation
}
