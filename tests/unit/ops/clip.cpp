// SPDX-License-Identifier: BSL-1.0
#include <ambit/ops/clip.hpp>

#include "../../support/shape_rule.hpp"

#include <catch2/catch.hpp>

#include <limits>

using namespace ambit;
using namespace ambit::op_parts;
using namespace ambit_test;
using enum mistake;

TEST_CASE("clip has the spec of its operand", "[ops]") {
    STATIC_REQUIRE(gives<clip_op>({f32(2, 3)}, {-1, 1}, f32(2, 3)));
    STATIC_REQUIRE(gives<clip_op>({f64()}, {0.5, 0.5}, f64()));
    STATIC_REQUIRE(gives<clip_op>({i32(3)}, {-1, 1}, i32(3)));
    STATIC_REQUIRE(gives<clip_op>({u8(3)}, {0, 255}, u8(3)));
    STATIC_REQUIRE(refuses<clip_op>({flags(3)}, {0, 1}, op_dtype, "the operand must be a number"));
}

TEST_CASE("the bounds of clip are in order", "[ops]") {
    constexpr auto rule = "low must not be above high";
    STATIC_REQUIRE(refuses<clip_op>({f32(3)}, {1, -1}, op_option, rule));
    STATIC_REQUIRE(refuses<clip_op>({i32(3)}, {1, 0}, op_option, rule));
    STATIC_REQUIRE(infer<clip_op>({f32(3)}, {0, std::numeric_limits<double>::quiet_NaN()}).fault ==
                   op_option);
    STATIC_REQUIRE(infer<clip_op>({f32(3)}, {std::numeric_limits<double>::quiet_NaN(), 1}).fault ==
                   op_option);
}

TEST_CASE("the bounds of clip are values of the dtype", "[ops]") {
    constexpr auto rule = "both bounds must be values of the dtype";
    STATIC_REQUIRE(refuses<clip_op>({i32(3)}, {0.5, 2}, op_option, rule));
    STATIC_REQUIRE(refuses<clip_op>({u8(3)}, {-1, 2}, op_option, rule));
    STATIC_REQUIRE(refuses<clip_op>({u8(3)}, {0, 256}, op_option, rule));
    STATIC_REQUIRE(refuses<clip_op>({i32(3)}, {0, 2147483648.0}, op_option, rule));
    STATIC_REQUIRE(gives<clip_op>({i32(3)}, {-2147483648.0, 2147483647}, i32(3)));
}

TEST_CASE("clip of a number", "[ops]") {
    STATIC_REQUIRE(clip_op::apply({-1, 2}, 5.0F) == 2);
    STATIC_REQUIRE(clip_op::apply({-1, 2}, -5.0F) == -1);
    STATIC_REQUIRE(clip_op::apply({-1, 2}, 0.5F) == 0.5F);
    STATIC_REQUIRE(clip_op::apply({3, 200}, std::uint8_t{255}) == 200);
    STATIC_REQUIRE(clip_op::apply({-3, 3}, -7) == -3);
    STATIC_REQUIRE(math::isnan(clip_op::apply({-1, 2}, std::numeric_limits<float>::quiet_NaN())));
}
