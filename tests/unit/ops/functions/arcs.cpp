// SPDX-License-Identifier: BSL-1.0
#include <ambit/ops/all.hpp>

#include "../../../support/op_function.hpp"
#include "../../../support/shape_rule.hpp"

#include <catch2/catch.hpp>

#include <string_view>

using namespace ambit;
using namespace ambit::op_parts;
using namespace ambit_test;
using Catch::Contains;
using enum mistake;

namespace {

template <class Op> constexpr bool takes_floats() {
    return gives<Op>({f32(2, 3)}, {}, f32(2, 3)) && gives<Op>({f64()}, {}, f64()) &&
           refuses<Op>({i32(3)}, {}, op_dtype, "the operand must be float32 or float64") &&
           refuses<Op>({flags(3)}, {}, op_dtype, "the operand must be float32 or float64");
}

constexpr bool is_near(double a, double b) { return math::fabs(a - b) < 1e-15; }

}  // namespace

TEST_CASE("inverse and hyperbolic functions take floats", "[ops]") {
    STATIC_REQUIRE(takes_floats<asin_op>());
    STATIC_REQUIRE(takes_floats<acos_op>());
    STATIC_REQUIRE(takes_floats<atan_op>());
    STATIC_REQUIRE(takes_floats<sinh_op>());
    STATIC_REQUIRE(takes_floats<cosh_op>());
    STATIC_REQUIRE(takes_floats<asinh_op>());
    STATIC_REQUIRE(takes_floats<acosh_op>());
    STATIC_REQUIRE(takes_floats<atanh_op>());
    STATIC_REQUIRE(gives<atan2_op>({f32(2, 1), f32(3)}, {}, f32(2, 3)));
    STATIC_REQUIRE(refuses<atan2_op>({i32(3), i32(3)}, {}, op_dtype, "the operands must be float32 or float64"));
    STATIC_REQUIRE(refuses<atan2_op>({f32(3), f32(2)}, {}, op_shape,
                                     "extents must be equal, or 1, from the last axis on"));
}

TEST_CASE("angles and hyperbolic functions of numbers, in the compiler", "[ops]") {
    constexpr double pi = 3.14159265358979324;
    STATIC_REQUIRE(asin_op::apply(1.0) == pi / 2);
    STATIC_REQUIRE(is_near(asin_op::apply(-0.5), -pi / 6));
    STATIC_REQUIRE(acos_op::apply(-1.0) == pi);
    STATIC_REQUIRE(acos_op::apply(1.0F) == 0);
    STATIC_REQUIRE(atan_op::apply(1.0) == pi / 4);
    STATIC_REQUIRE(atan_op::apply(-math::infinity) == -pi / 2);
    STATIC_REQUIRE(atan2_op::apply(0.0, -1.0) == pi);
    STATIC_REQUIRE(atan2_op::apply(-0.0, -1.0) == -pi);
    STATIC_REQUIRE(atan2_op::apply(0.0, 0.0) == 0);
    STATIC_REQUIRE(atan2_op::apply(0.0, -0.0) == pi);
    STATIC_REQUIRE(atan2_op::apply(-2.0, 0.0) == -pi / 2);
    STATIC_REQUIRE(atan2_op::apply(math::infinity, -math::infinity) == 3 * pi / 4);
    STATIC_REQUIRE(math::isnan(asin_op::apply(1.5)));
    STATIC_REQUIRE(math::isnan(acos_op::apply(-1.5F)));
    STATIC_REQUIRE(is_near(sinh_op::apply(1.0), 1.17520119364380146));
    STATIC_REQUIRE(is_near(cosh_op::apply(-1.0), 1.54308063481524378));
    STATIC_REQUIRE(is_near(asinh_op::apply(-1.0), -0.88137358701954303));
    STATIC_REQUIRE(is_near(acosh_op::apply(2.0), 1.31695789692481671));
    STATIC_REQUIRE(is_near(atanh_op::apply(0.5), 0.54930614433405485));
    STATIC_REQUIRE(acosh_op::apply(1.0) == 0);
    STATIC_REQUIRE(math::isnan(acosh_op::apply(0.5)));
    STATIC_REQUIRE(math::isnan(acosh_op::apply(-5.0)));
    STATIC_REQUIRE(atanh_op::apply(-1.0F) == -std::numeric_limits<float>::infinity());
    STATIC_REQUIRE(math::isnan(atanh_op::apply(2.0)));
}

TEST_CASE("units made of several ops have a name and refuse", "[ops]") {
    STATIC_REQUIRE(spec_of([](scope&, auto& x) { return mish(x[0]) + hard_swish(x[0]); }, {f64(2, 3)}) == f64(2, 3));
    STATIC_REQUIRE(spec_of([](scope&, auto& x) { return celu(x[0]) + log_sigmoid(x[0]); }, {f32(3)}) == f32(3));
    CHECK_THAT(refusal([](scope&, auto& x) { return celu(x[0], {.alpha = 0}); }, {f32(3)}),
               Contains("alpha is 0: above 0"));
    CHECK_THAT(refusal([](scope&, auto& x) { return mish(x[0]); }, {i32(3)}),
               Contains("the operand must be float32 or float64"));
    CHECK_THAT(refusal([](scope&, auto& x) { return tan(x[0]); }, {i32(3)}),
               Contains("the operand must be float32 or float64"));
    graph_builder builder;
    const tensor x = builder.input(f32(3));
    CHECK(tan(x).op_name() == "tan");
    CHECK(mish(x).op_name() == "mish");
    CHECK(celu(x).op_name() == "celu");
    CHECK(hard_sigmoid(x).op_name() == "hard_sigmoid");
    CHECK(hard_swish(x, {.name = "h"}).op_name() == "h");
    CHECK(log_sigmoid(x).op_name() == "log_sigmoid");
}
