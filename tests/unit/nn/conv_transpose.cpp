// SPDX-License-Identifier: BSL-1.0
#include <ambit/nn/conv_transpose.hpp>

#include <ambit/ambit.hpp>

#include "../../support/numbers.hpp"
#include "../../support/op_function.hpp"
#include "../../support/shape_rule.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <vector>

using namespace ambit;
using namespace ambit::op_parts;
using namespace ambit_test;
using Catch::Contains;

TEST_CASE("a transposed layer makes images larger", "[nn][conv_transpose]") {
    struct module {
        constexpr tensor operator()(scope& s, const tensor& x) const {
            return conv_transpose(s, "up", x, 1, {1, 3},
                                  {.strides = {1, 2}, .activation = relu, .biases = constant(-2)});
        }
    };
    using net = model<module, input<float, 1, 1, 2, 1>>;
    STATIC_REQUIRE(net::variables[0].path == "up/weights");
    STATIC_REQUIRE(net::variables[0].extents == shape{1, 3, 1, 1});
    STATIC_REQUIRE(net::variables[1].path == "up/biases");
    net n(seed{});
    n.set<"up/weights">(std::array<float, 3>{1, 10, 5});
    // 1 10 5 at the first element, 3 30 15 two places on.
    CHECK(elements(n(std::array<float, 2>{1, 3})) == std::vector<float>{0, 8, 6, 28, 13});
}

TEST_CASE("extents of transposed layers are those that convolutions go back from", "[nn][conv_transpose]") {
    for (std::int64_t in = 1; in <= 9; ++in)
        for (std::int64_t window = 1; window <= 5; ++window)
            for (std::int64_t stride = 1; stride <= 4; ++stride)
                for (const padding_mode padding : {valid, same}) {
                    const std::int64_t result = op_parts::transposed_extent(in, window, stride, padding);
                    CAPTURE(in, window, stride, int(padding), result);
                    REQUIRE(places_of_window(result, window, stride, padding).count == in);
                }
    constexpr auto with = [](const window_extents& kernel, const conv_transpose_options& o) {
        return [=](scope& s, auto& x) { return conv_transpose(s, "up", x[0], 6, kernel, o); };
    };
    STATIC_REQUIRE(spec_of(with({3, 3}, {.strides = {2, 2}, .padding = same}), {f32(2, 5, 4, 3)}) == f32(2, 10, 8, 6));
    STATIC_REQUIRE(spec_of(with({3, 2}, {.strides = {2, 3}}), {f64(2, 5, 4, 3)}) == f64(2, 11, 12, 6));
    CHECK_THAT(refusal(with({3, 3}, {.strides = {0, 1}}), {f32(2, 5, 4, 3)}), Contains("conv2d_transpose"));
    constexpr auto without = [](scope& s, auto& x) {
        return conv_transpose(s, "up", x[0], 0, {3, 3}, {.use_bias = false});
    };
    STATIC_REQUIRE(mistakes_of(without, {f32(2, 5, 4, 3)}) == 1);
    STATIC_REQUIRE(spec_of(with({3, 3}, {.strides = {2, 2}, .padding = explicit_pads(1), .groups = 3,
                                         .output_padding = {1, 1}}), {f32(2, 5, 4, 3)}) == f32(2, 10, 8, 6));
    CHECK_THAT(refusal(with({3, 3}, {.groups = 4}), {f32(2, 5, 4, 4)}), Contains("the number of groups must divide"));
    CHECK_THAT(refusal(with({3, 3}, {}), {f32(2, 5, 3)}), Contains("the operand is [n, h, w, in]"));
    CHECK_THAT(refusal(with({3, 3}, {.strides = {std::int64_t{1} << 62, 1}}), {f32(2, 5, 4, 3)}),
               Contains("output_shape"));
}
