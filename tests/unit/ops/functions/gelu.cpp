// SPDX-License-Identifier: BSL-1.0
#include <ambit/ops/all.hpp>

#include "../../../support/shape_rule.hpp"

#include <catch2/catch.hpp>

using namespace ambit;
using namespace ambit::op_parts;
using namespace ambit_test;
using enum mistake;

TEST_CASE("gelu takes floats", "[ops]") {
    STATIC_REQUIRE(gives<gelu_op>({f32(2, 3)}, {0}, f32(2, 3)));
    STATIC_REQUIRE(gives<gelu_op>({f64()}, {1}, f64()));
    STATIC_REQUIRE(refuses<gelu_op>({i32(3)}, {0}, op_dtype, "the operand must be float32 or float64"));
}

TEST_CASE("gelu of numbers, with the values of its paper's figure", "[ops]") {
    // x Φ(x) with Φ(1) = 0.841344746, Φ(-1) = 0.158655254 from a table of the normal distribution.
    STATIC_REQUIRE(math::fabs(gelu_op::apply({0}, 1.0) - 0.841344746) < 1e-9);
    STATIC_REQUIRE(math::fabs(gelu_op::apply({0}, -1.0) + 0.158655254) < 1e-9);
    STATIC_REQUIRE(math::fabs(gelu_op::apply({1}, 1.0) - 0.841344746) < 3e-4);
    STATIC_REQUIRE(gelu_op::apply({0}, -math::infinity) == 0);
    STATIC_REQUIRE(gelu_op::apply({1}, -math::infinity) == 0);
    STATIC_REQUIRE(gelu_op::apply({0}, math::infinity) == math::infinity);
    STATIC_REQUIRE(gelu_op::apply({1}, math::infinity) == math::infinity);
}
