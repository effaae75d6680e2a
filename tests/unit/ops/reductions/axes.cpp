// SPDX-License-Identifier: BSL-1.0
#include <ambit/ops/reductions/axes.hpp>

#include <catch2/catch.hpp>

#include <type_traits>

using namespace ambit;
using namespace ambit::contract_parts;

TEST_CASE("a list of axes", "[ops]") {
    STATIC_REQUIRE(axes{}.size() == 0);
    STATIC_REQUIRE(axes{3}.size() == 1);
    STATIC_REQUIRE(axes{0, -1}[1] == -1);
    STATIC_REQUIRE(axes{0, 1, 2, 3, 4, 5, 6, 7}.size() == max_rank);
    constexpr auto size_of_list = [](const axes& list) { return list.size(); };
    STATIC_REQUIRE(size_of_list(1) == 1);  // one axis needs no braces
    STATIC_REQUIRE(size_of_list({}) == 0);
    STATIC_REQUIRE_FALSE(std::is_constructible_v<axes, int, int, int, int, int, int, int, int, int>);
}
