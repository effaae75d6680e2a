// SPDX-License-Identifier: BSL-1.0
#include <ambit/ops/all.hpp>

#include "../../../support/shape_rule.hpp"

#include <catch2/catch.hpp>

using namespace ambit;
using namespace ambit::op_parts;
using namespace ambit_test;
using enum mistake;

TEST_CASE("sigmoid has the spec of its operand", "[ops]") {
    STATIC_REQUIRE(gives<sigmoid_op>({f32(2, 3)}, {}, f32(2, 3)));
    STATIC_REQUIRE(gives<sigmoid_op>({f64()}, {}, f64()));
    STATIC_REQUIRE(refuses<sigmoid_op>({i32(3)}, {}, op_dtype, "the operand must be float32 or float64"));
    STATIC_REQUIRE(refuses<sigmoid_op>({i64(3)}, {}, op_dtype, "the operand must be float32 or float64"));
    STATIC_REQUIRE(refuses<sigmoid_op>({u8(3)}, {}, op_dtype, "the operand must be float32 or float64"));
    STATIC_REQUIRE(refuses<sigmoid_op>({flags(3)}, {}, op_dtype, "the operand must be float32 or float64"));
}

TEST_CASE("sigmoid of a number", "[ops]") {
    STATIC_REQUIRE(sigmoid_op::apply(0.0F) == 0.5F);
    STATIC_REQUIRE(sigmoid_op::apply(1e4F) == 1);
    STATIC_REQUIRE(sigmoid_op::apply(-1e4F) == 0);
}
