// SPDX-License-Identifier: BSL-1.0
// The suite `sequence` by libtorch: its own LSTM, GRU and attention, one thread; gradients are dropped and not zeroed
// between steps, so that the next ones are moved into place.
#include <bench/sequence/problem.hpp>

#include <torch/torch.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <tuple>
#include <vector>

namespace bench::sequence {
namespace {

using at::Tensor;

Tensor copied(const numbers& values, const std::vector<std::int64_t>& extents) {
    return torch::from_blob(const_cast<float*>(values.data()), extents).clone();
}

class libtorch_layer : public recurrent_layer {
public:
    libtorch_layer(const layer& work, bool for_training) : kind_(work.kind), n_(std::int64_t(work.units)) {
        at::set_num_threads(1);
        const auto batch = std::int64_t(work.batch), in = std::int64_t(work.in), all = std::int64_t(work.gates()) * n_;
        xs_ = copied(work.xs, {std::int64_t(steps), batch, in});
        targets_ = copied(work.targets, {std::int64_t(steps), batch, n_});
        zero_ = torch::zeros({1, batch, n_});
        const auto in_its_order = [&](const numbers& matrix) {
            return kind_ == cell::lstm ? with_gates(matrix, work.units, std::array<std::size_t, 4>{0, 2, 1, 3})
                                       : matrix;
        };
        of_input_ = copied(in_its_order(work.of_input), {in, all}).t().contiguous();
        of_state_ = copied(in_its_order(work.of_state), {n_, all}).t().contiguous();
        bias_ = copied(in_its_order(work.bias), {all});
        // Its second bias stands beside the first, but in the candidate of a GRU.
        no_bias_ = torch::zeros({kind_ == cell::lstm ? all : 2 * n_});
        state_bias_ = copied(work.state_bias, {n_});
        second_bias_ = kind_ == cell::lstm ? no_bias_ : torch::cat({no_bias_, state_bias_});
        if (!for_training) return;
        parameters_ = {of_input_, of_state_, bias_};
        if (kind_ == cell::gru) parameters_.push_back(state_bias_);
        for (Tensor& each : parameters_) each.requires_grad_();
        optimizer_ = std::make_unique<torch::optim::SGD>(parameters_, torch::optim::SGDOptions(work.rate()));
    }

    const float* outputs() override {
        const c10::InferenceMode mode;
        outputs_ = run();
        return outputs_.data_ptr<float>();
    }
    float step() override {
        for (Tensor& each : parameters_) each.mutable_grad() = Tensor();
        if (kind_ == cell::gru) second_bias_ = torch::cat({no_bias_, state_bias_});
        const Tensor loss = torch::mse_loss(run(), targets_);
        loss.backward();
        optimizer_->step();
        return loss.item<float>();
    }

private:
    Tensor run() const {
        const std::vector<Tensor> weights{of_input_, of_state_, bias_, second_bias_};
        const bool trains = optimizer_ != nullptr;
        if (kind_ == cell::lstm)
            return std::get<0>(at::lstm(xs_, {zero_, zero_}, weights, true, 1, 0, trains, false, false));
        return std::get<0>(at::gru(xs_, zero_, weights, true, 1, 0, trains, false, false));
    }

    cell kind_;
    std::int64_t n_;
    Tensor xs_, targets_, zero_, of_input_, of_state_, bias_, no_bias_, state_bias_, second_bias_, outputs_;
    std::vector<Tensor> parameters_;
    std::unique_ptr<torch::optim::SGD> optimizer_;
};

/// What its `MultiheadAttention` takes without gradients.
class libtorch_attention : public attending {
public:
    explicit libtorch_attention(const attention& work) {
        at::set_num_threads(1);
        const auto units = std::int64_t(attention::units);
        x_ = copied(work.x, {1, std::int64_t(attention::length), units});
        std::vector<Tensor> weights, biases;
        for (std::size_t i = 0; i < 4; ++i) {
            weights.push_back(copied(work.weights[i], {units, units}).t().contiguous());
            biases.push_back(copied(work.biases[i], {units}));
        }
        in_weights_ = torch::cat({weights[0], weights[1], weights[2]});
        in_biases_ = torch::cat({biases[0], biases[1], biases[2]});
        out_weights_ = weights[3];
        out_biases_ = biases[3];
    }
    const float* outputs() override {
        const c10::InferenceMode mode;
        outputs_ = std::get<0>(at::_native_multi_head_attention(x_, x_, x_, std::int64_t(attention::units),
                                                                std::int64_t(attention::heads), in_weights_, in_biases_,
                                                                out_weights_, out_biases_, {}, false));
        return outputs_.data_ptr<float>();
    }

private:
    Tensor x_, in_weights_, in_biases_, out_weights_, out_biases_, outputs_;
};

}  // namespace

std::unique_ptr<recurrent_layer> layer_by_libtorch(const layer& work, bool for_training) {
    return std::make_unique<libtorch_layer>(work, for_training);
}
std::unique_ptr<attending> attention_by_libtorch(const attention& work) {
    return std::make_unique<libtorch_attention>(work);
}

}  // namespace bench::sequence
