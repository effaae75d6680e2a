// SPDX-License-Identifier: BSL-1.0
#include <ambit/ops/all.hpp>

#include "../../../support/shape_rule.hpp"

#include <catch2/catch.hpp>

using namespace ambit;
using namespace ambit::op_parts;
using namespace ambit_test;
using enum mistake;

TEST_CASE("softmax has the spec of its operand", "[ops]") {
    STATIC_REQUIRE(gives<softmax_op>({f32(2, 3)}, {-1}, f32(2, 3)));
    STATIC_REQUIRE(gives<softmax_op>({f64(2, 3)}, {0}, f64(2, 3)));
    STATIC_REQUIRE(gives<softmax_op>({f32(5)}, {0}, f32(5)));
}

TEST_CASE("softmax takes floats and an axis of them", "[ops]") {
    STATIC_REQUIRE(refuses<softmax_op>({i32(3)}, {0}, op_dtype, "the operand must be float32 or float64"));
    STATIC_REQUIRE(refuses<softmax_op>({u8(3)}, {0}, op_dtype, "the operand must be float32 or float64"));
    STATIC_REQUIRE(refuses<softmax_op>({flags(3)}, {0}, op_dtype, "the operand must be float32 or float64"));
    STATIC_REQUIRE(refuses<softmax_op>({f32(2, 3)}, {2}, op_option, "the axis lies outside of the operand"));
    STATIC_REQUIRE(refuses<softmax_op>({f32(2, 3)}, {-3}, op_option, "the axis lies outside of the operand"));
    STATIC_REQUIRE(refuses<softmax_op>({f32()}, {-1}, op_option, "the axis lies outside of the operand"));
}

TEST_CASE("softmax goes along the last axis by default", "[ops]") {
    STATIC_REQUIRE(softmax_options{}.axis == -1);
}
