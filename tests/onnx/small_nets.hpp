// SPDX-License-Identifier: BSL-1.0
// Modules that are written as ONNX files, and a file that is read.
#pragma once

#include "messages.hpp"

#include <ambit/ops/all.hpp>
#include <ambit/scope/scope.hpp>

#include <vector>

namespace onnx_tests {

/// Convolutions of both kinds, pools, and a classifier.
struct small_images {
    struct outputs {
        ambit::tensor logits, label;
    };
    constexpr outputs operator()(ambit::scope& s, const ambit::tensor& x) const {
        using namespace ambit;
        tensor h = relu(conv2d(x, s.get_variable("conv1/weights", {3, 3, 3, 4}), {.padding = same}));
        h = max_pool(h, {.window = {2, 2}, .strides = {2, 2}});
        h = depthwise_conv2d(h, s.get_variable("conv2/weights", {3, 3, 4, 2}), {.padding = explicit_pads(1, 1, 0, 1)});
        h = avg_pool(gelu(h), {.window = {3, 3}, .strides = {2, 2}, .padding = same, .ceil_mode = false});
        h = flatten(leaky_relu(h, {.alpha = 0.1}));
        const tensor weights = s.get_variable("logits/weights", {h.shape()[1], 5});
        const tensor logits = matmul(h, weights) + s.get_variable("logits/biases", {5});
        return {log_softmax(logits), argmax(logits, -1)};
    }
};

/// Convolutions along one axis; what is longest of sequences, which are turned around.
struct small_lines {
    struct outputs {
        ambit::tensor y, first, backwards;
    };
    constexpr outputs operator()(ambit::scope& s, const ambit::tensor& x) const {
        using namespace ambit;
        tensor h = relu(conv1d(x, s.get_variable("a", {3, 4, 6}), {.stride = 2, .padding = same}));
        h = tanh(conv1d(h, s.get_variable("b", {2, 6, 6}), {.padding = explicit_pads(2, 0), .dilation = 2}));
        h = conv1d(h, s.get_variable("c", {3, 3, 4}), {.groups = 2});
        const auto [values, places] = top_k(h, 2);
        const tensor lengths = cast(reduce_max(places, {.axes = {1, 2}}) + 1, int64);
        return {h, values, reverse_sequence(h, lengths)};
    }
};

/// Images made larger, by each way.
struct small_decoder {
    struct outputs {
        ambit::tensor image, corners, blocks, spread;
    };
    constexpr outputs operator()(ambit::scope& s, const ambit::tensor& x) const {
        using namespace ambit;
        tensor h = conv2d_transpose(x, s.get_variable("a", {3, 3, 4, 4}), any_shape,
                                    {.strides = {2, 2}, .padding = explicit_pads(1), .output_padding = {1, 0}});
        h = conv2d_transpose(tanh(h), s.get_variable("b", {4, 3, 4, 4}), {2, 15, 13, 4},
                             {.strides = {2, 2}, .padding = same});
        h = conv2d_transpose(h, s.get_variable("c", {1, 2, 1, 4}), any_shape, {.strides = {2, 1}, .groups = 4});
        const tensor corners = resize_bilinear(x, 7, 5, {.align_corners = true}) +
                               resize_bilinear(x, 7, 5, {.half_pixel_centers = true}) + resize_bilinear(x, 7, 5);
        const tensor pixels = resize_nearest(x, 7, 5) + resize_nearest(x, 7, 5, {.half_pixel_centers = true}) +
                              resize_nearest(x, 7, 5, {.rounding = resize_rounding::up});
        const tensor cubic = resize_bicubic(x, 7, 5, {.half_pixel_centers = true});
        return {h, corners + pixels + cubic, space_to_depth(x, 2), depth_to_space(x, 2)};
    }
};

/// A convolution along one axis whose weights may be compact.
struct shared_lines {
    constexpr ambit::tensor operator()(ambit::scope& s, const ambit::tensor& x) const {
        using namespace ambit;
        return conv1d(x, s.get_variable("conv/weights", {3, 4, 5}), {.stride = 2, .padding = same});
    }
};

/// A convolution, and a product with weights that are read twice.
struct shared_images {
    constexpr ambit::tensor operator()(ambit::scope& s, const ambit::tensor& x) const {
        using namespace ambit;
        const conv2d_options options{.strides = {2, 2}, .padding = same};
        tensor h = relu(conv2d(x, s.get_variable("conv/weights", {3, 3, 3, 4}), options));
        const variable shared = s.get_variable("shared", {16, 16});
        h = tanh(matmul(reshape(h, {-1, 4, 16}), shared));
        return matmul(flatten(matmul(h, shared)), s.get_variable("last", {64, 5}));
    }
};

/// What moves, reduces and chooses elements of rows.
struct small_rows {
    struct outputs {
        ambit::tensor y, z;
    };
    constexpr outputs operator()(ambit::scope& s, const ambit::tensor& x) const {
        using namespace ambit;
        const auto [mean, variance] = moments(x, {.axes = -1, .keep_dims = true});
        const tensor normal = (x - mean) * rsqrt(variance + 1e-5F);
        const tensor scores = matmul(normal, transpose(normal, {0, 2, 1}));
        const tensor attended = matmul(softmax(scores, {.axis = -1}), clip(normal, -1, 1));
        const auto [left, right] = split<2>(attended, -1);
        const tensor glued =
            concat({reverse(left, {1}),
                    strided_slice(right, {.begin = {0, 0, -1}, .end = {3, 4, unbounded}, .strides = {1, 1, -1}})},
                   1);
        const tensor padded = pad(glued, {{0, 0}, {1, 2}, {0, 0}}, {.constant_value = 0.5});
        const tensor table = s.get_variable("table", {4, 3});
        const tensor chosen = gather(table, argmax(scores, -1));
        const tensor is_large = logical_and(greater(chosen, 0.1F), logical_not(is_nan(chosen)));
        return {reduce_sum(square(padded), {.axes = {0, 2}}),
                where(is_large, elu(chosen), expm1(chosen) * floor_mod(chosen, 0.25F))};
    }
};

/// A net as PyTorch exports one: images [n, c, h, w], weights named by their modules.
inline ambit::onnx_file written_file() {
    using namespace ambit;
    std::vector<float> kernel, matrix;
    for (int i = 0; i < 2 * 1 * 3 * 3; ++i) kernel.push_back(static_cast<float>(i % 5) * 0.25F - 0.5F);
    for (int i = 0; i < 3 * 8; ++i) matrix.push_back(static_cast<float>(i % 7) * 0.125F - 0.375F);
    onnx_file file =
        file_of({float_value("image", {1, 1, 5, 5})},
                {{"Conv",
                  "",
                  "conv1",
                  {"image", "conv1.weight", "conv1.bias"},
                  {"a"},
                  {{"pads", {.integers = {1, 1, 1, 1}}}, {"strides", {.integers = {2, 2}}}}},
                 {"Relu", "", "act", {"a"}, {"b"}, {}},
                 {"MaxPool", "", "pool", {"b"}, {"c"}, {{"kernel_shape", {.integers = {2, 2}}}}},
                 {"Flatten", "", "flat", {"c"}, {"d"}, {}},
                 {"Gemm", "", "fc", {"d", "fc.weight", "fc.bias"}, {"logits"}, {{"transB", {.integer = 1}}}},
                 {"Softmax", "", "out", {"logits"}, {"probabilities"}, {}}},
                {float_value("logits", {1, 3}), float_value("probabilities", {1, 3})});
    file.graph.initializers = {{"conv1.weight", floats({2, 1, 3, 3}, kernel)},
                               {"conv1.bias", floats({2}, {0.5F, -0.25F})},
                               {"fc.weight", floats({3, 8}, matrix)},
                               {"fc.bias", floats({3}, {0.0F, 0.125F, 0.25F})}};
    return file;
}

}  // namespace onnx_tests
