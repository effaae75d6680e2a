// SPDX-License-Identifier: BSL-1.0
// Training as a workload, and what programs that train have in common: the networks as modules of ambit, its stepper,
// and who steps and has its losses checked.
#pragma once

#include <ambit/ambit.hpp>

#include <bench/contender.hpp>
#include <bench/train/problem.hpp>
#include <bench/train/reference.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace bench::train {

template <network Net, std::size_t Batch, optimizer By> struct training {
    static constexpr network net = Net;
    static constexpr std::size_t batch = Batch;
    static constexpr optimizer by = By;
    /// A loss shows what all steps before it did: without the gradient of one layer's biases some loss is off by 100 to
    /// 30,000 ulps.
    static constexpr std::size_t checked_steps = Net == network::mlp ? 6 : 3;

    static std::string workload() {
        return std::string(Net == network::mlp ? "mlp" : "conv") + "_batch_" + std::to_string(Batch) +
               (By == optimizer::sgd ? "_sgd" : "_adam");
    }
    static std::string name() { return "train/" + workload(); }

    train::problem problem = make_problem(Net, By, Batch);
    expectation right;

    training() {
        for (const double loss : reference_losses(problem, checked_steps)) right.add_near(loss, 16);
    }
};

/// Trains a `Stepper`; what is checked are losses.
template <class W, class Stepper> class stepping {
public:
    static constexpr double tolerance = Stepper::tolerance;

    explicit stepping(const W& work) : stepper_(work.problem) {}
    std::array<const float*, 1> operator()() {
        loss_ = stepper_.step();
        return {&loss_};
    }
    std::array<const float*, 1> for_check() {
        for (std::size_t step = 0; step < W::checked_steps; ++step) losses_.push_back(stepper_.step());
        return {losses_.data()};
    }

private:
    Stepper stepper_;
    float loss_ = 0;
    std::vector<float> losses_;
};

// ---- ambit --------------------------------------------------------------------------------------------------------

struct outputs {
    ambit::tensor loss;
    ambit::operation train;
};

template <optimizer By>
constexpr outputs trained(ambit::scope& s, const ambit::tensor& logits, const ambit::tensor& labels) {
    const ambit::tensor loss = reduce_mean(sparse_softmax_cross_entropy(logits, labels));
    if constexpr (By == optimizer::sgd) return {loss, minimize(s, loss, ambit::sgd{.learning_rate = sgd_rate})};
    else return {loss, minimize(s, loss, ambit::adam{.learning_rate = adam_rate})};
}

constexpr std::int64_t count(std::size_t number) { return static_cast<std::int64_t>(number); }

constexpr ambit::tensor mlp_logits(ambit::scope& s, const ambit::tensor& images) {
    const ambit::tensor hidden = relu(dense(s, "hidden", images, count(mlp_units)));
    return dense(s, "logits", hidden, count(classes));
}

template <optimizer By> struct mlp {
    using outputs = train::outputs;
    constexpr outputs operator()(ambit::scope& s, const ambit::tensor& images, const ambit::tensor& labels) const {
        return trained<By>(s, mlp_logits(s, images), labels);
    }
};

constexpr ambit::tensor conv_layer(ambit::scope& s, std::string_view name, const ambit::tensor& x,
                                   std::size_t channels) {
    auto layer = s.variable_scope(name);
    const std::int64_t k = count(kernel);
    const ambit::variable weights = layer.get_variable("weights", {k, k, x.shape()[3], count(channels)});
    const ambit::variable biases = layer.get_variable("biases", {count(channels)}, {.initializer = ambit::zeros()});
    const ambit::tensor filtered = conv2d(x, weights, {.padding = ambit::same});
    return max_pool(relu(filtered + biases));
}

template <optimizer By> struct conv {
    using outputs = train::outputs;
    constexpr outputs operator()(ambit::scope& s, const ambit::tensor& images, const ambit::tensor& labels) const {
        ambit::tensor x = conv_layer(s, "conv1", images, channels1);
        x = conv_layer(s, "conv2", x, channels2);
        x = reshape(x, {images.shape()[0], count(flat)});
        x = relu(dense(s, "hidden", x, count(conv_units)));
        return trained<By>(s, dense(s, "logits", x, count(classes)), labels);
    }
};

template <network Net, optimizer By> using module_of = std::conditional_t<Net == network::mlp, mlp<By>, conv<By>>;

template <class W> class ambit_stepper {
public:
    static constexpr double tolerance = 1;

    explicit ambit_stepper(const problem& work) : work_(&work) {
        constexpr std::size_t area = kernel * kernel;
        if constexpr (W::net == network::mlp) {
            set<"hidden/weights", "hidden/biases", pixels, mlp_units>(0);
            set<"logits/weights", "logits/biases", mlp_units, classes>(1);
        } else {
            set<"conv1/weights", "conv1/biases", area, channels1>(0);
            set<"conv2/weights", "conv2/biases", area * channels1, channels2>(1);
            set<"hidden/weights", "hidden/biases", flat, conv_units>(2);
            set<"logits/weights", "logits/biases", conv_units, classes>(3);
        }
    }
    float step() {
        const train::batch& next = work_->batches[step_++ % batch_count];
        return net_.template run<&outputs::train, &outputs::loss>(
            std::span<const float, W::batch * pixels>(next.images),
            std::span<const std::int32_t, W::batch>(next.labels));
    }

private:
    template <ambit::fixed_string Weights, ambit::fixed_string Biases, std::size_t In, std::size_t Out>
    void set(std::size_t layer) {
        net_.template set<Weights>(std::span<const float, In * Out>(work_->layers[layer].weights));
        net_.template set<Biases>(std::span<const float, Out>(work_->layers[layer].biases));
    }

    static constexpr std::int64_t batch = count(W::batch), width = count(side);
    using images = std::conditional_t<W::net == network::mlp, ambit::input<float, batch, width * width>,
                                      ambit::input<float, batch, width, width, 1>>;
    ambit::model<module_of<W::net, W::by>, images, ambit::input<std::int32_t, batch>> net_{ambit::seed{1}};
    const problem* work_;
    std::size_t step_ = 0;
};

// ---- peers --------------------------------------------------------------------------------------------------------

template <make_stepper Make, int Tolerance = 1> class peer {
public:
    static constexpr double tolerance = Tolerance;

    explicit peer(const problem& work) : stepper_(Make(work)) {}
    float step() { return stepper_->step(); }

private:
    std::unique_ptr<stepper> stepper_;
};

}  // namespace bench::train
