// SPDX-License-Identifier: BSL-1.0
#include <ambit/ops/all.hpp>

#include "../../../support/shape_rule.hpp"

#include <catch2/catch.hpp>

using namespace ambit;
using namespace ambit::op_parts;
using namespace ambit_test;
using enum mistake;

TEST_CASE("tanh has the spec of its operand", "[ops]") {
    STATIC_REQUIRE(gives<tanh_op>({f32(2, 3)}, {}, f32(2, 3)));
    STATIC_REQUIRE(gives<tanh_op>({f64()}, {}, f64()));
    STATIC_REQUIRE(refuses<tanh_op>({i32(3)}, {}, op_dtype, "the operand must be float32 or float64"));
    STATIC_REQUIRE(refuses<tanh_op>({i64(3)}, {}, op_dtype, "the operand must be float32 or float64"));
    STATIC_REQUIRE(refuses<tanh_op>({u8(3)}, {}, op_dtype, "the operand must be float32 or float64"));
    STATIC_REQUIRE(refuses<tanh_op>({flags(3)}, {}, op_dtype, "the operand must be float32 or float64"));
}

TEST_CASE("tanh of a number", "[ops]") {
    STATIC_REQUIRE(tanh_op::apply(0.0F) == 0);
    STATIC_REQUIRE(tanh_op::apply(100.0F) == 1);
    STATIC_REQUIRE(tanh_op::apply(-100.0) == -1);
}
