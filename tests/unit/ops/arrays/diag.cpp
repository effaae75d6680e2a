// SPDX-License-Identifier: BSL-1.0
#include <ambit/ops/all.hpp>

#include "../../../support/op_function.hpp"
#include "../../../support/shape_rule.hpp"

#include <catch2/catch.hpp>

using namespace ambit;
using namespace ambit::op_parts;
using namespace ambit_test;
using enum mistake;

TEST_CASE("diag makes matrices of vectors, diag_part takes them apart", "[ops]") {
    STATIC_REQUIRE(gives<diag_op>({f32(3)}, {}, f32(3, 3)));
    STATIC_REQUIRE(gives<diag_op>({flags(2, 3)}, {}, flags(2, 3, 3)));
    STATIC_REQUIRE(gives<diag_part_op>({f32(3, 3)}, {}, f32(3)));
    STATIC_REQUIRE(gives<diag_part_op>({u8(4, 3, 3)}, {}, u8(4, 3)));
    STATIC_REQUIRE(refuses<diag_op>({f32()}, {}, op_shape, "the operand is [..., n], of at most 7 axes"));
    STATIC_REQUIRE(
        refuses<diag_op>({f32(1, 1, 1, 1, 1, 1, 1, 1)}, {}, op_shape, "the operand is [..., n], of at most 7 axes"));
    STATIC_REQUIRE(refuses<diag_op>({f32(std::int64_t{1} << 20)}, {}, op_shape, "the result would exceed a terabyte"));
    STATIC_REQUIRE(refuses<diag_part_op>({f32(3)}, {}, op_shape, "the operand is [..., n, n]"));
    STATIC_REQUIRE(refuses<diag_part_op>({f32(3, 4)}, {}, op_shape, "the operand is [..., n, n]"));
}

TEST_CASE("eye is a matrix", "[ops]") {
    STATIC_REQUIRE(spec_of([](scope& s, auto&) { return eye(s, 3); }, {}) == f32(3, 3));
    STATIC_REQUIRE(spec_of([](scope& s, auto&) { return eye(s, 3, {.columns = 5, .dtype = boolean}); }, {}) ==
                   flags(3, 5));
    STATIC_REQUIRE(mistakes_of([](scope& s, auto&) { return eye(s, 0); }, {}) == 1);
    STATIC_REQUIRE(mistakes_of([](scope& s, auto&) { return eye(s, 3, {.columns = -1}); }, {}) == 1);
}
