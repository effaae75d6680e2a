// SPDX-License-Identifier: BSL-1.0
#include <ambit/ops/all.hpp>

#include "../../../support/op_function.hpp"
#include "../../../support/shape_rule.hpp"

#include <catch2/catch.hpp>

using namespace ambit;
using namespace ambit::op_parts;
using namespace ambit_test;
using Catch::Contains;
using enum mistake;

TEST_CASE("gather_nd looks up as many axes as a tuple has", "[ops]") {
    constexpr auto picks = [](scope&, auto& x) { return gather_nd(x[0], x[1]); };
    STATIC_REQUIRE(spec_of(picks, {f32(3, 4, 5), i32(7, 1)}) == f32(7, 4, 5));
    STATIC_REQUIRE(spec_of(picks, {f32(3, 4, 5), i64(7, 2)}) == f32(7, 5));
    STATIC_REQUIRE(spec_of(picks, {flags(3, 4, 5), i32(2, 6, 3)}) == flags(2, 6));
    STATIC_REQUIRE(spec_of(picks, {f64(3), i32(1)}) == f64());
    constexpr auto rule = "indices are [..., k], k from 1 to the number of the array's axes";
    CHECK_THAT(refusal(picks, {f32(3, 4), i32(7, 3)}), Contains("op gather_nd(") && Contains(rule));
    CHECK_THAT(refusal(picks, {f32(3, 4), i32()}), Contains(rule));
    CHECK_THAT(refusal(picks, {f32(3, 4), f32(7, 2)}), Contains("indices are int32 or int64"));
    STATIC_REQUIRE(mistakes_of(picks, {f32(3, 4), i32(7, 3)}) == 1);
    graph_builder builder;
    CHECK(gather_nd(builder.input(f32(3, 4)), builder.input(i32(7, 2)), {.name = "g"}).op_name() == "g");
    CHECK(gather_nd(builder.input(f32(3, 4)), builder.input(i32(7, 1))).op_name() == "gather_nd");
}

TEST_CASE("scatter_nd adds at tuples", "[ops]") {
    constexpr auto into = [](const shape& extents) {
        return [extents](scope&, auto& x) { return scatter_nd(x[0], x[1], extents); };
    };
    STATIC_REQUIRE(spec_of(into({3, 4, 5}), {i32(7, 2), f32(7, 5)}) == f32(3, 4, 5));
    STATIC_REQUIRE(spec_of(into({3, 4}), {i64(7, 2), i32(7)}) == i32(3, 4));
    CHECK_THAT(refusal(into({3, 0}), {i32(7, 2), f32(7)}), Contains("extents are at least 1"));
    CHECK_THAT(refusal(into({3}), {i32(7, 2), f32(7)}), Contains("k from 1 to the number of the array's axes"));
    CHECK_THAT(refusal(into({3, 4}), {i32(7, 2), f32(6)}), Contains("updates have the axes of the indices"));
    CHECK_THAT(refusal(into({3, 4}), {f32(7, 2), f32(7)}), Contains("indices are int32 or int64"));
}

TEST_CASE("scatter_update keeps the shape of the array", "[ops]") {
    STATIC_REQUIRE(gives<scatter_update_op>({f32(10, 4), i32(3), f32(3, 4)}, {}, f32(10, 4)));
    STATIC_REQUIRE(gives<scatter_update_op>({u8(10), i64(), u8()}, {}, u8(10)));
    STATIC_REQUIRE(
        refuses<scatter_update_op>({f32(10), i32(3), f64(3)}, {}, op_dtype, "array and updates must have one dtype"));
    STATIC_REQUIRE(refuses<scatter_update_op>({f32(), i32(), f32()}, {}, op_shape, "the array needs an axis"));
    STATIC_REQUIRE(refuses<scatter_update_op>({f32(10, 4), i32(3), f32(3, 5)}, {}, op_shape,
                                              "updates have the axes of the indices, then those of a slice"));
}

TEST_CASE("the likelihood of a class a row", "[ops]") {
    constexpr auto loss = [](scope&, auto& x) { return negative_log_likelihood(x[0], x[1]); };
    STATIC_REQUIRE(spec_of(loss, {f32(2, 3, 10), i32(2, 3)}) == f32(2, 3));
    STATIC_REQUIRE(spec_of(loss, {f64(10), i64()}) == f64());
    CHECK_THAT(refusal(loss, {f32(2, 10), i32(3)}), Contains("log probabilities are [..., classes], labels [...]"));
    CHECK_THAT(refusal(loss, {f32(2, 10), i32(2, 10)}), Contains("log probabilities are [..., classes]"));
    CHECK_THAT(refusal(loss, {f32(), i32()}), Contains("log probabilities are [..., classes]"));
    CHECK_THAT(refusal(loss, {f32(2, 10), f32(2)}), Contains("labels must be int32 or int64"));
    CHECK_THAT(refusal(loss, {i32(2, 10), i32(2)}), Contains("log probabilities must be float32 or float64"));
}

TEST_CASE("bands of matrices", "[ops]") {
    constexpr auto band = [](std::int64_t lower, std::int64_t upper) {
        return [=](scope&, auto& x) { return band_part(x[0], lower, upper); };
    };
    STATIC_REQUIRE(spec_of(band(-1, 0), {f32(2, 3, 4)}) == f32(2, 3, 4));
    STATIC_REQUIRE(spec_of(band(-1, -1), {flags(3, 3)}) == flags(3, 3));
    STATIC_REQUIRE(spec_of(band(0, 0), {flags(3, 3)}) == flags(3, 3));
    CHECK_THAT(refusal(band(-2, 0), {f32(3, 3)}), Contains("lower is -2: at least -1"));
    CHECK_THAT(refusal(band(0, -5), {f32(3, 3)}), Contains("upper is -5: at least -1"));
    CHECK_THAT(refusal(band(0, 0), {f32(3)}), Contains("the operand is [..., m, n]"));
}
