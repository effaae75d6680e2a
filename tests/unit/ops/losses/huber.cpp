// SPDX-License-Identifier: BSL-1.0
#include <ambit/ops/all.hpp>

#include "../../../support/shape_rule.hpp"

#include <catch2/catch.hpp>

#include <cmath>
#include <limits>

using namespace ambit;
using namespace ambit::op_parts;
using namespace ambit_test;
using enum mistake;

TEST_CASE("huber is of floats, delta a number above 0", "[ops]") {
    STATIC_REQUIRE(gives<huber_op>({f32(2, 3)}, {1}, f32(2, 3)));
    STATIC_REQUIRE(gives<huber_op>({f64()}, {1e300}, f64()));
    STATIC_REQUIRE(refuses<huber_op>({f32(2)}, {1e300}, op_option, "delta is 1e300, not a value of float32"));
    STATIC_REQUIRE(refuses<huber_op>({f32(2)}, {0}, op_option, "delta is 0: above 0"));
    STATIC_REQUIRE(refuses<huber_op>({f32(2)}, {-1}, op_option, "delta is -1: above 0"));
    STATIC_REQUIRE(refuses<huber_op>({f32(2)}, {math::not_a_number}, op_option, "delta is NaN: above 0"));
    STATIC_REQUIRE(refuses<huber_op>({i32(2)}, {1}, op_dtype, "the operand must be float32 or float64"));
}

TEST_CASE("huber is a parabola, then a line", "[ops]") {
    constexpr auto at = [](double x) { return huber_op::apply({2.0}, x); };
    STATIC_REQUIRE(at(0) == 0);
    STATIC_REQUIRE(at(1) == 0.5);
    STATIC_REQUIRE(at(-1) == 0.5);
    STATIC_REQUIRE(at(2) == 2);
    STATIC_REQUIRE(at(3) == 4);
    STATIC_REQUIRE(at(-10) == 18);
    STATIC_REQUIRE(huber_op::apply({2.0}, 3.0f) == 4.0f);
    CHECK(std::isnan(at(std::numeric_limits<double>::quiet_NaN())));
}
