// SPDX-License-Identifier: BSL-1.0
// What layers of floats and their optimizers do element by element, compiled for dynamic models as one loop each.
#pragma once

#include <ambit/graph/frozen_graph.hpp>
#include <ambit/nn/dense.hpp>
#include <ambit/ops/all.hpp>
#include <ambit/optim/adam.hpp>
#include <ambit/optim/minimize.hpp>
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

[[gnu::weak]] void add_chains(kernel_table& table) {
    add_chains_of<layers_with_relu, input<float, 3, 4>, input<float, 1, 4, 4, 2>>(table);
    add_chains_of<trained_layers<sgd>, input<float, 3, 4>, input<std::int32_t, 3>>(table);
    add_chains_of<trained_layers<momentum>, input<float, 3, 4>, input<std::int32_t, 3>>(table);
    add_chains_of<trained_layers<adam>, input<float, 3, 4>, input<std::int32_t, 3>>(table);
}

}  // namespace ambit::registry_parts
