// SPDX-License-Identifier: BSL-1.0
#include <ambit/ops/all.hpp>

#include "../../../support/op_function.hpp"
#include "../../../support/shape_rule.hpp"

#include <catch2/catch.hpp>

#include <limits>

using namespace ambit;
using namespace ambit::op_parts;
using namespace ambit_test;
using enum mistake;

namespace {

constexpr range_op::attributes numbers(double start, double limit, double delta, dtype type = int32) {
    return {start, limit, delta, static_cast<std::int64_t>(type)};
}
constexpr std::int64_t count(double start, double limit, double delta, dtype type = float64) {
    const inferred answer = infer<range_op>({}, numbers(start, limit, delta, type));
    return answer.fault == mistake::none ? answer.result.extents[0] : -1;
}
constexpr double infinity = std::numeric_limits<double>::infinity();

}  // namespace

TEST_CASE("range counts the numbers before its limit", "[ops]") {
    STATIC_REQUIRE(gives<range_op>({}, numbers(0, 10, 1), i32(10)));
    STATIC_REQUIRE(count(1, 10, 2) == 5);
    STATIC_REQUIRE(count(1, 9, 2) == 4);
    STATIC_REQUIRE(count(10, 0, -3) == 4);
    STATIC_REQUIRE(count(0, 1, 0.25) == 4);
    STATIC_REQUIRE(count(0, 1, 0.3) == 4);
    STATIC_REQUIRE(count(0, 5, infinity) == -1);
    STATIC_REQUIRE(count(0, 0x1p53, 0x1p53 - 1) == 2);
    STATIC_REQUIRE(count(0, 0x1p30 + 1, 0x1p30) == 2);
    STATIC_REQUIRE(count(0, 255, 5, uint8) == 51);
}

TEST_CASE("a range is neither empty nor endless, and of numbers of its dtype", "[ops]") {
    STATIC_REQUIRE(refuses<range_op>({}, numbers(0, 0, 1), op_option, "the range would be empty"));
    STATIC_REQUIRE(refuses<range_op>({}, numbers(5, 0, 1), op_option, "the range would be empty"));
    constexpr auto finite = "start, limit and delta are finite, and delta is not 0";
    STATIC_REQUIRE(refuses<range_op>({}, numbers(0, 5, 0), op_option, finite));
    STATIC_REQUIRE(refuses<range_op>({}, numbers(0, infinity, 1), op_option, finite));
    STATIC_REQUIRE(
        refuses<range_op>({}, numbers(0, 1e300, 1e-300, float64), op_shape, "the result would exceed a terabyte"));
    STATIC_REQUIRE(
        refuses<range_op>({}, numbers(0, 1, 0.5), op_option, "the second number is 0.5, not a value of int32"));
    STATIC_REQUIRE(refuses<range_op>({}, numbers(0.5, 3, 1), op_option, "start is 0.5, not a value of int32"));
    STATIC_REQUIRE(gives<range_op>({}, numbers(0, 300, 100, uint8), u8(3)));
    STATIC_REQUIRE(
        refuses<range_op>({}, numbers(0, 301, 100, uint8), op_option, "the last number is 300, not a value of uint8"));
    STATIC_REQUIRE(refuses<range_op>({}, numbers(0, 2, 1, boolean), op_dtype, "a range is of numbers"));
}

TEST_CASE("whole numbers make int32, others float32", "[ops]") {
    STATIC_REQUIRE(spec_of([](scope& s, auto&) { return range(s, 4); }, {}) == i32(4));
    STATIC_REQUIRE(spec_of([](scope& s, auto&) { return range(s, 0, 4.0); }, {}) == f32(4));
    STATIC_REQUIRE(spec_of([](scope& s, auto&) { return range(s, 0, 4, 0.5F); }, {}) == f32(8));
    STATIC_REQUIRE(spec_of([](scope& s, auto&) { return range(s, 0, 4, {.dtype = int64}); }, {}) == i64(4));
    STATIC_REQUIRE(spec_of([](scope& s, auto&) { return linspace(s, 0, 1, 5); }, {}) == f32(5));
    STATIC_REQUIRE(spec_of([](scope& s, auto&) { return linspace(s, 0, 1, 5, {.dtype = float64}); }, {}) == f64(5));
}

TEST_CASE("whole numbers that no double is make no range", "[ops]") {
    constexpr std::int64_t large = std::int64_t{1} << 53;
    STATIC_REQUIRE(spec_of([](scope& s, auto&) { return range(s, large - 3, large - 1, {.dtype = int64}); }, {}) ==
                   i64(2));
    CHECK_THAT(refusal([](scope& s, auto&) { return range(s, 0, large + 1, large, {.dtype = int64}); }, {}),
               Catch::Contains("limit is 9007199254740993, not a value of int64 between -2^53 and 2^53"));
    // Doubles are 128 apart there.
    CHECK_THAT(refusal([](scope& s, auto&) { return range(s, 1e18, 1e18 + 1000, 100, {.dtype = int64}); }, {}),
               Catch::Contains("start is 1e18, not a value of int64"));
}

TEST_CASE("linspace makes floats between finite ends", "[ops]") {
    constexpr auto between = [](double start, double stop, std::int64_t number, dtype type) {
        return linspace_op::attributes{start, stop, number, static_cast<std::int64_t>(type)};
    };
    STATIC_REQUIRE(gives<linspace_op>({}, between(1, 1, 1, float32), f32(1)));
    STATIC_REQUIRE(
        refuses<linspace_op>({}, between(0, 1, 0, float32), op_option, "count is 0: at least 1"));
    STATIC_REQUIRE(
        refuses<linspace_op>({}, between(0, 1, 3, int32), op_dtype, "numbers of linspace are float32 or float64"));
    STATIC_REQUIRE(refuses<linspace_op>({}, between(0, infinity, 3, float32), op_option, "start and stop are finite"));
    STATIC_REQUIRE(
        refuses<linspace_op>({}, between(-1.7e308, 1.7e308, 3, float64), op_option, "start and stop are finite"));
    STATIC_REQUIRE(
        refuses<linspace_op>({}, between(0, 1e300, 3, float32), op_option, "stop is 1e300, not a value of float32"));
    STATIC_REQUIRE(refuses<linspace_op>({}, between(0, 1, std::int64_t{1} << 60, float32), op_shape,
                                        "the result would exceed a terabyte"));
}
