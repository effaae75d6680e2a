// SPDX-License-Identifier: BSL-1.0
#include <ambit/ops/all.hpp>

#include "../../../support/shape_rule.hpp"

#include <catch2/catch.hpp>

#include <bit>

using namespace ambit;
using namespace ambit::op_parts;
using namespace ambit_test;
using enum mistake;

TEST_CASE("neg has the spec of its operand", "[ops]") {
    STATIC_REQUIRE(gives<neg_op>({f32(2, 3)}, {}, f32(2, 3)));
    STATIC_REQUIRE(gives<neg_op>({f64()}, {}, f64()));
    STATIC_REQUIRE(gives<neg_op>({i32(3)}, {}, i32(3)));
    STATIC_REQUIRE(gives<neg_op>({i64(3)}, {}, i64(3)));
    STATIC_REQUIRE(refuses<neg_op>({flags(3)}, {}, op_dtype, "the operand must be a number"));
    STATIC_REQUIRE(refuses<neg_op>({u8(3)}, {}, op_dtype, "an unsigned operand has no negative"));
}

TEST_CASE("neg of a number", "[ops]") {
    STATIC_REQUIRE(neg_op::apply(2.5F) == -2.5F);
    STATIC_REQUIRE(std::bit_cast<std::uint64_t>(neg_op::apply(0.0)) >> 63 == 1);
    STATIC_REQUIRE(neg_op::apply(-7) == 7);
}
