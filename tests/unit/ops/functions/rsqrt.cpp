// SPDX-License-Identifier: BSL-1.0
#include <ambit/ops/all.hpp>

#include "../../../support/shape_rule.hpp"

#include <catch2/catch.hpp>

using namespace ambit;
using namespace ambit::op_parts;
using namespace ambit_test;
using enum mistake;

TEST_CASE("rsqrt takes floats", "[ops]") {
    STATIC_REQUIRE(gives<rsqrt_op>({f32(2, 3)}, {}, f32(2, 3)));
    STATIC_REQUIRE(gives<rsqrt_op>({f64()}, {}, f64()));
    STATIC_REQUIRE(refuses<rsqrt_op>({i32(3)}, {}, op_dtype, "the operand must be float32 or float64"));
}

TEST_CASE("rsqrt of a number", "[ops]") {
    STATIC_REQUIRE(rsqrt_op::apply(4.0F) == 0.5F);
    STATIC_REQUIRE(rsqrt_op::apply(0.0625) == 4);
}
