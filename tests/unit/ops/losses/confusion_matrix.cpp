// SPDX-License-Identifier: BSL-1.0
#include <ambit/ops/all.hpp>

#include "../../../support/shape_rule.hpp"

#include <catch2/catch.hpp>

using namespace ambit;
using namespace ambit::op_parts;
using namespace ambit_test;
using enum mistake;

TEST_CASE("confusion_matrix is square, of int32", "[ops]") {
    using op = confusion_matrix_op;
    STATIC_REQUIRE(gives<op>({i32(4), i32(4)}, {3}, i32(3, 3)));
    STATIC_REQUIRE(gives<op>({i64(2, 4), i32(2, 4)}, {10}, i32(10, 10)));
    constexpr auto number = "classes must be at least 1, and their matrix below a terabyte";
    STATIC_REQUIRE(refuses<op>({i32(4), i32(4)}, {0}, op_option, number));
    STATIC_REQUIRE(refuses<op>({i32(4), i32(4)}, {-3}, op_option, number));
    STATIC_REQUIRE(refuses<op>({i32(4), i32(4)}, {std::int64_t{1} << 62}, op_option, number));
    STATIC_REQUIRE(refuses<op>({i32(4), f32(4)}, {3}, op_dtype, "labels and predictions must be int32 or int64"));
    STATIC_REQUIRE(refuses<op>({i32(4), i32(3)}, {3}, op_shape, "labels and predictions must have one shape"));
}
