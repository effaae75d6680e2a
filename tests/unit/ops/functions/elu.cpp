// SPDX-License-Identifier: BSL-1.0
#include <ambit/ops/all.hpp>

#include "../../../support/shape_rule.hpp"

#include <catch2/catch.hpp>

using namespace ambit;
using namespace ambit::op_parts;
using namespace ambit_test;
using enum mistake;

TEST_CASE("elu and selu take floats", "[ops]") {
    STATIC_REQUIRE(gives<elu_op>({f32(2, 3)}, {1}, f32(2, 3)));
    STATIC_REQUIRE(gives<selu_op>({f64()}, {}, f64()));
    STATIC_REQUIRE(refuses<elu_op>({i32(3)}, {1}, op_dtype, "the operand must be float32 or float64"));
    STATIC_REQUIRE(refuses<selu_op>({flags(3)}, {}, op_dtype, "the operand must be float32 or float64"));
    STATIC_REQUIRE(refuses<elu_op>({f32(3)}, {-1e300}, op_option, "alpha is -1e300, not a value of float32"));
    STATIC_REQUIRE(refuses<elu_op>({f32(3)}, {math::not_a_number}, op_option, "alpha is NaN: a finite number"));
}

TEST_CASE("elu of numbers", "[ops]") {
    STATIC_REQUIRE(elu_op::apply({0.5}, 1000.0F) == 1000);
    STATIC_REQUIRE(elu_op::apply({0.5}, -1000.0F) == -0.5F);
    STATIC_REQUIRE(selu_op::apply(-1000.0) == -1.0507009873554804934 * 1.6732632423543772848);
}
