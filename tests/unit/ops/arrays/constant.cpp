// SPDX-License-Identifier: BSL-1.0
#include <ambit/ops/all.hpp>

#include "../../../support/op_function.hpp"
#include "../../../support/shape_rule.hpp"

#include <catch2/catch.hpp>


using namespace ambit;
using namespace ambit_test;
using enum mistake;

namespace {

constexpr std::int64_t odd = (std::int64_t{1} << 53) + 1;

}  // namespace

TEST_CASE("a constant is a value, a list, or nested arrays", "[ops]") {
    STATIC_REQUIRE(spec_of([](scope& s, auto&) { return constant(s, 0.5); }, {}) == f32());
    STATIC_REQUIRE(spec_of([](scope& s, auto&) { return constant(s, 7); }, {}) == i32());
    STATIC_REQUIRE(spec_of([](scope& s, auto&) { return constant(s, true); }, {}) == flags());
    STATIC_REQUIRE(spec_of([](scope& s, auto&) { return constant(s, 7, {2, 3}); }, {}) == i32(2, 3));
    STATIC_REQUIRE(spec_of([](scope& s, auto&) { return constant(s, 7, {2, 3}, {.dtype = uint8}); }, {}) == u8(2, 3));
    STATIC_REQUIRE(spec_of([](scope& s, auto&) { return constant(s, {1, 2, 3}); }, {}) == i32(3));
    STATIC_REQUIRE(spec_of([](scope& s, auto&) { return constant(s, {1.5, 2.0}); }, {}) == f32(2));
    STATIC_REQUIRE(spec_of(
                       [](scope& s, auto&) {
                           return constant(s, {1, 2, 3, 4}, {2, 2}, {.dtype = float64});
                       },
                       {}) == f64(2, 2));
    STATIC_REQUIRE(spec_of(
                       [](scope& s, auto&) {
                           return constant(s, std::array{std::array{1.0, 2.0}, std::array{3.0, 4.0}});
                       },
                       {}) == f64(2, 2));
    STATIC_REQUIRE(spec_of(
                       [](scope& s, auto&) {
                           return constant(s, std::array<bool, 2>{true, false});
                       },
                       {}) == flags(2));
    STATIC_REQUIRE(spec_of([](scope& s, auto&) { return zeros(s, {2, 3}); }, {}) == f32(2, 3));
    STATIC_REQUIRE(spec_of([](scope& s, auto&) { return ones(s, {4}, {.dtype = int64}); }, {}) == i64(4));
    STATIC_REQUIRE(spec_of([](scope&, auto& x) { return zeros_like(x[0]); }, {u8(4, 2)}) == u8(4, 2));
    STATIC_REQUIRE(spec_of([](scope&, auto& x) { return ones_like(x[0]); }, {f64()}) == f64());
}

TEST_CASE("without a scope, constant is an initializer still", "[ops]") {
    STATIC_REQUIRE(std::same_as<decltype(constant(0.5)), initializer>);
    STATIC_REQUIRE(std::same_as<decltype(zeros()), initializer>);
}

TEST_CASE("a list has as many values as the shape has elements, all of the dtype", "[ops]") {
    using Catch::Contains;
    constexpr auto rule = "there are as many values as the shape has elements";
    CHECK_THAT(refusal(
                   [](scope& s, auto&) {
                       return constant(s, {1, 2, 3}, {2, 2});
                   },
                   {}),
               Contains(rule) && Contains("op constant"));
    CHECK_THAT(refusal([](scope& s, auto&) { return constant(s, {1, 2, 3}, {2}); }, {}), Contains(rule));
    CHECK_THAT(refusal(
                   [](scope& s, auto&) {
                       return constant(s, {1, 256}, {2}, {.dtype = uint8});
                   },
                   {}),
               Contains("an element is 256, not a value of uint8"));
    CHECK_THAT(refusal([](scope& s, auto&) { return constant(s, 0.5, {2}, {.dtype = int32}); }, {}),
               Contains("an element is 0.5, not a value of int32"));
    CHECK_THAT(refusal(
                   [](scope& s, auto&) {
                       return constant(s, {1, 2}, {-1, -2});
                   },
                   {}),
               Contains("extents are at least 1"));
    CHECK_THAT(refusal([](scope& s, auto&) { return constant(s, 1, {0}); }, {}), Contains("extents are at least 1"));
    CHECK_THAT(refusal([](scope& s, auto&) { return constant(s, 1e300); }, {}),
               Contains("an element is 1e300, not a value of float32"));
    CHECK_THAT(refusal([](scope& s, auto&) { return constant(s, std::array{0.5, 1e-60}, {.dtype = float32}); }, {}),
               Contains("an element is 1e-60, not a value of float32"));
    // No double, and so no float.
    CHECK_THAT(refusal([](scope& s, auto&) { return constant(s, odd, {}, {.dtype = float64}); }, {}),
               Contains("an element is 9007199254740993, not a value of float64"));
    STATIC_REQUIRE(spec_of([](scope& s, auto&) { return constant(s, odd); }, {}) == i64());
    STATIC_REQUIRE(spec_of([](scope& s, auto&) { return constant(s, odd - 1, {}, {.dtype = float32}); }, {}) == f32());
}
