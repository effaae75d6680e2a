// SPDX-License-Identifier: BSL-1.0
#include <ambit/core/place.hpp>

#include <catch2/catch.hpp>

using namespace ambit;
using namespace ambit::core_parts;

namespace {
constexpr ambit::core_parts::place here(const std::source_location& at = std::source_location::current()) { return at; }
constexpr place in(const char* file) {
    place p;
    p.file = file;
    return p;
}
}  // namespace

TEST_CASE("a place is the file and line of the caller", "[place]") {
    constexpr place p = here();
    STATIC_REQUIRE(p.line == __LINE__ - 1);
    STATIC_REQUIRE(p.base_name() == "place.cpp");
}

TEST_CASE("messages show the base name of the file", "[place]") {
    STATIC_REQUIRE(in("/home/me/src/filter.cpp").base_name() == "filter.cpp");
    STATIC_REQUIRE(in("src/filter.cpp").base_name() == "filter.cpp");
    STATIC_REQUIRE(in("C:\\src\\filter.cpp").base_name() == "filter.cpp");
    STATIC_REQUIRE(in("filter.cpp").base_name() == "filter.cpp");
    STATIC_REQUIRE(in("src/").base_name().empty());
    STATIC_REQUIRE(place{}.base_name().empty());
    STATIC_REQUIRE(place{}.line == 0);
}
