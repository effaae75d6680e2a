// SPDX-License-Identifier: BSL-1.0
#include <ambit/ops/rounding.hpp>

#include "../../support/shape_rule.hpp"

#include <catch2/catch.hpp>

using namespace ambit;
using namespace ambit_test;
using enum mistake;

TEST_CASE("rounding takes floats, sign all numbers", "[ops]") {
    STATIC_REQUIRE(gives<floor_op>({f32(2, 3)}, {}, f32(2, 3)));
    STATIC_REQUIRE(gives<ceil_op>({f64()}, {}, f64()));
    STATIC_REQUIRE(gives<round_op>({f32(3)}, {}, f32(3)));
    STATIC_REQUIRE(refuses<floor_op>({i32(3)}, {}, op_dtype, "the operand must be float32 or float64"));
    STATIC_REQUIRE(refuses<ceil_op>({i64(3)}, {}, op_dtype, "the operand must be float32 or float64"));
    STATIC_REQUIRE(refuses<round_op>({flags(3)}, {}, op_dtype, "the operand must be float32 or float64"));
    STATIC_REQUIRE(gives<sign_op>({i32(3)}, {}, i32(3)));
    STATIC_REQUIRE(gives<sign_op>({u8(3)}, {}, u8(3)));
    STATIC_REQUIRE(gives<sign_op>({f64(3)}, {}, f64(3)));
    STATIC_REQUIRE(refuses<sign_op>({flags(3)}, {}, op_dtype, "the operand must be a number"));
}

TEST_CASE("the sign of numbers", "[ops]") {
    STATIC_REQUIRE(sign_op::apply(-7) == -1);
    STATIC_REQUIRE(sign_op::apply(std::int64_t{1} << 60) == 1);
    STATIC_REQUIRE(sign_op::apply(std::uint8_t{200}) == 1);
    STATIC_REQUIRE(sign_op::apply(std::uint8_t{0}) == 0);
    STATIC_REQUIRE(sign_op::apply(-0.5F) == -1);
    STATIC_REQUIRE(math::isnan(sign_op::apply(math::not_a_number)));
    STATIC_REQUIRE(round_op::apply(2.5F) == 2);
    STATIC_REQUIRE(round_op::apply(-1.5) == -2);
}
