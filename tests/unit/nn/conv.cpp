// SPDX-License-Identifier: BSL-1.0
#include <ambit/nn/conv.hpp>

#include <ambit/ambit.hpp>

#include "../../support/numbers.hpp"
#include "../../support/op_function.hpp"
#include "../../support/shape_rule.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <vector>

using namespace ambit;
using namespace ambit::plan_parts;
using namespace ambit_test;
using Catch::Contains;

namespace {

struct two_layers {
    constexpr tensor operator()(scope& s, const tensor& x) const {
        const tensor h =
            conv(s, "conv1", x, 2, {2, 2}, {.activation = relu, .weights = ones(), .biases = constant(-10)});
        return conv(s, "conv2", h, 1, {1, 1}, {.use_bias = false, .weights = constant(2)});
    }
};
using net = model<two_layers, input<float, 1, 2, 3, 1>>;

}  // namespace

TEST_CASE("a convolutional layer has weights and biases in a scope of its own", "[nn][conv]") {
    STATIC_REQUIRE(net::variables.size() == 3);
    STATIC_REQUIRE(net::variables[0].path == "conv1/weights");
    STATIC_REQUIRE(net::variables[0].extents == shape{2, 2, 1, 2});
    STATIC_REQUIRE(net::variables[1].path == "conv1/biases");
    STATIC_REQUIRE(net::variables[1].extents == shape{2});
    STATIC_REQUIRE(net::variables[2].path == "conv2/weights");
    STATIC_REQUIRE(net::variables[2].extents == shape{1, 1, 2, 1});
    // One kernel a layer.
    STATIC_REQUIRE(plan_of<net::graph, all_outputs>::counts.steps == 2);
}

TEST_CASE("a convolutional layer computes its activation of the sum with the biases", "[nn][conv]") {
    net n(seed{});
    // Windows sum up to 12 and 8: 2 and 0 after the biases and relu, of two channels, twice.
    CHECK(elements(n(std::array<float, 6>{1, 2, 3, 4, 5, -2})) == std::vector<float>{8, 0});
}

TEST_CASE("shapes, names and refusals of convolutional layers", "[nn][conv]") {
    constexpr auto with = [](std::int64_t filters, const window_extents& kernel, const conv_options& o) {
        return [=](scope& s, auto& x) { return conv(s, "layer", x[0], filters, kernel, o); };
    };
    STATIC_REQUIRE(spec_of(with(8, {3, 3}, {.strides = {2, 2}, .padding = same}), {f32(2, 9, 8, 4)}) ==
                   f32(2, 5, 4, 8));
    STATIC_REQUIRE(spec_of(with(8, {3, 3}, {.groups = 2}), {f64(2, 9, 8, 4)}) == f64(2, 7, 6, 8));
    STATIC_REQUIRE(spec_of(with(8, {3, 3}, {.dilations = {2, 2}}), {f64(2, 9, 8, 4)}) == f64(2, 5, 4, 8));
    CHECK_THAT(refusal(with(8, {3, 3}, {}), {f32(2, 9, 8)}), Contains("image is [n, h, w, c]"));
    CHECK_THAT(refusal(with(8, {3, 3}, {}), {f32()}), Contains("image is [n, h, w, c]"));
    CHECK_THAT(refusal(with(8, {3, 3}, {.groups = 3}), {f32(2, 9, 8, 4)}),
               Contains("the number of groups must divide"));
    CHECK_THAT(refusal(with(8, {3, 3}, {.groups = 0}), {f32(2, 9, 8, 4)}),
               Contains("the number of groups must divide"));
    CHECK_THAT(refusal(with(0, {3, 3}, {}), {f32(2, 9, 8, 4)}), Contains("layer/weights"));
    CHECK_THAT(refusal(with(8, {3, 3}, {}), {u8(2, 9, 8, 4)}), Contains("float32 or float64"));
    graph_builder builder;
    scope s(builder);
    const tensor x = builder.input(f64(1, 4, 4, 6));
    CHECK(conv(s, "layer", x, 4, {2, 2}, {.groups = 2, .activation = ambit::tanh}).op_name() == "layer/tanh");
    CHECK(s.global_variables()[0].shape() == shape{2, 2, 3, 4});
    CHECK(s.global_variables()[0].dtype() == float64);
    CHECK(s.global_variables()[1].dtype() == float64);
}
