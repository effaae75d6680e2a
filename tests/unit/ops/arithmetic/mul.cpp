// SPDX-License-Identifier: BSL-1.0
#include <ambit/ops/all.hpp>

#include "../../../support/shape_rule.hpp"

#include <catch2/catch.hpp>

using namespace ambit;
using namespace ambit::op_parts;
using namespace ambit_test;
using enum mistake;

TEST_CASE("mul broadcasts its operands", "[ops]") {
    STATIC_REQUIRE(gives<mul_op>({f32(2, 3), f32(2, 3)}, {}, f32(2, 3)));
    STATIC_REQUIRE(gives<mul_op>({f32(2, 3), f32(3)}, {}, f32(2, 3)));
    STATIC_REQUIRE(gives<mul_op>({f32(), f32(2, 3)}, {}, f32(2, 3)));
    STATIC_REQUIRE(gives<mul_op>({f32(2, 1), f32(1, 3)}, {}, f32(2, 3)));
    STATIC_REQUIRE(gives<mul_op>({f32(4, 1, 3), f32(2, 1)}, {}, f32(4, 2, 3)));
    STATIC_REQUIRE(gives<mul_op>({f32(), f32()}, {}, f32()));
    constexpr auto rule = "extents must be equal, or 1, from the last axis on";
    STATIC_REQUIRE(refuses<mul_op>({f32(2), f32(3)}, {}, op_shape, rule));
    STATIC_REQUIRE(refuses<mul_op>({f32(2, 3), f32(2)}, {}, op_shape, rule));
    STATIC_REQUIRE(refuses<mul_op>({f32(3, 2, 4), f32(3, 4)}, {}, op_shape, rule));
    STATIC_REQUIRE(
        refuses<mul_op>({f32(1000000, 1), f32(1000000)}, {}, op_shape, "the result would exceed a terabyte"));
}

TEST_CASE("mul takes two numbers of one dtype", "[ops]") {
    STATIC_REQUIRE(gives<mul_op>({f64(3), f64(3)}, {}, f64(3)));
    STATIC_REQUIRE(gives<mul_op>({i32(3), i32(3)}, {}, i32(3)));
    STATIC_REQUIRE(gives<mul_op>({i64(3), i64(3)}, {}, i64(3)));
    STATIC_REQUIRE(gives<mul_op>({u8(3), u8(3)}, {}, u8(3)));
    STATIC_REQUIRE(refuses<mul_op>({flags(3), flags(3)}, {}, op_dtype, "the operands must be numbers"));
    STATIC_REQUIRE(refuses<mul_op>({f32(3), f64(3)}, {}, op_dtype, "both operands must have one dtype"));
    STATIC_REQUIRE(refuses<mul_op>({i32(3), f32(4)}, {}, op_dtype,
                                   "both operands must have one dtype"));  // before the shapes
}

TEST_CASE("mul of two numbers", "[ops]") {
    STATIC_REQUIRE(mul_op::apply(1.5F, 2.0F) == 3);
    STATIC_REQUIRE(mul_op::apply(std::uint8_t{16}, std::uint8_t{17}) == 16);
    STATIC_REQUIRE(mul_op::apply(65536, 65537) == 65536);
}
