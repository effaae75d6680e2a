// SPDX-License-Identifier: BSL-1.0
#include <ambit/ops/all.hpp>

#include "../../../support/shape_rule.hpp"

#include <catch2/catch.hpp>

#include <limits>

using namespace ambit;
using namespace ambit::op_parts;
using namespace ambit_test;
using enum mistake;

TEST_CASE("maximum broadcasts its operands", "[ops]") {
    STATIC_REQUIRE(gives<maximum_op>({f32(2, 3), f32(2, 3)}, {}, f32(2, 3)));
    STATIC_REQUIRE(gives<maximum_op>({f32(2, 3), f32(3)}, {}, f32(2, 3)));
    STATIC_REQUIRE(gives<maximum_op>({f32(), f32(2, 3)}, {}, f32(2, 3)));
    STATIC_REQUIRE(gives<maximum_op>({f32(2, 1), f32(1, 3)}, {}, f32(2, 3)));
    STATIC_REQUIRE(gives<maximum_op>({f32(4, 1, 3), f32(2, 1)}, {}, f32(4, 2, 3)));
    STATIC_REQUIRE(gives<maximum_op>({f32(), f32()}, {}, f32()));
    constexpr auto rule = "extents must be equal, or 1, from the last axis on";
    STATIC_REQUIRE(refuses<maximum_op>({f32(2), f32(3)}, {}, op_shape, rule));
    STATIC_REQUIRE(refuses<maximum_op>({f32(2, 3), f32(2)}, {}, op_shape, rule));
    STATIC_REQUIRE(refuses<maximum_op>({f32(3, 2, 4), f32(3, 4)}, {}, op_shape, rule));
    STATIC_REQUIRE(refuses<maximum_op>({f32(1000000, 1), f32(1000000)}, {}, op_shape,
                                       "the result would exceed a terabyte"));
}

TEST_CASE("maximum takes two numbers of one dtype", "[ops]") {
    STATIC_REQUIRE(gives<maximum_op>({f64(3), f64(3)}, {}, f64(3)));
    STATIC_REQUIRE(gives<maximum_op>({i32(3), i32(3)}, {}, i32(3)));
    STATIC_REQUIRE(gives<maximum_op>({i64(3), i64(3)}, {}, i64(3)));
    STATIC_REQUIRE(gives<maximum_op>({u8(3), u8(3)}, {}, u8(3)));
    STATIC_REQUIRE(refuses<maximum_op>({flags(3), flags(3)}, {}, op_dtype, "the operands must be numbers"));
    STATIC_REQUIRE(refuses<maximum_op>({f32(3), f64(3)}, {}, op_dtype, "both operands must have one dtype"));
    STATIC_REQUIRE(refuses<maximum_op>({i32(3), f32(4)}, {}, op_dtype,
                                       "both operands must have one dtype"));  // before the shapes
}

TEST_CASE("maximum of two numbers", "[ops]") {
    STATIC_REQUIRE(maximum_op::apply(1.5F, 2.0F) == 2.0F);
    STATIC_REQUIRE(maximum_op::apply(2.0F, 1.5F) == 2.0F);
    STATIC_REQUIRE(maximum_op::apply(-3, 4) == 4);
    STATIC_REQUIRE(math::isnan(maximum_op::apply(std::numeric_limits<float>::quiet_NaN(), 1.0F)));
    STATIC_REQUIRE(math::isnan(maximum_op::apply(1.0F, std::numeric_limits<float>::quiet_NaN())));
}
