// SPDX-License-Identifier: BSL-1.0
#include <ambit/ops/all.hpp>

#include "../../../support/shape_rule.hpp"

#include <catch2/catch.hpp>

using namespace ambit;
using namespace ambit::op_parts;
using namespace ambit_test;
using enum mistake;

TEST_CASE("expm1 and log1p take floats", "[ops]") {
    STATIC_REQUIRE(gives<expm1_op>({f32(2, 3)}, {}, f32(2, 3)));
    STATIC_REQUIRE(gives<log1p_op>({f64()}, {}, f64()));
    STATIC_REQUIRE(refuses<expm1_op>({u8(3)}, {}, op_dtype, "the operand must be float32 or float64"));
    STATIC_REQUIRE(refuses<log1p_op>({i32(3)}, {}, op_dtype, "the operand must be float32 or float64"));
}

TEST_CASE("expm1 and log1p of what is small", "[ops]") {
    STATIC_REQUIRE(expm1_op::apply(1e-20F) == 1e-20F);
    STATIC_REQUIRE(log1p_op::apply(1e-200) == 1e-200);
}
