// SPDX-License-Identifier: BSL-1.0
#include <ambit/ops/all.hpp>

#include "../../../support/op_function.hpp"
#include "../../../support/shape_rule.hpp"

#include <catch2/catch.hpp>

using namespace ambit;
using namespace ambit::op_parts;
using namespace ambit_test;
using enum mistake;

TEST_CASE("gather puts the axes of the indices in place of one", "[ops]") {
    STATIC_REQUIRE(gives<gather_op>({f32(10, 4), i32(3)}, {0}, f32(3, 4)));
    STATIC_REQUIRE(gives<gather_op>({flags(10, 4), i64(3, 2)}, {1}, flags(10, 3, 2)));
    STATIC_REQUIRE(gives<gather_op>({u8(10, 4, 5), i32()}, {-2}, u8(10, 5)));
    STATIC_REQUIRE(gives<gather_op>({i64(10), i64(10)}, {0}, i64(10)));
}

TEST_CASE("gather has an axis, and indices that are integers", "[ops]") {
    STATIC_REQUIRE(refuses<gather_op>({f32(10), f32(3)}, {0}, op_dtype, "indices are int32 or int64"));
    STATIC_REQUIRE(refuses<gather_op>({f32(10), u8(3)}, {0}, op_dtype, "indices are int32 or int64"));
    STATIC_REQUIRE(refuses<gather_op>({f32(10), i32(3)}, {1}, op_option, "the axis lies outside of the operand"));
    STATIC_REQUIRE(refuses<gather_op>({f32(), i32()}, {0}, op_option, "the axis lies outside of the operand"));
    STATIC_REQUIRE(
        refuses<gather_op>({f32(1, 1, 1, 1, 1), i32(1, 1, 1, 1, 1)}, {0}, op_shape, "a tensor has at most 8 axes"));
    constexpr std::int64_t large = std::int64_t{1} << 30;
    STATIC_REQUIRE(
        refuses<gather_op>({f32(2, large), i32(large)}, {0}, op_shape, "the result would exceed a terabyte"));
}

TEST_CASE("embedding_lookup is gather along the first axis", "[ops]") {
    constexpr auto looked_up = [](scope& s, auto& x) {
        return embedding_lookup(s.get_variable("embeddings", {100, 8}), x[0]);
    };
    STATIC_REQUIRE(spec_of(looked_up, {i32(4, 6)}) == f32(4, 6, 8));
    using Catch::Contains;
    CHECK_THAT(refusal(looked_up, {f32(4)}), Contains("op embedding_lookup("));
}
