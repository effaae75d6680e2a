// SPDX-License-Identifier: BSL-1.0
#include <ambit/ops/all.hpp>

#include "../../../support/shape_rule.hpp"

#include <catch2/catch.hpp>

using namespace ambit;
using namespace ambit::op_parts;
using namespace ambit_test;
using enum mistake;

namespace {

constexpr reshape_op::attributes to(const shape& s) { return {s}; }

}  // namespace

TEST_CASE("reshape keeps the number of elements", "[ops]") {
    STATIC_REQUIRE(gives<reshape_op>({f32(2, 3)}, to({6}), f32(6)));
    STATIC_REQUIRE(gives<reshape_op>({f32(6)}, to({1, 3, 2, 1}), f32(1, 3, 2, 1)));
    STATIC_REQUIRE(gives<reshape_op>({flags(1, 1)}, to({}), flags()));
    STATIC_REQUIRE(gives<reshape_op>({i64()}, to({1, 1, 1}), i64(1, 1, 1)));
    constexpr auto rule = "the number of elements must stay the same";
    STATIC_REQUIRE(refuses<reshape_op>({f32(2, 3)}, to({5}), op_shape, rule));
    STATIC_REQUIRE(refuses<reshape_op>({f32(2, 3)}, to({2, 3, 2}), op_shape, rule));
    STATIC_REQUIRE(refuses<reshape_op>({f32(2, 3)}, to({}), op_shape, rule));
}

TEST_CASE("reshape finds one extent by itself", "[ops]") {
    STATIC_REQUIRE(gives<reshape_op>({f32(2, 3, 4)}, to({-1}), f32(24)));
    STATIC_REQUIRE(gives<reshape_op>({f32(2, 3, 4)}, to({4, -1}), f32(4, 6)));
    STATIC_REQUIRE(gives<reshape_op>({f32(2, 3, 4)}, to({-1, 24}), f32(1, 24)));
    STATIC_REQUIRE(gives<reshape_op>({f32()}, to({-1}), f32(1)));
    STATIC_REQUIRE(refuses<reshape_op>({f32(2, 3)}, to({-1, -1}), op_option, "at most one extent may be -1"));
    STATIC_REQUIRE(
        refuses<reshape_op>({f32(2, 3)}, to({4, -1}), op_shape, "the number of elements must stay the same"));
    STATIC_REQUIRE(
        refuses<reshape_op>({f32(2, 3)}, to({7, -1}), op_shape, "the number of elements must stay the same"));
}

TEST_CASE("the extents of reshape are positive and do not overflow", "[ops]") {
    constexpr auto rule = "extents are at least 1, or -1 for what is left";
    STATIC_REQUIRE(refuses<reshape_op>({f32(2, 3)}, to({0, 6}), op_option, rule));
    STATIC_REQUIRE(refuses<reshape_op>({f32(2, 3)}, to({-2, 3}), op_option, rule));
    constexpr std::int64_t large = std::int64_t{1} << 39;
    STATIC_REQUIRE(refuses<reshape_op>({f32(2, 3)}, to({large, large, large}), op_option, rule));
}
