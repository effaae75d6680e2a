// SPDX-License-Identifier: BSL-1.0
#include <ambit/ops/all.hpp>

#include "../../../support/shape_rule.hpp"

#include <catch2/catch.hpp>

using namespace ambit;
using namespace ambit::op_parts;
using namespace ambit_test;
using enum mistake;

namespace {

constexpr reduce_op::attributes over(const axes& list, bool keep = false) {
    return reduce_op::attributes_from({.axes = list, .keep_dims = keep});
}

template <class Op> constexpr bool follows_the_rules() {
    return gives<Op>({f32(2, 3, 4)}, over({}), f32()) &&
           gives<Op>({f32(2, 3, 4)}, over({}, true), f32(1, 1, 1)) &&
           gives<Op>({f32(2, 3, 4)}, over({0}), f32(3, 4)) &&
           gives<Op>({f32(2, 3, 4)}, over({1}), f32(2, 4)) &&
           gives<Op>({f32(2, 3, 4)}, over({-1}), f32(2, 3)) &&
           gives<Op>({f32(2, 3, 4)}, over({-1}, true), f32(2, 3, 1)) &&
           gives<Op>({f32(2, 3, 4)}, over({2, 0}), f32(3)) &&
           gives<Op>({f64(2, 3, 4)}, over({0, 1, 2}), f64()) && gives<Op>({f32()}, over({}), f32()) &&
           refuses<Op>({f32(2, 3)}, over({2}), op_option, "an axis lies outside of the operand") &&
           refuses<Op>({f32(2, 3)}, over({-3}), op_option, "an axis lies outside of the operand") &&
           refuses<Op>({f32()}, over({0}), op_option, "an axis lies outside of the operand") &&
           refuses<Op>({f32(2, 3)}, over({1, 1}), op_option, "an axis is given twice") &&
           refuses<Op>({f32(2, 3)}, over({1, -1}), op_option, "an axis is given twice") &&
           refuses<Op>({flags(2, 3)}, over({}), op_dtype, "the operand must be a number");
}

constexpr reduce_geometry geometry(const tensor_spec& x, const axes& list) {
    const auto words = to_words(over(list));
    return reduce_op::geometry({&x, 1, words.data()}, {});
}

}  // namespace

TEST_CASE("reductions drop axes, or keep them with extent 1", "[ops]") {
    STATIC_REQUIRE(follows_the_rules<reduce_sum_op>());
    STATIC_REQUIRE(follows_the_rules<reduce_max_op>());
    STATIC_REQUIRE(follows_the_rules<reduce_min_op>());
    STATIC_REQUIRE(follows_the_rules<reduce_mean_op>());
}

TEST_CASE("sums and maxima are of all numbers, means of floats", "[ops]") {
    STATIC_REQUIRE(gives<reduce_sum_op>({i32(3)}, over({}), i32()));
    STATIC_REQUIRE(gives<reduce_sum_op>({u8(3)}, over({}), u8()));
    STATIC_REQUIRE(gives<reduce_max_op>({i64(3)}, over({}), i64()));
    STATIC_REQUIRE(gives<reduce_min_op>({u8(3)}, over({}), u8()));
    STATIC_REQUIRE(
        refuses<reduce_mean_op>({i32(3)}, over({}), op_dtype, "the operand must be float32 or float64"));
    STATIC_REQUIRE(
        refuses<reduce_mean_op>({u8(3)}, over({}), op_dtype, "the operand must be float32 or float64"));
}

TEST_CASE("geometry of reductions: neighbours of a kind are merged, extents of 1 left out", "[ops]") {
    STATIC_REQUIRE(geometry(f32(2, 3, 4), {}) == reduce_geometry{1, {24}, {1}});
    STATIC_REQUIRE(geometry(f32(2, 3, 4), {2}) == reduce_geometry{2, {6, 4}, {0, 1}});
    STATIC_REQUIRE(geometry(f32(2, 3, 4), {0, 1}) == reduce_geometry{2, {6, 4}, {1, 0}});
    STATIC_REQUIRE(geometry(f32(2, 3, 4), {1}) == reduce_geometry{3, {2, 3, 4}, {0, 1, 0}});
    STATIC_REQUIRE(geometry(f32(2, 1, 4), {1}) == reduce_geometry{1, {8}, {0}});
    STATIC_REQUIRE(geometry(f32(2, 1, 4), {0, 2}) == reduce_geometry{1, {8}, {1}});
    STATIC_REQUIRE(geometry(f32(), {}) == reduce_geometry{});
    STATIC_REQUIRE(geometry(f32(1, 1), {0}) == reduce_geometry{});
}
