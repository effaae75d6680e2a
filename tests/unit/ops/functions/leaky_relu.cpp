// SPDX-License-Identifier: BSL-1.0
#include <ambit/ops/all.hpp>

#include "../../../support/shape_rule.hpp"

#include <catch2/catch.hpp>

using namespace ambit;
using namespace ambit::op_parts;
using namespace ambit_test;
using enum mistake;

TEST_CASE("leaky_relu takes floats and a slope of their dtype", "[ops]") {
    STATIC_REQUIRE(gives<leaky_relu_op>({f32(2, 3)}, {0.2}, f32(2, 3)));
    STATIC_REQUIRE(gives<leaky_relu_op>({f64()}, {1e300}, f64()));
    STATIC_REQUIRE(refuses<leaky_relu_op>({i32(3)}, {0.2}, op_dtype, "the operand must be float32 or float64"));
    STATIC_REQUIRE(refuses<leaky_relu_op>({f32(3)}, {1e300}, op_option, "alpha is 1e300, not a value of float32"));
}

TEST_CASE("prelu broadcasts its slopes", "[ops]") {
    STATIC_REQUIRE(gives<prelu_op>({f32(2, 3), f32(3)}, {}, f32(2, 3)));
    STATIC_REQUIRE(refuses<prelu_op>({i32(2), i32(2)}, {}, op_dtype, "the operands must be float32 or float64"));
    STATIC_REQUIRE(refuses<prelu_op>({f32(2), f32(3)}, {}, op_shape, "extents must be equal, or 1, from the last axis on"));
}

TEST_CASE("leaky_relu and prelu of numbers", "[ops]") {
    STATIC_REQUIRE(leaky_relu_op::apply({0.25}, -2.0F) == -0.5F);
    STATIC_REQUIRE(leaky_relu_op::apply({0.25}, 2.0) == 2);
    STATIC_REQUIRE(prelu_op::apply(-2.0F, 3.0F) == -6);
    STATIC_REQUIRE(prelu_op::apply(2.0F, 3.0F) == 2);
}
