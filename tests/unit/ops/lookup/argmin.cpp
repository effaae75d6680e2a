// SPDX-License-Identifier: BSL-1.0
#include <ambit/ops/all.hpp>

#include "../../../support/shape_rule.hpp"

#include <catch2/catch.hpp>

using namespace ambit;
using namespace ambit::op_parts;
using namespace ambit_test;
using enum mistake;

TEST_CASE("argmin drops an axis and gives int32, as argmax", "[ops]") {
    STATIC_REQUIRE(gives<argmin_op>({f32(2, 3, 4)}, {0}, i32(3, 4)));
    STATIC_REQUIRE(gives<argmin_op>({u8(2, 3, 4)}, {-1}, i32(2, 3)));
    STATIC_REQUIRE(refuses<argmin_op>({f32(2, 3)}, {2}, op_option, "the axis lies outside of the operand"));
    STATIC_REQUIRE(refuses<argmin_op>({flags(3)}, {0}, op_dtype, "the operand must be a number"));
    constexpr auto geometry = [](const tensor_spec& x, std::int64_t axis) {
        return argmin_op::geometry({&x, 1, &axis}, {});
    };
    STATIC_REQUIRE(geometry(f32(2, 3, 4, 5), -2) == axis_geometry{6, 4, 5});
}
