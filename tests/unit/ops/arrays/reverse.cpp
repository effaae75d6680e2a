// SPDX-License-Identifier: BSL-1.0
#include <ambit/ops/all.hpp>

#include "../../../support/op_function.hpp"
#include "../../../support/shape_rule.hpp"

#include <catch2/catch.hpp>

using namespace ambit;
using namespace ambit::op_parts;
using namespace ambit_test;
using enum mistake;

TEST_CASE("reverse keeps shape and dtype, and takes each axis once", "[ops]") {
    STATIC_REQUIRE(gives<reverse_op>({f32(2, 3)}, {{0}}, f32(2, 3)));
    STATIC_REQUIRE(gives<reverse_op>({flags(2, 3)}, {{-1, 0}}, flags(2, 3)));
    STATIC_REQUIRE(gives<reverse_op>({u8()}, {}, u8()));
    STATIC_REQUIRE(refuses<reverse_op>({f32(2, 3)}, {{2}}, op_option, "an axis lies outside of the operand"));
    STATIC_REQUIRE(refuses<reverse_op>({f32(2, 3)}, {{-3}}, op_option, "an axis lies outside of the operand"));
    STATIC_REQUIRE(refuses<reverse_op>({f32(2, 3)}, {{1, -1}}, op_option, "an axis is given twice"));
}
