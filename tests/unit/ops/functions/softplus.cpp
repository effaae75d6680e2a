// SPDX-License-Identifier: BSL-1.0
#include <ambit/ops/all.hpp>

#include "../../../support/shape_rule.hpp"

#include <catch2/catch.hpp>

using namespace ambit;
using namespace ambit::op_parts;
using namespace ambit_test;
using enum mistake;

TEST_CASE("smooth units take floats", "[ops]") {
    STATIC_REQUIRE(gives<softplus_op>({f32(2, 3)}, {}, f32(2, 3)));
    STATIC_REQUIRE(gives<softsign_op>({f64()}, {}, f64()));
    STATIC_REQUIRE(gives<swish_op>({f64(3)}, {}, f64(3)));
    STATIC_REQUIRE(refuses<softplus_op>({i32(3)}, {}, op_dtype, "the operand must be float32 or float64"));
    STATIC_REQUIRE(refuses<softsign_op>({u8(3)}, {}, op_dtype, "the operand must be float32 or float64"));
    STATIC_REQUIRE(refuses<swish_op>({flags(3)}, {}, op_dtype, "the operand must be float32 or float64"));
}

TEST_CASE("smooth units far from 0", "[ops]") {
    STATIC_REQUIRE(softplus_op::apply(1000.0F) == 1000);
    STATIC_REQUIRE(softplus_op::apply(-700.0) == math::exp(-700.0));
    STATIC_REQUIRE(softplus_op::apply(-math::infinity) == 0);
    STATIC_REQUIRE(softplus_op::apply(math::infinity) == math::infinity);
    STATIC_REQUIRE(softsign_op::apply(math::infinity) == 1);
    STATIC_REQUIRE(softsign_op::apply(-math::infinity) == -1);
    STATIC_REQUIRE(swish_op::apply(math::infinity) == math::infinity);
    STATIC_REQUIRE(swish_op::apply(-math::infinity) == 0);
}
