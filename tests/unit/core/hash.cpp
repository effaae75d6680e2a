// SPDX-License-Identifier: BSL-1.0
#include <ambit/core/hash.hpp>

#include <catch2/catch.hpp>

using namespace ambit::core_parts;

TEST_CASE("a text's hash is FNV-1a", "[core]") {
    STATIC_REQUIRE(fnv1a("") == 0xcbf29ce484222325);
    STATIC_REQUIRE(fnv1a("a") == 0xaf63dc4c8601ec8c);
    STATIC_REQUIRE(fnv1a("foobar") == 0x85944171f73967e8);
    STATIC_REQUIRE(fnv1a_with(fnv1a("fooba"), 'r') == fnv1a("foobar"));
    STATIC_REQUIRE(fnv1a("\xff") == (0xcbf29ce484222325 ^ 0xff) * 0x100000001b3);
}
