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
