// SPDX-License-Identifier: BSL-1.0
#include <ambit/core/fixed_string.hpp>

#include <catch2/catch.hpp>

#include <type_traits>

using namespace ambit;

namespace {
template <fixed_string Name> struct named {
    static constexpr std::string_view name = Name.view();
};
}  // namespace

TEST_CASE("a literal is a template argument", "[fixed_string]") {
    STATIC_REQUIRE(named<"dense/weights">::name == "dense/weights");
    STATIC_REQUIRE(named<"">::name.empty());
    STATIC_REQUIRE(std::is_same_v<named<"a">, named<"a">>);
    STATIC_REQUIRE_FALSE(std::is_same_v<named<"a">, named<"b">>);
    STATIC_REQUIRE_FALSE(std::is_same_v<named<"a">, named<"aa">>);
}

TEST_CASE("the terminator is stored, so that compilers print text", "[fixed_string]") {
    STATIC_REQUIRE(sizeof(fixed_string{"abc"}) == 4);
    STATIC_REQUIRE(fixed_string{"abc"}.characters[3] == '\0');
    STATIC_REQUIRE(fixed_string{"abc"}.view().size() == 3);
}
