// SPDX-License-Identifier: BSL-1.0
// The nets: from pictures [batch, 28, 28, 1] to logits [batch, 10].
//
//     tensor logits = conv_net::logits(s, images, purpose::training);
#pragma once

#include "digit.hpp"

#include <ambit/graphs.hpp>
#include <ambit/nn/dense.hpp>
#include <ambit/nn/dropout.hpp>

#include <cstdint>
#include <string_view>

namespace mnist {

using namespace ambit;

enum class purpose { training, evaluation };

/// 784 pixels, 500 hidden units, 10 classes.
struct dense_net {
    static constexpr int epochs = 12;  ///< unless a user wants another number

    static constexpr tensor logits(scope& s, const tensor& images, purpose) {
        const tensor pixels = reshape(images, {-1, pixel_count});
        const tensor hidden = dense(s, "hidden", pixels, 500);
        return dense(s, "logits", relu(hidden), class_count);
    }
};

/// That of the TensorFlow tutorial "Deep MNIST for experts": two convolutions 5 x 5, each with a maximum of 2 x 2
/// pixels, 1024 hidden units of which half are dropped while it trains, 10 classes.
struct conv_net {
    static constexpr int epochs = 8;

    static constexpr tensor logits(scope& s, const tensor& images, purpose why) {
        const tensor edges = layer(s, "conv1", images, 32);
        const tensor shapes = layer(s, "conv2", edges, 64);
        const tensor features = reshape(shapes, {-1, side / 4 * (side / 4) * 64});
        const tensor hidden = relu(dense(s, "hidden", features, 1024));
        const tensor kept = dropout(s, hidden, {.rate = 0.5, .training = why == purpose::training});
        return dense(s, "logits", kept, class_count);
    }

private:
    static constexpr tensor layer(scope& s, std::string_view name, const tensor& x, std::int64_t channels) {
        auto inside = s.variable_scope(name);
        const variable weights = inside.get_variable("weights", {5, 5, x.shape()[3], channels});
        const variable biases = inside.get_variable("biases", {channels}, {.initializer = zeros()});
        const tensor filtered = conv2d(x, weights, {.padding = same});
        const tensor active = relu(filtered + biases);
        return max_pool(active);
    }
};

}  // namespace mnist
