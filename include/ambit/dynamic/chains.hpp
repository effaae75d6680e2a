// SPDX-License-Identifier: BSL-1.0
// What layers of floats and their optimizers do element by element, compiled for dynamic models as one loop each.
#pragma once

#include <ambit/graph/frozen_graph.hpp>
#include <ambit/nn/dense.hpp>
#include <ambit/ops/all.hpp>
#include <ambit/optim/adagrad.hpp>
#include <ambit/optim/adam.hpp>
#include <ambit/optim/minimize.hpp>
#include <ambit/optim/rmsprop.hpp>
#include <ambit/optim/sgd.hpp>
#include <ambit/registry/compiled_chain.hpp>

namespace AMBIT_NAMESPACE::registry_parts {

struct layers_with_relu {
    struct outputs {
        tensor dense, filtered;
    };
    constexpr outputs operator()(scope& s, tensor x, tensor image) const {
        const variable weights = s.get_variable("weights", {3, 3, 2, 2});
        const variable biases = s.get_variable("biases", {2});
        const tensor filtered = conv2d(image, weights, {.padding = same});
        return {relu(ambit::dense(s, "dense", x, 5)), relu(filtered + biases)};
    }
};

/// Two dense layers, the first with relu, and one step down the gradient of a mean.
template <class Optimizer> struct trained_layers {
    struct outputs {
        tensor loss;
        operation train;
    };
    constexpr outputs operator()(scope& s, tensor x, tensor labels) const {
        const tensor hidden = relu(dense(s, "hidden", x, 5));
        const tensor loss = reduce_mean(sparse_softmax_cross_entropy(dense(s, "logits", hidden, 3), labels));
        return {loss, minimize(s, loss, Optimizer{})};
    }
};

// What is another chain with another option.
struct decaying_adam : adam {
    constexpr decaying_adam() : adam{.weight_decay = 0.01} {}
};
struct rmsprop_with_momentum : rmsprop {
    constexpr rmsprop_with_momentum() : rmsprop{.momentum = 0.9} {}
};
struct centered_rmsprop : rmsprop {
    constexpr centered_rmsprop() : rmsprop{.centered = true} {}
};
using plain_momentum = ambit::momentum;  // which has a member of that name
struct nesterov_momentum : plain_momentum {
    constexpr nesterov_momentum() : plain_momentum{.nesterov = true} {}
};

/// Compiles the updates of an optimizer, with the gradients as they are and clipped by a norm.
template <class Optimizer> struct clipped_layers {
    struct outputs {
        tensor loss;
        operation train;
    };
    constexpr outputs operator()(scope& s, tensor x, tensor labels) const {
        const tensor loss = reduce_mean(sparse_softmax_cross_entropy(dense(s, "logits", x, 3), labels));
        return {loss, minimize(s, loss, Optimizer{}, {.clip = clip_by_global_norm(1)})};
    }
};
template <class... Optimizers> void add_chains_of_optimizers(kernel_table& table) {
    (add_chains_of<trained_layers<Optimizers>, input<float, 3, 4>, input<std::int32_t, 3>>(table), ...);
    (add_chains_of<clipped_layers<Optimizers>, input<float, 3, 4>, input<std::int32_t, 3>>(table), ...);
}

[[gnu::weak]] void add_chains(kernel_table& table) {
    add_chains_of<layers_with_relu, input<float, 3, 4>, input<float, 1, 4, 4, 2>>(table);
    add_chains_of_optimizers<sgd, momentum, nesterov_momentum, adam, decaying_adam, rmsprop, rmsprop_with_momentum,
                             centered_rmsprop, adagrad>(table);
}

}  // namespace ambit::registry_parts
