// SPDX-License-Identifier: BSL-1.0
#include <ambit/ops/all.hpp>

#include "../../../support/op_function.hpp"
#include "../../../support/shape_rule.hpp"

#include <catch2/catch.hpp>

using namespace ambit;
using namespace ambit::op_parts;
using namespace ambit_test;
using enum mistake;

namespace {

constexpr one_hot_op::attributes deep(std::int64_t depth, std::int64_t axis = -1, dtype type = float32, double on = 1,
                                      double off = 0) {
    return {depth, axis, static_cast<std::int64_t>(type), on, off};
}

}  // namespace

TEST_CASE("one_hot adds an axis", "[ops]") {
    STATIC_REQUIRE(gives<one_hot_op>({i32(4)}, deep(10), f32(4, 10)));
    STATIC_REQUIRE(gives<one_hot_op>({i64(4, 5)}, deep(10, 0), f32(10, 4, 5)));
    STATIC_REQUIRE(gives<one_hot_op>({u8(4, 5)}, deep(10, 1, boolean), flags(4, 10, 5)));
    STATIC_REQUIRE(gives<one_hot_op>({i32()}, deep(3, -1, uint8, 255, 1), u8(3)));
}

TEST_CASE("one_hot has a depth, an axis and values of the dtype", "[ops]") {
    STATIC_REQUIRE(refuses<one_hot_op>({f32(4)}, deep(10), op_dtype, "indices are int32, int64 or uint8"));
    STATIC_REQUIRE(refuses<one_hot_op>({flags(4)}, deep(10), op_dtype, "indices are int32, int64 or uint8"));
    STATIC_REQUIRE(refuses<one_hot_op>({i32(4)}, deep(0), op_option, "depth is 0: at least 1"));
    STATIC_REQUIRE(refuses<one_hot_op>({i32(4)}, deep(-1), op_option, "depth is -1: at least 1"));
    STATIC_REQUIRE(refuses<one_hot_op>({i32(4)}, deep(2, 2), op_option, "the new axis lies outside of the result"));
    STATIC_REQUIRE(refuses<one_hot_op>({i32(4)}, deep(2, -1, dtype::none), op_option, "a dtype must be given"));
    STATIC_REQUIRE(
        refuses<one_hot_op>({i32(4)}, deep(2, -1, uint8, 256), op_option, "on is 256, not a value of uint8"));
    STATIC_REQUIRE(
        refuses<one_hot_op>({i32(4)}, deep(2, -1, int32, 1, 0.5), op_option, "off is 0.5, not a value of int32"));
    STATIC_REQUIRE(
        refuses<one_hot_op>({i32(1, 1, 1, 1, 1, 1, 1, 1)}, deep(2), op_shape, "a tensor has at most 8 axes"));
    STATIC_REQUIRE(
        refuses<one_hot_op>({i32(4)}, deep(std::int64_t{1} << 62), op_shape, "the result would exceed a terabyte"));
}
