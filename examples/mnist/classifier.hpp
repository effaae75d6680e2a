// SPDX-License-Identifier: BSL-1.0
// The model: 784 pixels, 500 hidden units, 10 classes. One description of the layers makes two models over the same
// variables: a trainer for small batches, and an evaluator for large ones.
//
//     trainer t(seed{1});
//     auto [loss, right] = t.run<&training::outputs::loss, …, &training::outputs::train>(images, labels);
//     evaluator e(t.parameters());
//     auto [guesses, losses] = e(images, labels);
#pragma once

#include "digit.hpp"

#include <ambit/ambit.hpp>
#include <ambit/nn/metrics.hpp>
#include <ambit/ops/sparse_softmax_cross_entropy.hpp>
#include <ambit/optim/adam.hpp>
#include <ambit/optim/minimize.hpp>

#include <cstddef>
#include <cstdint>

namespace mnist {

using namespace ambit;

inline constexpr std::size_t training_batch = 32;
inline constexpr std::size_t evaluation_batch = 100;

constexpr tensor logits_of(scope& s, const tensor& images) {
    const tensor hidden = dense(s, "hidden", images, 500);
    return dense(s, "logits", relu(hidden), class_count);
}

struct training {
    struct outputs {
        tensor loss, accuracy;
        operation train;
    };
    constexpr outputs operator()(scope& s, const tensor& images, const tensor& labels) const {
        const tensor logits = logits_of(s, images);
        const tensor loss = reduce_mean(sparse_softmax_cross_entropy(logits, labels));
        return {loss, accuracy(logits, labels), minimize(s, loss, adam{.learning_rate = 1e-3})};
    }
};

/// The same layers; what it gives is of each example, so that padding can be left out.
struct evaluation {
    struct outputs {
        tensor guesses, losses;
    };
    constexpr outputs operator()(scope& s, const tensor& images, const tensor& labels) const {
        const tensor logits = logits_of(s, images);
        return {argmax(logits, -1), sparse_softmax_cross_entropy(logits, labels)};
    }
};

using trainer = model<training, input<float, training_batch, pixel_count>, input<std::int32_t, training_batch>>;
using evaluator = model<evaluation, input<float, evaluation_batch, pixel_count>, input<std::int32_t, evaluation_batch>>;

}  // namespace mnist
