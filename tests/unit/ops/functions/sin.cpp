// SPDX-License-Identifier: BSL-1.0
#include <ambit/ops/all.hpp>

#include "../../../support/shape_rule.hpp"

#include <catch2/catch.hpp>

using namespace ambit;
using namespace ambit::op_parts;
using namespace ambit_test;
using enum mistake;

TEST_CASE("sin and cos take floats", "[ops]") {
    STATIC_REQUIRE(gives<sin_op>({f32(2, 3)}, {}, f32(2, 3)));
    STATIC_REQUIRE(gives<cos_op>({f64()}, {}, f64()));
    STATIC_REQUIRE(refuses<sin_op>({i32(3)}, {}, op_dtype, "the operand must be float32 or float64"));
    STATIC_REQUIRE(refuses<cos_op>({flags(3)}, {}, op_dtype, "the operand must be float32 or float64"));
}

TEST_CASE("sin and cos of a number", "[ops]") {
    STATIC_REQUIRE(sin_op::apply(0.0F) == 0);
    STATIC_REQUIRE(cos_op::apply(0.0) == 1);
    STATIC_REQUIRE(sin_op::apply(1.5707963267948966) == 1);
}
