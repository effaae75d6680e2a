// SPDX-License-Identifier: BSL-1.0
#include <ambit/ops/all.hpp>

#include "../../../support/shape_rule.hpp"

#include <catch2/catch.hpp>

using namespace ambit;
using namespace ambit::op_parts;
using namespace ambit_test;
using enum mistake;

TEST_CASE("sub broadcasts its operands", "[ops]") {
    STATIC_REQUIRE(gives<sub_op>({f32(2, 3), f32(2, 3)}, {}, f32(2, 3)));
    STATIC_REQUIRE(gives<sub_op>({f32(2, 3), f32(3)}, {}, f32(2, 3)));
    STATIC_REQUIRE(gives<sub_op>({f32(), f32(2, 3)}, {}, f32(2, 3)));
    STATIC_REQUIRE(gives<sub_op>({f32(2, 1), f32(1, 3)}, {}, f32(2, 3)));
    STATIC_REQUIRE(gives<sub_op>({f32(4, 1, 3), f32(2, 1)}, {}, f32(4, 2, 3)));
    STATIC_REQUIRE(gives<sub_op>({f32(), f32()}, {}, f32()));
    constexpr auto rule = "extents must be equal, or 1, from the last axis on";
    STATIC_REQUIRE(refuses<sub_op>({f32(2), f32(3)}, {}, op_shape, rule));
    STATIC_REQUIRE(refuses<sub_op>({f32(2, 3), f32(2)}, {}, op_shape, rule));
    STATIC_REQUIRE(refuses<sub_op>({f32(3, 2, 4), f32(3, 4)}, {}, op_shape, rule));
    STATIC_REQUIRE(
        refuses<sub_op>({f32(1000000, 1), f32(1000000)}, {}, op_shape, "the result would exceed a terabyte"));
}

TEST_CASE("sub takes two numbers of one dtype", "[ops]") {
    STATIC_REQUIRE(gives<sub_op>({f64(3), f64(3)}, {}, f64(3)));
    STATIC_REQUIRE(gives<sub_op>({i32(3), i32(3)}, {}, i32(3)));
    STATIC_REQUIRE(gives<sub_op>({i64(3), i64(3)}, {}, i64(3)));
    STATIC_REQUIRE(gives<sub_op>({u8(3), u8(3)}, {}, u8(3)));
    STATIC_REQUIRE(refuses<sub_op>({flags(3), flags(3)}, {}, op_dtype, "the operands must be numbers"));
    STATIC_REQUIRE(refuses<sub_op>({f32(3), f64(3)}, {}, op_dtype, "both operands must have one dtype"));
    STATIC_REQUIRE(refuses<sub_op>({i32(3), f32(4)}, {}, op_dtype,
                                   "both operands must have one dtype"));  // before the shapes
}

TEST_CASE("sub of two numbers", "[ops]") {
    STATIC_REQUIRE(sub_op::apply(1.5F, 2.0F) == -0.5F);
    STATIC_REQUIRE(sub_op::apply(std::uint8_t{1}, std::uint8_t{2}) == 255);
    STATIC_REQUIRE(sub_op::apply(-2147483647 - 1, 1) == 2147483647);
}
