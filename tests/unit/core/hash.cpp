// SPDX-License-Identifier: BSL-1.0
#include <ambit/core/hash.hpp>

#include <catch2/catch.hpp>

using namespace ambit::core_parts;

// Values of the reference's test suite (draft-eastlake-fnv, appendix C).
TEST_CASE("fnv1a is the 64-bit FNV-1a hash") {
    STATIC_REQUIRE(fnv1a("") == 0xCBF29CE484222325);
    STATIC_REQUIRE(fnv1a("a") == 0xAF63DC4C8601EC8C);
    STATIC_REQUIRE(fnv1a("foobar") == 0x85944171F73967E8);
    STATIC_REQUIRE(fnv1a_with(fnv1a("fooba"), 'r') == fnv1a("foobar"));
}
