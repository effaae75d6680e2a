// SPDX-License-Identifier: BSL-1.0
#include <ambit/ops/all.hpp>

#include "../../../support/shape_rule.hpp"

#include <catch2/catch.hpp>

using namespace ambit;
using namespace ambit::op_parts;
using namespace ambit_test;
using enum mistake;

TEST_CASE("argmax drops an axis and gives int32", "[ops]") {
    STATIC_REQUIRE(gives<argmax_op>({f32(2, 3, 4)}, {0}, i32(3, 4)));
    STATIC_REQUIRE(gives<argmax_op>({f32(2, 3, 4)}, {1}, i32(2, 4)));
    STATIC_REQUIRE(gives<argmax_op>({f32(2, 3, 4)}, {-1}, i32(2, 3)));
    STATIC_REQUIRE(gives<argmax_op>({f64(5)}, {0}, i32()));
    STATIC_REQUIRE(gives<argmax_op>({u8(5)}, {-1}, i32()));
    STATIC_REQUIRE(gives<argmax_op>({i64(5, 1)}, {1}, i32(5)));
}

TEST_CASE("the axis of argmax lies in the operand, which is of numbers", "[ops]") {
    constexpr auto rule = "the axis lies outside of the operand";
    STATIC_REQUIRE(refuses<argmax_op>({f32(2, 3)}, {2}, op_option, rule));
    STATIC_REQUIRE(refuses<argmax_op>({f32(2, 3)}, {-3}, op_option, rule));
    STATIC_REQUIRE(refuses<argmax_op>({f32()}, {0}, op_option, rule));
    STATIC_REQUIRE(refuses<argmax_op>({flags(3)}, {0}, op_dtype, "the operand must be a number"));
    STATIC_REQUIRE(
        refuses<argmax_op>({u8(3000000000)}, {0}, op_shape, "positions along the axis must fit int32"));
}

TEST_CASE("argmax sees its operand along the axis", "[ops]") {
    constexpr auto geometry = [](const tensor_spec& x, std::int64_t axis) {
        return argmax_op::geometry({&x, 1, &axis}, {});
    };
    STATIC_REQUIRE(geometry(f32(2, 3, 4, 5), 2) == axis_geometry{6, 4, 5});
    STATIC_REQUIRE(geometry(f32(2, 3, 4, 5), -4) == axis_geometry{1, 2, 60});
    STATIC_REQUIRE(geometry(f32(7), 0) == axis_geometry{1, 7, 1});
}
