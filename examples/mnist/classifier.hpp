// SPDX-License-Identifier: BSL-1.0
// What a net is for. One description of its layers makes two models over the same variables: a trainer for small
// batches, and an evaluator for large ones.
//
//     trainer<conv_net> t(seed{1});
//     auto [loss, right] = t.run<&training_outputs::loss, …, &training_outputs::train>(images, labels);
//     evaluator<conv_net> e(t.parameters());
//     auto [guesses, losses] = e(images, labels);
#pragma once

#include "digit.hpp"
#include "nets.hpp"

#include <ambit/ambit.hpp>
#include <ambit/model/compact_weights.hpp>
#include <ambit/nn/metrics.hpp>
#include <ambit/ops/all.hpp>
#include <ambit/optim/adam.hpp>
#include <ambit/optim/minimize.hpp>

#include <cstddef>
#include <cstdint>

namespace mnist {

inline constexpr std::size_t training_batch = 32;
inline constexpr std::size_t evaluation_batch = 100;

struct training_outputs {
    tensor loss, accuracy;
    operation train;
};
template <class Net> struct training {
    using outputs = training_outputs;
    constexpr outputs operator()(scope& s, const tensor& images, const tensor& labels) const {
        const tensor logits = Net::logits(s, images, purpose::training);
        const tensor loss = reduce_mean(sparse_softmax_cross_entropy(logits, labels));
        return {loss, accuracy(logits, labels), minimize(s, loss, adam{.learning_rate = 1e-3})};
    }
};

/// The same layers; what it gives is of each example, so that padding can be left out.
struct evaluation_outputs {
    tensor guesses, losses;
};
template <class Net> struct evaluation {
    using outputs = evaluation_outputs;
    constexpr outputs operator()(scope& s, const tensor& images, const tensor& labels) const {
        const tensor logits = Net::logits(s, images, purpose::evaluation);
        return {argmax(logits, -1), sparse_softmax_cross_entropy(logits, labels)};
    }
};

template <std::int64_t Batch> using pictures_of = input<float, Batch, side, side, 1>;
template <std::int64_t Batch> using labels_of = input<std::int32_t, Batch>;

template <class Net> using trainer = model<training<Net>, pictures_of<training_batch>, labels_of<training_batch>>;
template <class Net>
using evaluator = model<evaluation<Net>, pictures_of<evaluation_batch>, labels_of<evaluation_batch>>;

/// The same with weights in a half or a quarter of the bytes.
template <class Net, weight_format Format>
using compact_evaluator =
    model<weights_as<Format, evaluation<Net>>, pictures_of<evaluation_batch>, labels_of<evaluation_batch>>;

}  // namespace mnist
