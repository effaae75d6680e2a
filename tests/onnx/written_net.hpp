// A net of the tests, as `ambit import` writes it.
#pragma once

#include <ambit/ambit.hpp>

struct written_net {
    struct outputs {
        ambit::tensor logits, probabilities;
    };

    constexpr outputs operator()(ambit::scope& s, const ambit::tensor& image) const {
        using namespace ambit;
        const tensor conv1_weight = s.get_variable("conv1/weight", {2, 1, 3, 3}, {.initializer = zeros()});
        const tensor transpose_1 = transpose(conv1_weight, {2, 3, 1, 0});
        const tensor transpose_1_1 = transpose(image, {0, 2, 3, 1});
        const tensor conv2d_1 = conv2d(transpose_1_1, transpose_1, {.strides = {2, 2}, .padding = explicit_pads(1, 1, 1, 1), .dilations = {1, 1}});
        const tensor transpose_2 = transpose(conv2d_1, {0, 3, 1, 2});
        const tensor conv1_bias = s.get_variable("conv1/bias", {2}, {.initializer = zeros()});
        const tensor reshape_1 = reshape(conv1_bias, shape{1, 2, 1, 1});
        const tensor add_1 = add(transpose_2, reshape_1);
        const tensor relu_1 = relu(add_1);
        const tensor transpose_3 = transpose(relu_1, {0, 2, 3, 1});
        const tensor max_pool_1 = max_pool(transpose_3, {.window = {2, 2}, .strides = {1, 1}, .padding = explicit_pads(0, 0, 0, 0)});
        const tensor transpose_4 = transpose(max_pool_1, {0, 3, 1, 2});
        const tensor reshape_1_1 = reshape(transpose_4, shape{1, 8});
        const tensor fc_weight = s.get_variable("fc/weight", {3, 8}, {.initializer = zeros()});
        const tensor matmul_1 = matmul(reshape_1_1, fc_weight, {.transpose_b = true});
        const tensor fc_bias = s.get_variable("fc/bias", {3}, {.initializer = zeros()});
        const tensor add_1_1 = add(matmul_1, fc_bias);
        const tensor softmax_1 = softmax(add_1_1, {.axis = 1});
        return {add_1_1, softmax_1};
    }
};
