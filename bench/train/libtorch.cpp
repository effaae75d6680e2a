// SPDX-License-Identifier: BSL-1.0
// The suites `train` and `dynamic` by libtorch: one thread, gradients that are dropped and not zeroed between steps, so
// that the next ones are moved into place.
#include <bench/train/problem.hpp>

#include <torch/torch.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

namespace bench::train {
namespace {

using at::Tensor;

Tensor copied(const numbers& values, const std::vector<std::int64_t>& extents) {
    return torch::from_blob(const_cast<float*>(values.data()), extents).clone();
}

class libtorch_stepper : public stepper {
public:
    libtorch_stepper(const problem& work, bool channels_last) : net_(work.net), channels_last_(channels_last) {
        at::set_num_threads(1);
        const auto size = std::int64_t(work.size), width = std::int64_t(side);
        for (const batch& b : work.batches) {
            const Tensor rows = copied(b.images, {size, width * width});
            images_.push_back(work.net == network::mlp ? rows : rows.view({size, 1, width, width}));
            labels_.push_back(torch::tensor(std::vector<std::int64_t>(b.labels.begin(), b.labels.end())));
        }
        for (std::size_t l = 0; l < work.layers.size(); ++l) {
            add(weights(work, l));
            add(copied(work.layers[l].biases, {std::int64_t(work.layers[l].biases.size())}));
        }
        if (work.by == optimizer::sgd)
            optimizer_ = std::make_unique<torch::optim::SGD>(parameters_, torch::optim::SGDOptions(sgd_rate));
        else
            optimizer_ = std::make_unique<torch::optim::Adam>(
                parameters_, torch::optim::AdamOptions(adam_rate).betas({beta1, beta2}).eps(epsilon));
    }

    float step() override {
        const std::size_t b = step_++ % batch_count;
        for (Tensor& parameter : parameters_) parameter.mutable_grad() = Tensor();
        const Tensor loss = torch::nn::functional::cross_entropy(forward(images_[b]), labels_[b]);
        loss.backward();
        optimizer_->step();
        return loss.item<float>();
    }

    Tensor logits(std::size_t b) const { return forward(images_[b]); }

private:
    /// [out, in, h, w] or [out, in]; behind a convolution, `in` in the order of its memory.
    Tensor weights(const problem& work, std::size_t l) const {
        const layer& from = work.layers[l];
        const auto out = std::int64_t(from.biases.size()), in = std::int64_t(from.weights.size()) / out;
        const auto k = std::int64_t(kernel), left = std::int64_t(side) / 4, channels = std::int64_t(channels2);
        if (work.net == network::conv && l < 2) {
            const Tensor made = copied(from.weights, {k, k, in / (k * k), out}).permute({3, 2, 0, 1});
            return made.contiguous(channels_last_ ? at::MemoryFormat::ChannelsLast : at::MemoryFormat::Contiguous);
        }
        if (work.net == network::conv && l == 2 && !channels_last_)
            return copied(from.weights, {left, left, channels, out}).permute({3, 2, 0, 1}).reshape({out, in});
        return copied(from.weights, {in, out}).t().contiguous();
    }
    void add(const Tensor& parameter) { parameters_.push_back(parameter.requires_grad_()); }

    Tensor forward(const Tensor& images) const {
        const std::vector<Tensor>& p = parameters_;
        if (net_ == network::mlp) return torch::linear(torch::linear(images, p[0], p[1]).relu_(), p[2], p[3]);
        const auto half = std::int64_t(kernel) / 2;
        Tensor x = images;
        for (const std::size_t l : {std::size_t{0}, std::size_t{2}})
            x = torch::max_pool2d(torch::conv2d(x, p[l], p[l + 1], 1, half).relu_(), 2);
        // Where channels are last, the pixels' order is that of the memory, and nothing is copied.
        x = channels_last_ ? x.permute({0, 2, 3, 1}).flatten(1) : x.flatten(1);
        return torch::linear(torch::linear(x, p[4], p[5]).relu_(), p[6], p[7]);
    }

    network net_;
    bool channels_last_;
    std::vector<Tensor> images_, labels_, parameters_;
    std::unique_ptr<torch::optim::Optimizer> optimizer_;
    std::size_t step_ = 0;
};

/// No gradient is ever asked for, so none is prepared.
class libtorch_predictor : public predictor {
public:
    explicit libtorch_predictor(const problem& work) : net_(work, false) {}
    const float* logits() override {
        const c10::InferenceMode mode;
        logits_ = net_.logits(0);
        return logits_.data_ptr<float>();
    }

private:
    libtorch_stepper net_;
    Tensor logits_;
};

}  // namespace

std::unique_ptr<predictor> predict_by_libtorch(const problem& work) {
    return std::make_unique<libtorch_predictor>(work);
}
std::unique_ptr<stepper> by_libtorch(const problem& work) { return std::make_unique<libtorch_stepper>(work, false); }
std::unique_ptr<stepper> by_libtorch_channels_last(const problem& work) {
    return std::make_unique<libtorch_stepper>(work, true);
}

}  // namespace bench::train
