// SPDX-License-Identifier: BSL-1.0
#include <ambit/ops/all.hpp>

#include "../../../support/op_function.hpp"
#include "../../../support/shape_rule.hpp"

#include <catch2/catch.hpp>

using namespace ambit;
using namespace ambit::op_parts;
using namespace ambit_test;
using enum mistake;

TEST_CASE("reverse_sequence has a length for each sequence", "[ops]") {
    STATIC_REQUIRE(gives<reverse_sequence_op>({f32(2, 5, 3), i32(2)}, {1, 0}, f32(2, 5, 3)));
    STATIC_REQUIRE(gives<reverse_sequence_op>({u8(5, 2), i64(2)}, {0, -1}, u8(5, 2)));
    STATIC_REQUIRE(refuses<reverse_sequence_op>({f32(2, 5), i32(5)}, {1, 0}, op_shape, "one length a sequence"));
    STATIC_REQUIRE(refuses<reverse_sequence_op>({f32(2, 5), i32(2, 1)}, {1, 0}, op_shape, "one length a sequence"));
    STATIC_REQUIRE(refuses<reverse_sequence_op>({f32(2, 5), f32(2)}, {1, 0}, op_dtype, "lengths are int32 or int64"));
    STATIC_REQUIRE(
        refuses<reverse_sequence_op>({f32(2, 5), i32(2)}, {2, 0}, op_option, "the axes lie outside of the operand"));
    STATIC_REQUIRE(
        refuses<reverse_sequence_op>({f32(2), i32(2)}, {1, 0}, op_option, "the axes lie outside of the operand"));
    STATIC_REQUIRE(
        refuses<reverse_sequence_op>({f32(2, 5), i32(2)}, {-2, 0}, op_option, "the axes of sequence and batch differ"));
}
