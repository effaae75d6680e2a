// SPDX-License-Identifier: BSL-1.0
#include <ambit/nn/separable_conv.hpp>

#include <ambit/ambit.hpp>

#include "../../support/numbers.hpp"
#include "../../support/op_function.hpp"
#include "../../support/shape_rule.hpp"

#include <catch2/catch.hpp>

#include <cstdint>
#include <limits>
#include <vector>

using namespace ambit;
using namespace ambit::graph_parts;
using namespace ambit_test;
using Catch::Contains;

namespace {

struct layer {
    constexpr tensor operator()(scope& s, const tensor& x) const {
        return separable_conv(s, "block", x, 4, {2, 3}, {.strides = {1, 2}, .padding = same, .multiplier = 2});
    }
};
using net = model<layer, input<double, 2, 3, 5, 3>>;

}  // namespace

TEST_CASE("a separable layer has weights for channels, weights for pixels and biases", "[nn][separable_conv]") {
    STATIC_REQUIRE(net::variables.size() == 3);
    STATIC_REQUIRE(net::variables[0].path == "block/depthwise_weights");
    STATIC_REQUIRE(net::variables[0].extents == shape{2, 3, 3, 2});
    STATIC_REQUIRE(net::variables[1].path == "block/pointwise_weights");
    STATIC_REQUIRE(net::variables[1].extents == shape{1, 1, 6, 4});
    STATIC_REQUIRE(net::variables[2].path == "block/biases");
    STATIC_REQUIRE(net::variables[2].extents == shape{4});
}

TEST_CASE("a separable layer is a convolution whose kernel is the product of two", "[nn][separable_conv]") {
    net n(seed{3});
    n.set<"block/biases">(std::vector<double>{1, 2, 3, 4});
    const std::vector<double> x = numbers<double>(90, 1), by_channel = elements(n.get<"block/depthwise_weights">()),
                              by_pixel = elements(n.get<"block/pointwise_weights">());
    struct whole {
        constexpr tensor operator()(scope&, const tensor& image, const tensor& kernel) const {
            return conv2d(image, kernel, {.strides = {1, 2}, .padding = same});
        }
    };
    std::vector<double> kernel;
    for (std::size_t tap = 0; tap < 6; ++tap)
        for (std::size_t in = 0; in < 3; ++in)
            for (std::size_t out = 0; out < 4; ++out) {
                double weight = 0;
                for (std::size_t m = 0; m < 2; ++m)
                    weight += by_channel[(tap * 3 + in) * 2 + m] * by_pixel[(in * 2 + m) * 4 + out];
                kernel.push_back(weight);
            }
    model<whole, input<double, 2, 3, 5, 3>, input<double, 2, 3, 3, 4>> other(seed{});
    const std::vector<double> wanted = elements(other(x, kernel)), given = elements(n(x));
    REQUIRE(wanted.size() == given.size());
    for (std::size_t i = 0; i < wanted.size(); ++i)
        CHECK(given[i] == Approx(wanted[i] + double(i % 4 + 1)).epsilon(1e-12).margin(1e-12));
}

TEST_CASE("shapes and refusals of separable layers", "[nn][separable_conv]") {
    constexpr auto with = [](const separable_conv_options& o) {
        return [o](scope& s, auto& x) { return separable_conv(s, "block", x[0], 7, {3, 3}, o); };
    };
    STATIC_REQUIRE(spec_of(with({.dilations = {2, 1}, .multiplier = 2, .activation = relu}), {f32(2, 9, 8, 4)}) ==
                   f32(2, 5, 6, 7));
    CHECK_THAT(refusal(with({}), {f32(2, 9, 8)}), Contains("image is [n, h, w, c]"));
    CHECK_THAT(refusal(with({.multiplier = std::numeric_limits<std::int64_t>::min()}), {f32(2, 9, 8, 4)}),
               Contains("block/depthwise_weights"));
    CHECK_THAT(refusal(with({.multiplier = 0}), {f32(2, 9, 8, 4)}), Contains("block/depthwise_weights"));
    CHECK_THAT(refusal(with({.multiplier = std::int64_t{1} << 62}), {f32(2, 9, 8, 4)}),
               Contains("block/depthwise_weights"));
    CHECK_THAT(refusal([](scope&, auto& x) { return separable_conv2d(x[0], x[1], x[2]); },
                       {f32(1, 9, 8, 4), f32(3, 3, 4, 1), f32(2, 1, 4, 3)}),
               Contains("the second kernel mixes pixel by pixel: [1, 1, in, out]"));
    graph_builder builder;
    const tensor x = builder.input(f32(1, 4, 4, 2)), w = builder.input(f32(2, 2, 2, 1)),
                 p = builder.input(f32(1, 1, 2, 3));
    CHECK(separable_conv2d(x, w, p).op_name() == "separable_conv2d");
}
