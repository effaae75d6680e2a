// SPDX-License-Identifier: BSL-1.0
#include <ambit/ops/all.hpp>

#include "../../../support/shape_rule.hpp"

#include <catch2/catch.hpp>

using namespace ambit;
using namespace ambit::op_parts;
using namespace ambit_test;
using enum mistake;

TEST_CASE("rows and indices agree but for the last axis", "[ops]") {
    using op = batch_gather_op;
    constexpr auto shapes = "rows are [..., n], indices [..., k]";
    STATIC_REQUIRE(gives<op>({f32(4, 10), i32(4, 3)}, {}, f32(4, 3)));
    STATIC_REQUIRE(gives<op>({u8(10), i64(30)}, {}, u8(30)));
    STATIC_REQUIRE(gives<op>({f64(2, 4, 10), i64(2, 4, 1)}, {}, f64(2, 4, 1)));
    STATIC_REQUIRE(refuses<op>({f32(4, 10), i32(4)}, {}, op_shape, shapes));
    STATIC_REQUIRE(refuses<op>({f32(4, 10), i32(3, 3)}, {}, op_shape, shapes));
    STATIC_REQUIRE(refuses<op>({f32(), i32()}, {}, op_shape, shapes));
    STATIC_REQUIRE(refuses<op>({f32(4, 10), f32(4, 3)}, {}, op_dtype, "indices must be int32 or int64"));
    STATIC_REQUIRE(refuses<op>({flags(4, 10), i32(4, 3)}, {}, op_dtype, "the elements must be numbers"));
}

TEST_CASE("updates go back to rows of a given length", "[ops]") {
    using op = batch_scatter_op;
    STATIC_REQUIRE(gives<op>({i32(4, 3), f32(4, 3)}, {10}, f32(4, 10)));
    STATIC_REQUIRE(gives<op>({i64(3), u8(3)}, {1}, u8(1)));
    STATIC_REQUIRE(
        refuses<op>({i32(4, 3), f32(4, 2)}, {10}, op_shape, "indices and updates must have one shape"));
    STATIC_REQUIRE(refuses<op>({f32(4, 3), f32(4, 3)}, {10}, op_dtype, "indices must be int32 or int64"));
    constexpr auto extent = "rows have at least 1 element, all together less than a terabyte";
    STATIC_REQUIRE(refuses<op>({i32(4, 3), f32(4, 3)}, {0}, op_option, extent));
    STATIC_REQUIRE(refuses<op>({i32(4, 3), f32(4, 3)}, {std::int64_t{1} << 62}, op_option, extent));
    STATIC_REQUIRE(refuses<op>({i32(), f32()}, {3}, op_shape, "rows are [..., n], indices [..., k]"));
}
