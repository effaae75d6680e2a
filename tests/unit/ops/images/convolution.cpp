// SPDX-License-Identifier: BSL-1.0

#include <ambit/ops/all.hpp>

#include "../../../support/op_function.hpp"
#include "../../../support/shape_rule.hpp"

#include <catch2/catch.hpp>

using namespace ambit;
using namespace ambit::op_parts;
using namespace ambit_test;
using Catch::Contains;

TEST_CASE("the places of a kernel whose taps are apart", "[ops][dilation]") {
    constexpr conv2d_geometry g =
        convolution_geometry({2, 9, 7, 3}, {3, 2, 3, 5}, {1, 2}, explicit_pads(1, 2, 3, 4), {3, 1});
    STATIC_REQUIRE(g == conv2d_geometry{2, 9, 7, 3, 3, 2, 5, 6, 7, 1, 2, 1, 3, 3, 1});
    constexpr conv2d_geometry even = convolution_geometry({1, 9, 7, 1}, {3, 3, 1, 1}, {1, 1}, same, {2, 3});
    STATIC_REQUIRE(even == conv2d_geometry{1, 9, 7, 1, 3, 3, 1, 9, 7, 1, 1, 2, 3, 2, 3});
}

TEST_CASE("dilations and groups of conv2d", "[ops][dilation]") {
    constexpr auto with = [](const conv2d_options& o) {
        return [o](scope&, auto& x) { return conv2d(x[0], x[1], o); };
    };
    STATIC_REQUIRE(spec_of(with({.dilations = {2, 3}}), {f32(2, 9, 7, 3), f32(3, 2, 3, 5)}) == f32(2, 5, 4, 5));
    STATIC_REQUIRE(spec_of(with({.padding = same, .dilations = {30, 1}}), {f32(2, 9, 7, 3), f32(3, 2, 3, 5)}) ==
                   f32(2, 9, 7, 5));
    STATIC_REQUIRE(spec_of(with({.groups = 2}), {f32(2, 9, 7, 6), f32(3, 2, 3, 8)}) == f32(2, 7, 6, 8));
    STATIC_REQUIRE(spec_of(with({.strides = {2, 2}, .groups = 6}), {f32(2, 9, 7, 6), f32(3, 3, 1, 12)}) ==
                   f32(2, 4, 3, 12));
    STATIC_REQUIRE(spec_of(with({.padding = same, .dilations = {2, 2}, .groups = 3}),
                           {f32(2, 9, 7, 6), f32(3, 3, 2, 9)}) == f32(2, 9, 7, 9));
    const auto said = [&](const conv2d_options& o, const tensor_spec& x, const tensor_spec& w) {
        return refusal(with(o), {x, w});
    };
    CHECK_THAT(said({.dilations = {2, 0}}, f32(1, 9, 9, 3), f32(3, 3, 3, 5)), Contains("dilations is 0: at least 1"));
    CHECK_THAT(said({.strides = {1, 2}, .dilations = {2, 2}}, f32(1, 9, 9, 3), f32(3, 3, 3, 5)),
               Contains("with dilations, strides must be 1"));
    CHECK_THAT(said({.dilations = {5, 2}}, f32(1, 9, 9, 3), f32(3, 3, 3, 5)), Contains("pad with same"));
    CHECK_THAT(said({.padding = same, .dilations = {std::int64_t{1} << 62, 1}}, f32(1, 9, 9, 3), f32(3, 3, 3, 5)),
               Contains("smaller than a terabyte"));
    constexpr std::int64_t far = std::int64_t{1} << 38;
    STATIC_REQUIRE(spec_of(with({.padding = same, .dilations = {far, far}}), {f32(1, 9, 9, 3), f32(3, 3, 3, 5)}) ==
                   f32(1, 9, 9, 5));
    STATIC_REQUIRE(spec_of(with({.strides = {2, 1}, .dilations = {1, 3}}), {f32(1, 9, 9, 3), f32(3, 3, 3, 5)}) ==
                   f32(1, 4, 3, 5));  // an axis each
    STATIC_REQUIRE(mistakes_of(with({.padding = same, .dilations = {-1, 1}, .groups = 3}),
                               {f32(1, 9, 9, 6), f32(3, 3, 2, 6)}) == 1);
    CHECK_THAT(said({.dilations = {2, 2}}, f32(1, 9, 9, 3), f32(3, 3, 4, 5)), Contains("the kernel's third extent"));
    CHECK_THAT(said({.dilations = {2, 2}}, f32(9, 9, 3), f32(3, 3, 4, 5)), Contains("image is [n, h, w, c]"));
    CHECK_THAT(said({.groups = 4}, f32(1, 9, 9, 6), f32(3, 3, 2, 8)), Contains("the number of groups must divide"));
    CHECK_THAT(said({.groups = 3}, f32(1, 9, 9, 6), f32(3, 3, 2, 8)), Contains("the number of groups must divide"));
    CHECK_THAT(said({.groups = 0}, f32(1, 9, 9, 6), f32(3, 3, 2, 8)), Contains("the number of groups must divide"));
    CHECK_THAT(said({.groups = 2}, f32(1, 9, 9, 6), f32(3, 3, 6, 8)), Contains("channels of a group of the image"));
    STATIC_REQUIRE(mistakes_of(with({.strides = {0, 1}, .groups = 2}), {f32(1, 9, 9, 6), f32(3, 3, 3, 8)}) == 1);
    constexpr auto by_image = [](const conv2d_options& o) {
        return [o](scope&, auto& x) { return conv2d_image_gradient(x[0], x[1], {9, 9}, o); };
    };
    constexpr auto by_kernel = [](const conv2d_options& o) {
        return [o](scope&, auto& x) { return conv2d_kernel_gradient(x[0], x[1], {3, 3}, o); };
    };
    STATIC_REQUIRE(spec_of(by_image({.dilations = {2, 1}}), {f32(3, 3, 3, 8), f32(1, 5, 7, 8)}) == f32(1, 9, 9, 3));
    STATIC_REQUIRE(spec_of(by_kernel({.dilations = {2, 1}}), {f32(1, 9, 9, 3), f32(1, 5, 7, 8)}) == f32(3, 3, 3, 8));
    CHECK_THAT(refusal(by_image({.groups = 2}), {f32(3, 3, 3, 8), f32(1, 7, 7, 8)}),
               Contains("gradients of groups are those of the ops that make them"));
    CHECK_THAT(refusal(by_kernel({.groups = 2}), {f32(1, 9, 9, 3), f32(1, 7, 7, 8)}),
               Contains("gradients of groups are those of the ops that make them"));
    CHECK_THAT(refusal(by_kernel({.dilations = {2, 0}}), {f32(1, 9, 9, 3), f32(1, 7, 7, 8)}),
               Contains("dilations is 0: at least 1"));
    CHECK_THAT(refusal(by_image({.strides = {2, 1}, .dilations = {2, 1}}), {f32(3, 3, 3, 8), f32(1, 3, 7, 8)}),
               Contains("with dilations, strides must be 1"));
    graph_builder builder;
    const tensor x = builder.input(f32(1, 4, 4, 4)), w = builder.input(f32(2, 2, 2, 4)),
                 one = builder.input(f32(2, 2, 1, 4));
    CHECK(conv2d(x, w, {.groups = 2, .name = "a"}).op_name() == "a");
    CHECK(conv2d(x, w, {.groups = 2}).op_name() == "conv2d");
    CHECK(conv2d(x, one, {.groups = 4, .name = "b"}).op_name() == "b");
    const tensor all = builder.input(f32(2, 2, 4, 4));
    CHECK(conv2d(x, all, {.dilations = {2, 2}, .name = "c"}).op_name() == "c");
}
