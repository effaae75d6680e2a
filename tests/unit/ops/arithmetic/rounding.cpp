// SPDX-License-Identifier: BSL-1.0
#include <ambit/ops/all.hpp>

#include "../../../support/shape_rule.hpp"

#include <catch2/catch.hpp>

using namespace ambit;
using namespace ambit::op_parts;
using namespace ambit_test;
using enum mistake;

TEST_CASE("rounding takes floats", "[ops]") {
    STATIC_REQUIRE(gives<floor_op>({f32(2, 3)}, {}, f32(2, 3)));
    STATIC_REQUIRE(gives<ceil_op>({f64()}, {}, f64()));
    STATIC_REQUIRE(gives<round_op>({f32(3)}, {}, f32(3)));
    STATIC_REQUIRE(refuses<floor_op>({i32(3)}, {}, op_dtype, "the operand must be float32 or float64"));
    STATIC_REQUIRE(refuses<ceil_op>({i64(3)}, {}, op_dtype, "the operand must be float32 or float64"));
    STATIC_REQUIRE(refuses<round_op>({flags(3)}, {}, op_dtype, "the operand must be float32 or float64"));
}

TEST_CASE("round takes the even one of two", "[ops]") {
    STATIC_REQUIRE(round_op::apply(2.5F) == 2);
    STATIC_REQUIRE(round_op::apply(-1.5) == -2);
}
