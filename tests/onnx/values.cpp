// SPDX-License-Identifier: BSL-1.0
// What operators compute of numbers that ONNX's own tests do not have: large ones, small ones, the least integer.
#include "messages.hpp"

#include <catch2/catch.hpp>

#include <ambit/math/bfloat16.hpp>
#include <ambit/onnx/onnx_module.hpp>
#include <ambit/ops/all.hpp>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace {

using namespace ambit;
using namespace onnx_tests;

onnx_value int64_value(std::string name, std::vector<std::int64_t> extents) {
    onnx_value value = float_value(std::move(name), std::move(extents));
    value.type = onnx_type::int64;
    return value;
}

template <class T> std::vector<T> computed(const onnx_file& file, const std::vector<dynamic_argument>& inputs) {
    registry reg(seed{1});
    dynamic_model net = onnx_module(file).build(reg);
    const dynamic_results results = net.run_list(inputs);
    const std::span<const T> elements = results[0].elements<T>();
    return {elements.begin(), elements.end()};
}

}  // namespace

TEST_CASE("onnx: floats of every size become the nearest bfloat16", "[onnx]") {
    const std::vector<float> x{1e35F, -3.3e38F, 1.00390625F, 1.01171875F, 1e-30F, -1e-39F, 1e-40F, 4e-41F, 0};
    const auto count = static_cast<std::int64_t>(x.size());
    const onnx_file file =
        file_of({float_value("x", {count})},
                {{"Cast", "", "", {"x"}, {"narrow"}, {{"to", {.integer = 16}}}},
                 {"Cast", "", "", {"narrow"}, {"y"}, {{"to", {.integer = 1}}}}},
                {float_value("y", {count})});
    std::vector<float> wanted;
    for (const float value : x) wanted.push_back(math::from_bfloat16(math::to_bfloat16(value)));
    CHECK(computed<float>(file, {x}) == wanted);
}

TEST_CASE("onnx: the least integer is the smallest of all", "[onnx]") {
    constexpr std::int64_t least = std::numeric_limits<std::int64_t>::min();
    onnx_file file = file_of({int64_value("x", {4})},
                             {{"TopK", "", "", {"x", "k"}, {"y", "at"}, {{"largest", {.integer = 0}}}}},
                             {int64_value("y", {2})});
    file.graph.initializers.emplace_back(
        "k", std::make_shared<const onnx_array>(onnx_array::of<std::int64_t>(onnx_type::int64, {1}, {2})));
    const std::vector<std::int64_t> x{3, least, -7, least + 1};
    CHECK(computed<std::int64_t>(file, {x}) == std::vector<std::int64_t>{least, least + 1});
}

TEST_CASE("onnx: each pixel of a large image is sampled", "[onnx]") {
    // More than 2^24 pixels, among which are odd numbers that float32 lacks.
    constexpr std::int64_t side = 4097;
    onnx_file file = file_of({float_value("x", {1, 1, side, side}), float_value("grid", {1, 1, 3, 2})},
                             {{"GridSample",
                               "",
                               "",
                               {"x", "grid"},
                               {"y"},
                               {{"align_corners", {.integer = 1}}, {"mode", {.text = "nearest"}}}}},
                             {float_value("y", {1, 1, 1, 3})});
    file.opsets[""] = 16;
    std::vector<float> x(static_cast<std::size_t>(side * side));
    for (std::size_t i = 0; i < 8; ++i) x[x.size() - 1 - i] = static_cast<float>(i);
    // The last three pixels of the last line.
    const std::vector<float> grid{1, 1, 1 - 1.0F / 2048, 1, 1 - 2.0F / 2048, 1};
    CHECK(computed<float>(file, {x, grid}) == std::vector<float>{0, 1, 2});
}

namespace {

/// One node that gives y, of float inputs.
std::vector<float> computed(const onnx_node& node, const std::vector<std::vector<std::int64_t>>& extents,
                            const std::vector<std::vector<float>>& inputs, const std::vector<std::int64_t>& result) {
    std::vector<onnx_value> values;
    for (std::size_t i = 0; i < inputs.size(); ++i) values.push_back(float_value(node.inputs[i], extents[i]));
    const std::vector<dynamic_argument> arguments(inputs.begin(), inputs.end());
    return computed<float>(file_of(values, {node}, {float_value("y", result)}), arguments);
}

}  // namespace

