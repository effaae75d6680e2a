// SPDX-License-Identifier: BSL-1.0
// A net that learns on a microcontroller: variables, optimizer, and noise of its own, and no heap.
#include "program.hpp"

#include <ambit/model/model.hpp>
#include <ambit/model/parameters_in_place.hpp>
#include <ambit/nn/dense.hpp>
#include <ambit/nn/dropout.hpp>
#include <ambit/nn/layer_normalization.hpp>
#include <ambit/nn/losses.hpp>
#include <ambit/optim/adam.hpp>
#include <ambit/optim/minimize.hpp>

#include <array>
#include <cstddef>
#include <cstdint>

using namespace ambit;

namespace {

struct classifier {
    struct outputs {
        tensor logits, loss;
        operation train;
    };
    constexpr outputs operator()(scope& s, tensor x, tensor labels) const {
        tensor h = relu(conv2d(x, s.get_variable("filter", {3, 1, 2, 6}), {.padding = same}));
        h = layer_normalization(s, "norm", reshape(h, {5, 48}));
        h = dropout(s, dense(s, "hidden", h, 10, {.activation = ambit::tanh}), {.rate = 0.25});
        const tensor logits = dense(s, "logits", h, 3);
        const tensor loss = reduce_mean(sparse_softmax_cross_entropy(logits, labels));
        return {logits, loss, minimize(s, loss, adam{.learning_rate = 1e-2f})};
    }
};
using trainer = stored_model<storage::in_place, classifier, input<float, 5, 8, 1, 2>, input<std::int32_t, 5>>;

parameters_in_place<trainer> variables(seed{1});
trainer net(variables.parameters(), seed{2});

}  // namespace

int main() {
    std::array<float, 80> x{};
    std::array<std::int32_t, 5> labels{};
    for (std::size_t i = 0; i < x.size(); ++i) x[i] = static_cast<float>((i * 7919) % 1013) / 1013.0F - 0.5F;
    for (std::size_t i = 0; i < labels.size(); ++i) labels[i] = static_cast<std::int32_t>(i % 3);
    bits all;
    float first = 0, last = 0;
    for (int step = 0; step < 20; ++step) {
        last = net.run<&classifier::outputs::loss, &classifier::outputs::train>(x, labels);
        all.add(last);
        if (step == 0) first = last;
    }
    const auto weights = net.get<"hidden/weights">();
    for (std::size_t i = 0; i < 480; ++i) all.add(weights.data()[i]);
    print("bits", all.value());
    print_memory<memory_of<trainer>>();
    return last < first ? 0 : 1;
}
