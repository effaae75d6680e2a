// SPDX-License-Identifier: BSL-1.0
#include <ambit/ops/all.hpp>

#include "../../../support/shape_rule.hpp"

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
    STATIC_REQUIRE(refuses<clip_op>({f32(3)}, {1, -1}, op_option, "low is 1: at most -1"));
    STATIC_REQUIRE(refuses<clip_op>({i32(3)}, {1, 0}, op_option, "low is 1: at most 0"));
    STATIC_REQUIRE(infer<clip_op>({f32(3)}, {0, std::numeric_limits<double>::quiet_NaN()}).fault ==
                   op_option);
    STATIC_REQUIRE(infer<clip_op>({f32(3)}, {std::numeric_limits<double>::quiet_NaN(), 1}).fault ==
                   op_option);
}

TEST_CASE("the bounds of clip are values of the dtype", "[ops]") {
    STATIC_REQUIRE(refuses<clip_op>({i32(3)}, {0.5, 2}, op_option, "low is 0.5, not a value of int32"));
    STATIC_REQUIRE(refuses<clip_op>({u8(3)}, {-1, 2}, op_option, "low is -1, not a value of uint8"));
    STATIC_REQUIRE(refuses<clip_op>({u8(3)}, {0, 256}, op_option, "high is 256, not a value of uint8"));
    STATIC_REQUIRE(
        refuses<clip_op>({i32(3)}, {0, 2147483648.0}, op_option, "high is 2147483648, not a value of int32"));
    STATIC_REQUIRE(refuses<clip_op>({f32(3)}, {0, 1e300}, op_option, "high is 1e300, not a value of float32"));
    STATIC_REQUIRE(refuses<clip_op>({i64(3)}, {0, 0x1p53}, op_option,
                                    "high is 9007199254740992, not a value of int64 between -2^53 and 2^53"));
    STATIC_REQUIRE(gives<clip_op>({i64(3)}, {0, 0x1p53 - 1}, i64(3)));
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
