// SPDX-License-Identifier: BSL-1.0
#include <ambit/ops/all.hpp>

#include "../../../support/op_function.hpp"
#include "../../../support/shape_rule.hpp"

#include <catch2/catch.hpp>

using namespace ambit;
using namespace ambit::op_parts;
using namespace ambit_test;
using enum mistake;

TEST_CASE("scatter has updates of the axes of the indices and of a slice", "[ops]") {
    STATIC_REQUIRE(gives<scatter_op>({f32(3, 4), i32(3)}, {{10, 4}, 0}, f32(10, 4)));
    STATIC_REQUIRE(gives<scatter_op>({i64(10, 3, 2), i64(3, 2)}, {{10, 4}, 1}, i64(10, 4)));
    STATIC_REQUIRE(gives<scatter_op>({u8(5), i32()}, {{2, 5}, 0}, u8(2, 5)));
    constexpr auto rule = "updates have the axes of the indices, then those of a slice";
    STATIC_REQUIRE(refuses<scatter_op>({f32(3, 4), i32(2)}, {{10, 4}, 0}, op_shape, rule));
    STATIC_REQUIRE(refuses<scatter_op>({f32(3, 4), i32(3)}, {{10, 5}, 0}, op_shape, rule));
    STATIC_REQUIRE(refuses<scatter_op>({f32(3), i32(3, 3)}, {{10, 1, 1, 1, 1, 1, 1, 1}, 0}, op_shape, rule));
    STATIC_REQUIRE(refuses<scatter_op>({f32(3), f32(3)}, {{10}, 0}, op_dtype, "indices are int32 or int64"));
    STATIC_REQUIRE(refuses<scatter_op>({flags(3), i32(3)}, {{10}, 0}, op_dtype, "the updates must be numbers"));
    STATIC_REQUIRE(refuses<scatter_op>({f32(3), i32(3)}, {{}, 0}, op_option, "the axis lies outside of the result"));
    STATIC_REQUIRE(refuses<scatter_op>({f32(3), i32(3)}, {{0}, 0}, op_option,
                                       "extents are at least 1 and stay below a terabyte"));
    constexpr std::int64_t huge = std::int64_t{1} << 62;
    STATIC_REQUIRE(refuses<scatter_op>({f32(3), i32(3)}, {{huge, huge}, 0}, op_option,
                                       "extents are at least 1 and stay below a terabyte"));
}

TEST_CASE("scatter_add keeps the shape of the array", "[ops]") {
    STATIC_REQUIRE(gives<scatter_add_op>({f32(10, 4), i32(3), f32(3, 4)}, {}, f32(10, 4)));
    STATIC_REQUIRE(gives<scatter_add_op>({i32(10), i64(), i32()}, {}, i32(10)));
    STATIC_REQUIRE(
        refuses<scatter_add_op>({f32(10), i32(3), f64(3)}, {}, op_dtype, "array and updates must have one dtype"));
    STATIC_REQUIRE(refuses<scatter_add_op>({f32(), i32(), f32()}, {}, op_shape, "the array needs an axis"));
    STATIC_REQUIRE(refuses<scatter_add_op>({f32(10, 4), i32(3), f32(3, 5)}, {}, op_shape,
                                           "updates have the axes of the indices, then those of a slice"));
}

TEST_CASE("unsorted_segment_sum finds the shape of its result", "[ops]") {
    constexpr auto sums = [](std::int64_t segments) {
        return [segments](scope&, auto& x) { return unsorted_segment_sum(x[0], x[1], segments); };
    };
    STATIC_REQUIRE(spec_of(sums(5), {f32(8, 3), i32(8)}) == f32(5, 3));
    STATIC_REQUIRE(spec_of(sums(5), {f32(8, 3), i32(8, 3)}) == f32(5));
    STATIC_REQUIRE(spec_of(sums(1), {i64(8), i64(8)}) == i64(1));
    using Catch::Contains;
    CHECK_THAT(refusal(sums(5), {f32(8, 3), i32(7)}), Contains("op unsorted_segment_sum(") && Contains("updates have"));
    CHECK_THAT(refusal(sums(5), {f32(8), i32(8, 3)}), Contains("updates have"));
    CHECK_THAT(refusal(sums(0), {f32(8), i32(8)}), Contains("extents are at least 1"));
}
