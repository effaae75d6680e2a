// SPDX-License-Identifier: BSL-1.0
#include <ambit/ops/all.hpp>

#include "../../../support/op_function.hpp"
#include "../../../support/shape_rule.hpp"

#include <catch2/catch.hpp>

using namespace ambit;
using namespace ambit::op_parts;
using namespace ambit_test;
using enum mistake;

TEST_CASE("space_to_depth moves blocks into the channels, depth_to_space back", "[ops]") {
    STATIC_REQUIRE(gives<space_to_depth_op>({f32(1, 4, 6, 3)}, {2}, f32(1, 2, 3, 12)));
    STATIC_REQUIRE(gives<space_to_depth_op>({u8(1, 4, 6, 3)}, {1}, u8(1, 4, 6, 3)));
    STATIC_REQUIRE(gives<depth_to_space_op>({f32(1, 2, 3, 12)}, {2}, f32(1, 4, 6, 3)));
    STATIC_REQUIRE(gives<depth_to_space_op>({flags(1, 2, 3, 9)}, {3}, flags(1, 6, 9, 1)));
    constexpr auto image = "the image is [n, h, w, c]";
    STATIC_REQUIRE(refuses<space_to_depth_op>({f32(4, 6, 3)}, {2}, op_shape, image));
    STATIC_REQUIRE(refuses<depth_to_space_op>({f32(4, 6, 3)}, {2}, op_shape, image));
    constexpr std::int64_t huge = std::int64_t{1} << 62;
    for (const std::int64_t block : {std::int64_t{0}, std::int64_t{-2}, std::int64_t{4}, huge}) {
        CHECK(refuses<space_to_depth_op>({f32(1, 4, 6, 3)}, {block}, op_option, "the block divides height and width"));
        CHECK(refuses<depth_to_space_op>({f32(1, 4, 6, 4)}, {block}, op_option,
                                         "the square of the block divides the channels"));
    }
}
