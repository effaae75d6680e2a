// SPDX-License-Identifier: BSL-1.0
#include <ambit/ops/all.hpp>

#include "../../../support/op_function.hpp"
#include "../../../support/shape_rule.hpp"

#include <catch2/catch.hpp>

using namespace ambit;
using namespace ambit::op_parts;
using namespace ambit_test;
using enum mistake;

TEST_CASE("expand_dims adds an axis of extent 1", "[ops]") {
    STATIC_REQUIRE(gives<expand_dims_op>({f32(2, 3)}, {0}, f32(1, 2, 3)));
    STATIC_REQUIRE(gives<expand_dims_op>({f32(2, 3)}, {1}, f32(2, 1, 3)));
    STATIC_REQUIRE(gives<expand_dims_op>({f32(2, 3)}, {2}, f32(2, 3, 1)));
    STATIC_REQUIRE(gives<expand_dims_op>({f32(2, 3)}, {-1}, f32(2, 3, 1)));
    STATIC_REQUIRE(gives<expand_dims_op>({flags()}, {-1}, flags(1)));
    constexpr auto rule = "the new axis lies outside of the result";
    STATIC_REQUIRE(refuses<expand_dims_op>({f32(2, 3)}, {3}, op_option, rule));
    STATIC_REQUIRE(refuses<expand_dims_op>({f32(2, 3)}, {-4}, op_option, rule));
    STATIC_REQUIRE(
        refuses<expand_dims_op>({f32(1, 1, 1, 1, 1, 1, 1, 1)}, {0}, op_shape, "a tensor has at most 8 axes"));
}

TEST_CASE("squeeze leaves out axes of extent 1", "[ops]") {
    STATIC_REQUIRE(gives<squeeze_op>({f32(1, 2, 1, 3)}, {}, f32(2, 3)));
    STATIC_REQUIRE(gives<squeeze_op>({f32(1, 2, 1, 3)}, {{2}}, f32(1, 2, 3)));
    STATIC_REQUIRE(gives<squeeze_op>({f32(1, 2, 1, 3)}, {{-2, 0}}, f32(2, 3)));
    STATIC_REQUIRE(gives<squeeze_op>({u8(1, 1)}, {}, u8()));
    STATIC_REQUIRE(gives<squeeze_op>({u8()}, {}, u8()));
    STATIC_REQUIRE(refuses<squeeze_op>({f32(1, 2)}, {{1}}, op_shape, "an axis that is left out has extent 1"));
    STATIC_REQUIRE(refuses<squeeze_op>({f32(1, 2)}, {{2}}, op_option, "an axis lies outside of the operand"));
}

TEST_CASE("flatten keeps the first axis", "[ops]") {
    constexpr auto flat = [](scope&, auto& x) { return flatten(x[0]); };
    STATIC_REQUIRE(spec_of(flat, {f32(2, 3, 4)}) == f32(2, 12));
    STATIC_REQUIRE(spec_of(flat, {i32(5)}) == i32(5, 1));
    STATIC_REQUIRE(spec_of(flat, {f32()}) == f32(1, 1));
}