TEST_CASE("onnx: lengths, remainders and normalized images keep what is finite and what is small", "[onnx]") {
    const onnx_node length{"ReduceL2", "", "", {"x"}, {"y"}, {{"keepdims", {.integer = 0}}}};
    CHECK(computed(length, {{2}}, {{3e30F, 4e30F}}, {})[0] == Approx(5e30F));
    const onnx_node remainder{"Mod", "", "", {"a", "b"}, {"y"}, {{"fmod", {.integer = 1}}}};
    CHECK(computed(remainder, {{4}, {4}}, {{-1e-20F, -0.1F, 7.5F, -7.5F}, {1, 3, -2, -2}}, {4}) ==
          std::vector<float>{-1e-20F, -0.1F, 1.5F, -1.5F});
    // Far from 0, and close together: 10000 ± 2^-9, with a variance of 2^-18.
    const onnx_node normalized{"BatchNormalization",
                               "",
                               "",
                               {"x", "scale", "bias", "mean", "variance"},
                               {"y"},
                               {{"epsilon", {.number = 0.0F}}}};
    const std::vector<float> y = computed(
        normalized, {{1, 1, 2}, {1}, {1}, {1}, {1}},
        {{10000 - 0x1p-9F, 10000 + 0x1p-9F}, {0.7F}, {0.5F}, {10000}, {0x1p-18F}}, {1, 1, 2});
    CHECK(y[0] == Approx(-0.2F));
    CHECK(y[1] == Approx(1.2F));
}

TEST_CASE("onnx: bits of 64 are shifted, all of them", "[onnx]") {
    const auto shifted = [](const char* direction, const std::vector<std::int64_t>& x,
                            const std::vector<std::int64_t>& places) {
        const auto of_bits = [](std::string name) {
            onnx_value value = int64_value(std::move(name), {3});
            value.type = onnx_type::uint64;
            return value;
        };
        return computed<std::int64_t>(
            file_of({of_bits("x"), of_bits("places")},
                    {{"BitShift", "", "", {"x", "places"}, {"y"}, {{"direction", {.text = direction}}}}},
                    {of_bits("y")}),
            {x, places});
    };
    constexpr std::int64_t top = std::numeric_limits<std::int64_t>::min();
    CHECK(shifted("LEFT", {1, 3, 5}, {63, 62, 0}) == std::vector<std::int64_t>{top, top | top / -2, 5});
    CHECK(shifted("RIGHT", {top, -1, -1}, {63, 1, 0}) ==
          std::vector<std::int64_t>{1, std::numeric_limits<std::int64_t>::max(), -1});
}

TEST_CASE("onnx: places outside of an array are no others of it", "[onnx]") {
    const std::vector<float> x{1, 2, 3, 4, 5, 6};
    onnx_file file = file_of({float_value("x", {2, 3}), int64_value("at", {3, 2})},
                             {{"GatherND", "", "", {"x", "at"}, {"y"}, {}}}, {float_value("y", {3})});
    CHECK(computed<float>(file, {x, std::vector<std::int64_t>{0, 3, 1, -1, -3, 2}}) == std::vector<float>{0, 6, 0});
    file = file_of({float_value("x", {2, 3}), int64_value("at", {1, 3}), float_value("news", {1, 3})},
                   {{"ScatterElements", "", "", {"x", "at", "news"}, {"y"}, {{"axis", {.integer = 1}}}}},
                   {float_value("y", {2, 3})});
    CHECK(computed<float>(file, {x, std::vector<std::int64_t>{0, 3, -1}, std::vector<float>{7, 8, 9}}) ==
          std::vector<float>{7, 2, 9, 4, 5, 6});
}

TEST_CASE("onnx: what is impossible for other classes is no loss", "[onnx]") {
    const float infinite = std::numeric_limits<float>::infinity();
    const onnx_file file =
        file_of({float_value("x", {3, 2}), int64_value("labels", {3})},
                {{"NegativeLogLikelihoodLoss", "", "", {"x", "labels"}, {"y"}, {{"ignore_index", {.integer = 1}}}}},
                {float_value("y", {})});
    CHECK(computed<float>(file, {std::vector<float>{-1, -infinite, -3, 0, 0, -infinite},
                                 std::vector<std::int64_t>{0, 0, 1}})[0] == 2);
}
