// SPDX-License-Identifier: BSL-1.0
// The network of the TensorFlow tutorial "Convolutional neural networks" for CIFAR-10, under its names: two
// convolutions 5 x 5, each with a maximum and a normalization, two hidden layers with weight decay. It trains in
// towers, which share one set of variables; the mean of their losses has the mean of their gradients.
#pragma once

#include "picture.hpp"

#include <ambit/ambit.hpp>

#include <cstdint>
#include <string_view>

namespace cifar10 {

using namespace ambit;

/// How wide the layers are: those of the tutorial, or fewer.
struct widths {
    std::int64_t convolved = 64, local3 = 384, local4 = 192;
};

class network {
public:
    /// Pictures [batch, 24, 24, 3], whitened, to logits [batch, 10].
    static constexpr tensor logits(scope& s, const tensor& images, const widths& of = {}) {
        tensor x = convolved(s, "conv1", images, of.convolved, 0.0);
        x = max_pool(x, {.window = {3, 3}, .strides = {2, 2}, .padding = same, .name = "pool1"});
        x = local_response_normalization(x, neighbours("norm1"));
        x = convolved(s, "conv2", x, of.convolved, 0.1);
        x = local_response_normalization(x, neighbours("norm2"));
        x = max_pool(x, {.window = {3, 3}, .strides = {2, 2}, .padding = same, .name = "pool2"});
        x = reshape(x, {images.shape()[0], -1});
        x = relu(connected(s, "local3", x, of.local3, 0.04, 0.004, 0.1));
        x = relu(connected(s, "local4", x, of.local4, 0.04, 0.004, 0.1));
        return connected(s, "softmax_linear", x, classes, 1 / static_cast<double>(of.local4), 0, 0);
    }

    /// The mean of the towers' losses and the weight decay: pictures [towers, batch, 24, 24, 3], labels
    /// [towers, batch].
    static constexpr tensor loss_of_towers(scope& s, const tensor& images, const tensor& labels,
                                           const widths& of = {}) {
        const auto pictures = unstack(images);
        const auto answers = unstack(labels);
        const int count = static_cast<int>(images.shape()[0]);
        tensor sum;
        auto shared = s.variable_scope(s.handle(), {.reuse = auto_reuse});  // made by the first tower, used by all
        for (int i = 0; i < count; ++i) {
            auto tower = shared.name_scope(name("tower_", i));
            const tensor losses = sparse_softmax_cross_entropy(logits(shared, pictures[i], of), answers[i]);
            const tensor loss = reduce_mean(losses);
            sum = i == 0 ? loss : sum + loss;
        }
        shared.close();
        return sum / count + regularization_loss(s);
    }

private:
    static constexpr local_response_normalization_options neighbours(std::string_view name) {
        return {.depth_radius = 4, .bias = 1, .alpha = 0.001 / 9, .beta = 0.75, .name = name};
    }

    static constexpr tensor convolved(scope& s, std::string_view name, const tensor& x, std::int64_t channels,
                                      double bias) {
        auto own = s.variable_scope(name);
        const variable weights = own.get_variable("weights", {5, 5, x.shape()[3], channels},
                                                  {.initializer = truncated_normal({.standard_deviation = 0.05})});
        const variable biases = own.get_variable("biases", {channels}, {.initializer = constant(bias)});
        return relu(conv2d(x, weights, {.padding = same}) + biases);
    }

    /// `decay` times half the sum of the squared weights goes into the losses, once for all towers.
    static constexpr tensor connected(scope& s, std::string_view name, const tensor& x, std::int64_t units,
                                      double deviation, double decay, double bias) {
        auto own = s.variable_scope(name);
        variable_options options{.initializer = truncated_normal({.standard_deviation = deviation})};
        if (decay > 0) options.regularizer = l2_regularizer(decay);
        const variable weights = own.get_variable("weights", {x.shape()[1], units}, options);
        const variable biases = own.get_variable("biases", {units}, {.initializer = constant(bias)});
        return matmul(x, weights) + biases;
    }
};

struct learner {
    struct outputs {
        tensor loss;
        operation train;
    };

    /// Pictures [towers, batch, 24, 24, 3] and their labels [towers, batch].
    constexpr outputs operator()(scope& s, tensor images, tensor labels) const {
        const tensor loss = network::loss_of_towers(s, images, labels);
        const variable step = s.get_variable("global_step", {}, {.dtype = int64, .trainable = false});
        const tensor rate = scheduled(exponential_decay({.initial = 0.05, .steps = 3000, .rate = 0.1}), step);
        const operation trained = minimize(s, loss, sgd{.learning_rate = rate}, {.global_step = step});
        const exponential_moving_average averages{.decay = 0.99, .num_updates = step};
        return {loss, group({trained, averages.apply(s)})};
    }
};

/// Which class, by the moving averages of the variables.
struct classifier {
    constexpr tensor operator()(scope& s, tensor images) const {  // [batch, 24, 24, 3]
        auto all = s.variable_scope(s.handle(), {.custom_getter = averaged});
        return argmax(network::logits(all, images), 1);
    }
};

}  // namespace cifar10
