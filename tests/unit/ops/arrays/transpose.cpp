// SPDX-License-Identifier: BSL-1.0
#include <ambit/ops/all.hpp>

#include "../../../support/shape_rule.hpp"

#include <catch2/catch.hpp>

using namespace ambit;
using namespace ambit::op_parts;
using namespace ambit_test;
using enum mistake;

namespace {

constexpr transpose_op::attributes order(const axes& list) {
    transpose_op::attributes a{};
    a.count = list.size();
    for (int i = 0; i < list.size(); ++i) a.axis[i] = list[i];
    return a;
}

}  // namespace

TEST_CASE("transpose puts the axes in another order", "[ops]") {
    STATIC_REQUIRE(gives<transpose_op>({f32(2, 3)}, order({}), f32(3, 2)));
    STATIC_REQUIRE(gives<transpose_op>({f32(2, 3, 4)}, order({}), f32(4, 3, 2)));
    STATIC_REQUIRE(gives<transpose_op>({f32(2, 3, 4, 5)}, order({0, 2, 3, 1}), f32(2, 4, 5, 3)));
    STATIC_REQUIRE(gives<transpose_op>({f32(2, 3, 4)}, order({-1, 0, -2}), f32(4, 2, 3)));
    STATIC_REQUIRE(gives<transpose_op>({u8(7)}, order({0}), u8(7)));
    STATIC_REQUIRE(gives<transpose_op>({flags()}, order({}), flags()));
}

TEST_CASE("a permutation names every axis once", "[ops]") {
    constexpr auto rule = "a permutation names every axis once";
    STATIC_REQUIRE(refuses<transpose_op>({f32(2, 3)}, order({0}), op_option, rule));
    STATIC_REQUIRE(refuses<transpose_op>({f32(2, 3)}, order({0, 1, 2}), op_option, rule));
    STATIC_REQUIRE(refuses<transpose_op>({f32(2, 3)}, order({1, 1}), op_option, rule));
    STATIC_REQUIRE(refuses<transpose_op>({f32(2, 3)}, order({1, -1}), op_option, rule));
    STATIC_REQUIRE(refuses<transpose_op>({f32(2, 3)}, order({0, 2}), op_option, rule));
    STATIC_REQUIRE(refuses<transpose_op>({f32(2, 3)}, order({-3, 0}), op_option, rule));
    STATIC_REQUIRE(refuses<transpose_op>({f32()}, order({0}), op_option, rule));
}
