// SPDX-License-Identifier: BSL-1.0
#include <ambit/ops/all.hpp>

#include "../../../support/shape_rule.hpp"

#include <catch2/catch.hpp>

using namespace ambit;
using namespace ambit::op_parts;
using namespace ambit_test;
using enum mistake;

TEST_CASE("square has the spec of its operand", "[ops]") {
    STATIC_REQUIRE(gives<square_op>({f32(2, 3)}, {}, f32(2, 3)));
    STATIC_REQUIRE(gives<square_op>({f64()}, {}, f64()));
    STATIC_REQUIRE(gives<square_op>({i32(3)}, {}, i32(3)));
    STATIC_REQUIRE(gives<square_op>({i64(3)}, {}, i64(3)));
    STATIC_REQUIRE(gives<square_op>({u8(3)}, {}, u8(3)));
    STATIC_REQUIRE(refuses<square_op>({flags(3)}, {}, op_dtype, "the operand must be a number"));
}

TEST_CASE("square of a number", "[ops]") {
    STATIC_REQUIRE(square_op::apply(-3.0) == 9);
    STATIC_REQUIRE(square_op::apply(std::uint8_t{16}) == 0);
    STATIC_REQUIRE(square_op::apply(65536) == 0);
}
