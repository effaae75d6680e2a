// SPDX-License-Identifier: BSL-1.0
#include <ambit/ops/all.hpp>

#include "../../../support/shape_rule.hpp"

#include <catch2/catch.hpp>

using namespace ambit;
using namespace ambit::op_parts;
using namespace ambit_test;
using enum mistake;

TEST_CASE("sqrt has the spec of its operand", "[ops]") {
    STATIC_REQUIRE(gives<sqrt_op>({f32(2, 3)}, {}, f32(2, 3)));
    STATIC_REQUIRE(gives<sqrt_op>({f64()}, {}, f64()));
    STATIC_REQUIRE(refuses<sqrt_op>({i32(3)}, {}, op_dtype, "the operand must be float32 or float64"));
    STATIC_REQUIRE(refuses<sqrt_op>({i64(3)}, {}, op_dtype, "the operand must be float32 or float64"));
    STATIC_REQUIRE(refuses<sqrt_op>({u8(3)}, {}, op_dtype, "the operand must be float32 or float64"));
    STATIC_REQUIRE(refuses<sqrt_op>({flags(3)}, {}, op_dtype, "the operand must be float32 or float64"));
}

TEST_CASE("sqrt of a number", "[ops]") {
    STATIC_REQUIRE(sqrt_op::apply(6.25F) == 2.5F);
    STATIC_REQUIRE(sqrt_op::apply(0.0) == 0);
}
