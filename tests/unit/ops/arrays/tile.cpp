// SPDX-License-Identifier: BSL-1.0
#include <ambit/ops/all.hpp>

#include "../../../support/op_function.hpp"
#include "../../../support/shape_rule.hpp"

#include <catch2/catch.hpp>

using namespace ambit;
using namespace ambit::op_parts;
using namespace ambit_test;
using enum mistake;

TEST_CASE("tile multiplies extents", "[ops]") {
    STATIC_REQUIRE(gives<tile_op>({f32(2, 3)}, {{2, 1}}, f32(4, 3)));
    STATIC_REQUIRE(gives<tile_op>({flags(2, 3)}, {{3, 4}}, flags(6, 12)));
    STATIC_REQUIRE(gives<tile_op>({u8()}, {{}}, u8()));
    constexpr auto rule = "a tile is repeated a number of times along each axis";
    STATIC_REQUIRE(refuses<tile_op>({f32(2, 3)}, {{2}}, op_option, rule));
    STATIC_REQUIRE(refuses<tile_op>({f32()}, {{2}}, op_option, rule));
    STATIC_REQUIRE(refuses<tile_op>({f32(2)}, {{0}}, op_option, "repeats are at least 1"));
    STATIC_REQUIRE(refuses<tile_op>({f32(2)}, {{-1}}, op_option, "repeats are at least 1"));
    constexpr std::int64_t large = std::int64_t{1} << 39, huge = std::int64_t{1} << 62;
    STATIC_REQUIRE(refuses<tile_op>({f32(2)}, {{huge}}, op_shape, "the result would exceed a terabyte"));
    STATIC_REQUIRE(refuses<tile_op>({f32(2, 2)}, {{large, large}}, op_shape, "the result would exceed a terabyte"));
}

TEST_CASE("axes that are not repeated belong to the one before them", "[ops]") {
    constexpr auto geometry = [](const shape& x, const shape& repeats) {
        const tensor_spec operand{x, float32};
        const auto words = to_words(tile_op::attributes{repeats});
        return tile_op::geometry({&operand, 1, words.data()}, {});
    };
    STATIC_REQUIRE(geometry({2, 3, 4}, {5, 1, 1}) == tile_geometry{1, {24}, {5}});
    STATIC_REQUIRE(geometry({2, 3, 4}, {1, 5, 1}) == tile_geometry{2, {2, 12}, {1, 5}});
    STATIC_REQUIRE(geometry({}, {}) == tile_geometry{});
}
