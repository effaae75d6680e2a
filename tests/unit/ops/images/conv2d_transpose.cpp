// SPDX-License-Identifier: BSL-1.0

#include <ambit/model/model.hpp>
#include <ambit/ops/all.hpp>

#include "../../../support/numbers.hpp"
#include "../../../support/op_function.hpp"
#include "../../../support/shape_rule.hpp"

#include <catch2/catch.hpp>

#include <array>

using namespace ambit;
using namespace ambit_test;
using Catch::Contains;

TEST_CASE("shapes and refusals of conv2d_transpose", "[ops][conv2d_transpose]") {
    constexpr auto to = [](const shape& result, const conv2d_transpose_options& o = {}) {
        return [=](scope&, auto& x) { return conv2d_transpose(x[0], x[1], result, o); };
    };
    constexpr conv2d_transpose_options doubled{.strides = {2, 2}, .padding = same};
    STATIC_REQUIRE(spec_of(to({2, 6, 8, 3}), {f32(2, 4, 7, 5), f32(3, 2, 3, 5)}) == f32(2, 6, 8, 3));
    STATIC_REQUIRE(spec_of(to({2, 8, 13, 3}, doubled), {f64(2, 4, 7, 5), f64(3, 2, 3, 5)}) == f64(2, 8, 13, 3));
    STATIC_REQUIRE(spec_of(to({2, 7, 14, 3}, doubled), {f64(2, 4, 7, 5), f64(3, 2, 3, 5)}) == f64(2, 7, 14, 3));
    const auto said = [&](const shape& result, const conv2d_transpose_options& o, const tensor_spec& x,
                          const tensor_spec& w) {
        return refusal(to(result, o), {x, w});
    };
    const tensor_spec x = f32(2, 4, 7, 5), w = f32(3, 2, 3, 5);
    CHECK_THAT(said({2, 9, 14, 3}, doubled, x, w),
               Contains("a convolution of output_shape must have the shape of the operand"));
    CHECK_THAT(said({1, 8, 14, 3}, doubled, x, w), Contains("a convolution of output_shape"));
    CHECK_THAT(said({2, 8, 14, 5}, doubled, x, w), Contains("a convolution of output_shape"));
    CHECK_THAT(said({2, 8, 14}, doubled, x, w), Contains("output_shape is [n, h, w, out], each at least 1"));
    CHECK_THAT(said({2, 0, 14, 3}, doubled, x, w), Contains("output_shape is [n, h, w, out], each at least 1"));
    CHECK_THAT(said({2, 8, 14, 3}, {.strides = {0, 2}}, x, w), Contains("strides is 0: at least 1"));
    CHECK_THAT(said({2, 6, 8, 3}, {}, x, f32(3, 2, 5, 3)),
               Contains("channels of the operand must be the kernel's last extent"));
    CHECK_THAT(said({2, 6, 8, 3}, {}, f32(4, 7, 5), w),
               Contains("the operand is [n, h, w, in], the kernel is [h, w, out, in]"));
    CHECK_THAT(said({2, 6, 8, 3}, {}, f64(2, 4, 7, 5), w), Contains("float32 or float64"));
}

TEST_CASE("extents, groups and dilations of conv2d_transpose", "[ops][conv2d_transpose]") {
    constexpr auto with = [](const conv2d_transpose_options& o) {
        return [=](scope&, auto& x) { return conv2d_transpose(x[0], x[1], any_shape, o); };
    };
    const tensor_spec x = f32(2, 4, 7, 6), w = f32(3, 3, 4, 6);
    STATIC_REQUIRE(spec_of(with({}), {f32(2, 4, 7, 6), f32(3, 3, 4, 6)}) == f32(2, 6, 9, 4));
    STATIC_REQUIRE(spec_of(with({.strides = {2, 2}, .padding = same}), {f32(2, 4, 7, 6), f32(3, 3, 4, 6)}) ==
                   f32(2, 8, 14, 4));
    STATIC_REQUIRE(spec_of(with({.strides = {2, 2}, .padding = explicit_pads(1)}),
                           {f32(2, 4, 7, 6), f32(3, 3, 4, 6)}) == f32(2, 7, 13, 4));
    STATIC_REQUIRE(spec_of(with({.strides = {2, 2}, .padding = explicit_pads(1), .output_padding = {1, 0}}),
                           {f32(2, 4, 7, 6), f32(3, 3, 4, 6)}) == f32(2, 8, 13, 4));
    STATIC_REQUIRE(spec_of(with({.dilations = {2, 3}, .groups = 2}), {f32(2, 4, 7, 6), f32(3, 3, 4, 6)}) ==
                   f32(2, 8, 13, 8));
    STATIC_REQUIRE(spec_of(with({.strides = {3, 2}, .groups = 6}), {f32(2, 4, 7, 6), f32(3, 3, 1, 6)}) ==
                   f32(2, 12, 15, 6));  // a channel each
    const auto said = [&](const conv2d_transpose_options& o) { return refusal(with(o), {x, w}); };
    CHECK_THAT(said({.output_padding = {0, -1}}), Contains("output_padding is -1: at least 0"));
    CHECK_THAT(said({.strides = {2, 2}, .padding = explicit_pads(1), .output_padding = {2, 0}}),
               Contains("a convolution of output_shape must have the shape of the operand"));
    CHECK_THAT(said({.strides = {2, 2}, .padding = same, .output_padding = {1, 0}}),
               Contains("a convolution of output_shape must have the shape of the operand"));
    CHECK_THAT(said({.padding = explicit_pads(9)}), Contains("output_shape is [n, h, w, out], each at least 1"));
    CHECK_THAT(said({.groups = 4}), Contains("the number of groups must divide"));
    CHECK_THAT(said({.groups = 0}), Contains("output_shape is [n, h, w, out]"));
    CHECK_THAT(said({.strides = {2, 1}, .dilations = {2, 2}}), Contains("with dilations, strides must be 1"));
    CHECK_THAT(said({.dilations = {0, 2}}), Contains("dilations is 0: at least 1"));
    STATIC_REQUIRE(mistakes_of(with({.strides = {2, 1}, .dilations = {2, 2}, .groups = 2}),
                               {f32(2, 4, 7, 6), f32(3, 3, 4, 6)}) == 1);
    graph_builder builder;
    CHECK(conv2d_transpose(builder.input(x), builder.input(w), any_shape, {.groups = 2}).op_name() ==
          "conv2d_transpose");
    CHECK(conv2d_transpose(builder.input(x), builder.input(w), any_shape, {.dilations = {2, 2}, .name = "d"}).op_name() ==
          "d");
}

TEST_CASE("conv2d_transpose of a few numbers", "[ops][conv2d_transpose]") {
    struct module {
        constexpr tensor operator()(scope&, const tensor& x, const tensor& w) const {
            return conv2d_transpose(x, w, {1, 1, 7, 2}, {.strides = {1, 2}});
        }
    };
    // Each element of x puts its multiple of the kernel two places on; both channels of the result have a kernel.
    model<module, input<float, 1, 1, 3, 1>, input<float, 1, 3, 2, 1>> net(seed{});
    const auto y = net(std::array<float, 3>{1, 2, 3}, std::array<float, 6>{1, 100, 10, 0, 5, 0});
    CHECK(elements(y) == std::vector<float>{1, 100, 10, 0, 5 + 2, 200, 20, 0, 10 + 3, 300, 30, 0, 15, 0});
}
