// SPDX-License-Identifier: BSL-1.0
#include <ambit/math/constexpr_math.hpp>
#include <ambit/ops/all.hpp>

#include "../../../support/shape_rule.hpp"

#include <catch2/catch.hpp>

using namespace ambit;
using namespace ambit::op_parts;
using namespace ambit_test;
using enum mistake;

TEST_CASE("sign takes all numbers", "[ops]") {
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
}
