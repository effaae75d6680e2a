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

namespace {

constexpr auto with(const depthwise_conv2d_options& o) {
    return [o](scope&, auto& x) { return depthwise_conv2d(x[0], x[1], o); };
}

}  // namespace

TEST_CASE("depthwise convolution has results for each channel", "[ops][depthwise_conv2d]") {
    STATIC_REQUIRE(spec_of(with({}), {f32(2, 9, 7, 3), f32(3, 2, 3, 1)}) == f32(2, 7, 6, 3));
    STATIC_REQUIRE(spec_of(with({.strides = {2, 3}, .padding = same}), {f64(2, 9, 7, 3), f64(3, 2, 3, 4)}) ==
                   f64(2, 5, 3, 12));
    STATIC_REQUIRE(spec_of(with({.dilations = {2, 3}}), {f32(2, 9, 7, 3), f32(3, 2, 3, 2)}) == f32(2, 5, 4, 6));
    STATIC_REQUIRE(spec_of(with({.padding = same, .dilations = {4, 1}}), {f32(2, 9, 7, 3), f32(3, 2, 3, 2)}) ==
                   f32(2, 9, 7, 6));
    graph_builder builder;
    const tensor x = builder.input(f32(1, 4, 4, 2)), w = builder.input(f32(2, 2, 2, 3));
    CHECK(depthwise_conv2d(x, w).op_name() == "depthwise_conv2d");
    CHECK(depthwise_conv2d(x, w, {.dilations = {2, 1}, .name = "wide"}).op_name() == "wide");
}

TEST_CASE("depthwise convolution refuses what does not fit", "[ops][depthwise_conv2d]") {
    const auto said = [](const depthwise_conv2d_options& o, const tensor_spec& x, const tensor_spec& w) {
        return refusal(with(o), {x, w});
    };
    CHECK_THAT(said({}, f32(9, 7, 3), f32(3, 2, 3, 1)),
               Contains("image is [n, h, w, c], kernel is [h, w, c, multiplier]"));
    CHECK_THAT(said({}, f32(1, 9, 7, 3), f32(3, 2, 3)),
               Contains("image is [n, h, w, c], kernel is [h, w, c, multiplier]"));
    CHECK_THAT(said({}, f32(1, 9, 7, 3), f32(3, 2, 4, 1)),
               Contains("channels of the image must be the kernel's third extent"));
    CHECK_THAT(said({.dilations = {2, 2}}, f32(1, 9, 7, 3), f32(3, 2, 4, 2)), Contains("the kernel's third extent"));
    CHECK_THAT(said({}, i32(1, 9, 7, 3), i32(3, 2, 3, 1)), Contains("float32 or float64"));
    CHECK_THAT(said({}, f32(1, 9, 7, 3), f64(3, 2, 3, 1)), Contains("float32 or float64"));
    CHECK_THAT(said({.strides = {0, 1}}, f32(1, 9, 7, 3), f32(3, 2, 3, 2)), Contains("strides is 0: at least 1"));
    CHECK_THAT(said({}, f32(1, 2, 7, 3), f32(3, 2, 3, 1)),
               Contains("the kernel is larger than the image: pad with same"));
    CHECK_THAT(said({.dilations = {5, 1}}, f32(1, 9, 7, 3), f32(3, 2, 3, 1)),
               Contains("the kernel is larger than the image"));
    CHECK_THAT(said({.dilations = {0, 1}}, f32(1, 9, 7, 3), f32(3, 2, 3, 1)), Contains("dilations is 0: at least 1"));
    CHECK_THAT(said({.strides = {2, 2}, .dilations = {2, 1}}, f32(1, 9, 7, 3), f32(3, 2, 3, 1)),
               Contains("with dilations, strides must be 1"));
    CHECK_THAT(said({}, f32(1, 100000, 1000, 100), f32(1, 1, 100, 1000)), Contains("would exceed a terabyte"));
}

TEST_CASE("gradients of a depthwise convolution have the shapes of what they are by", "[ops][depthwise_conv2d]") {
    using by_image = depthwise_image_gradient_op;
    using by_kernel = depthwise_kernel_gradient_op;
    constexpr auto options = [](std::int64_t height, std::int64_t width, std::int64_t stride = 1) {
        return depthwise_op::attributes{stride, 1, valid, height, width};
    };
    STATIC_REQUIRE(gives<by_image>({f32(3, 2, 5, 1), f32(2, 7, 6, 5)}, options(9, 7), f32(2, 9, 7, 5)));
    STATIC_REQUIRE(gives<by_kernel>({f32(2, 9, 7, 5), f32(2, 7, 6, 5)}, options(3, 2), f32(3, 2, 5, 1)));
    constexpr auto rule = "the upstream gradient must have the shape of the convolution";
    STATIC_REQUIRE(refuses<by_image>({f32(3, 2, 5, 1), f32(2, 7, 6, 5)}, options(8, 7), op_shape, rule));
    STATIC_REQUIRE(refuses<by_image>({f32(3, 2, 4, 1), f32(2, 7, 6, 5)}, options(9, 7), op_shape, rule));
    STATIC_REQUIRE(refuses<by_image>({f32(3, 2, 5, 2), f32(2, 7, 6, 5)}, options(9, 7), op_shape, rule));
    STATIC_REQUIRE(refuses<by_kernel>({f32(2, 9, 7, 5), f32(1, 7, 6, 5)}, options(3, 2), op_shape, rule));
    STATIC_REQUIRE(refuses<by_kernel>({f32(2, 9, 7, 5), f32(2, 7, 6, 4)}, options(3, 2), op_shape, rule));
    STATIC_REQUIRE(refuses<by_image>({f32(3, 2, 5, 1), f32(2, 7, 6, 5)}, options(0, 7), op_option,
                                     "height and width must be at least 1"));
    STATIC_REQUIRE(refuses<by_kernel>({f32(2, 9, 7, 5), f32(2, 7, 6, 5)}, options(3, 2, 0), op_option,
                                      "strides is 0: at least 1"));
}
