// SPDX-License-Identifier: BSL-1.0
#include <ambit/ops/all.hpp>

#include "../../../support/shape_rule.hpp"

#include <catch2/catch.hpp>

using namespace ambit;
using namespace ambit::op_parts;
using namespace ambit_test;
using enum mistake;

TEST_CASE("bias_add adds a vector as long as the last axis", "[ops]") {
    constexpr auto rule = "the bias is a vector as long as the last axis";
    STATIC_REQUIRE(gives<bias_add_op>({f32(3), f32(3)}, {}, f32(3)));
    STATIC_REQUIRE(gives<bias_add_op>({f32(2, 3), f32(3)}, {}, f32(2, 3)));
    STATIC_REQUIRE(gives<bias_add_op>({f64(2, 5, 7, 3), f64(3)}, {}, f64(2, 5, 7, 3)));
    STATIC_REQUIRE(gives<bias_add_op>({u8(2, 1), u8(1)}, {}, u8(2, 1)));
    STATIC_REQUIRE(refuses<bias_add_op>({f32(2, 3), f32(2)}, {}, op_shape, rule));
    STATIC_REQUIRE(refuses<bias_add_op>({f32(2, 3), f32(1)}, {}, op_shape, rule));  // no broadcasting
    STATIC_REQUIRE(refuses<bias_add_op>({f32(2, 3), f32()}, {}, op_shape, rule));
    STATIC_REQUIRE(refuses<bias_add_op>({f32(2, 3), f32(1, 3)}, {}, op_shape, rule));
    STATIC_REQUIRE(refuses<bias_add_op>({f32(), f32(1)}, {}, op_shape, rule));
}

TEST_CASE("bias_add takes numbers of one dtype", "[ops]") {
    constexpr auto rule = "both operands must be numbers of one dtype";
    STATIC_REQUIRE(refuses<bias_add_op>({f32(3), f64(3)}, {}, op_dtype, rule));
    STATIC_REQUIRE(refuses<bias_add_op>({flags(3), flags(3)}, {}, op_dtype, rule));
    STATIC_REQUIRE(refuses<bias_add_op>({i32(3), f32(4)}, {}, op_dtype, rule));
}
