// SPDX-License-Identifier: BSL-1.0
#include <ambit/ops/all.hpp>

#include "../../../support/shape_rule.hpp"

#include <catch2/catch.hpp>

using namespace ambit;
using namespace ambit::op_parts;
using namespace ambit_test;
using enum mistake;

TEST_CASE("abs has the spec of its operand", "[ops]") {
    STATIC_REQUIRE(gives<abs_op>({f32(2, 3)}, {}, f32(2, 3)));
    STATIC_REQUIRE(gives<abs_op>({f64()}, {}, f64()));
    STATIC_REQUIRE(gives<abs_op>({i32(3)}, {}, i32(3)));
    STATIC_REQUIRE(gives<abs_op>({i64(3)}, {}, i64(3)));
    STATIC_REQUIRE(gives<abs_op>({u8(3)}, {}, u8(3)));
    STATIC_REQUIRE(refuses<abs_op>({flags(3)}, {}, op_dtype, "the operand must be a number"));
}

TEST_CASE("abs of a number", "[ops]") {
    STATIC_REQUIRE(abs_op::apply(-2.5F) == 2.5F);
    STATIC_REQUIRE(abs_op::apply(7) == 7);
    STATIC_REQUIRE(abs_op::apply(-7) == 7);
    STATIC_REQUIRE(abs_op::apply(std::uint8_t{200}) == 200);
}
