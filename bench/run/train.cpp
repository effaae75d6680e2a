// SPDX-License-Identifier: BSL-1.0
// One step of training: forward, backward, update. A net of dense layers and one of convolutions, with gradient
// descent and with Adam; the losses of the first steps are compared with training in double precision.
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

namespace {

using namespace bench;
using bench::train::network;
using bench::train::optimizer;

template <network Net, std::size_t Batch, optimizer By> struct training {
    static constexpr network net = Net;
    static constexpr std::size_t batch = Batch;
    static constexpr optimizer by = By;
    /// A loss shows what all steps before it did: without the gradient of one layer's biases some loss is off by 100 to
    /// 30,000 ulps.
    static constexpr std::size_t checked_steps = Net == network::mlp ? 6 : 3;

    static std::string name() {
        return std::string("train/") + (Net == network::mlp ? "mlp" : "conv") + "_batch_" + std::to_string(Batch) +
               (By == optimizer::sgd ? "_sgd" : "_adam");
    }

    train::problem problem = train::make_problem(Net, By, Batch);
    expectation right;

    training() {
        for (const double loss : train::reference_losses(problem, checked_steps)) right.add_near(loss, 16);
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

// ---- ambit ------------------------------------------------------------------------------------------------

using namespace ambit;

struct outputs {
    tensor loss;
    operation train;
};

template <optimizer By> constexpr outputs trained(scope& s, const tensor& logits, const tensor& labels) {
    const tensor loss = reduce_mean(sparse_softmax_cross_entropy(logits, labels));
    if constexpr (By == optimizer::sgd)
        return {loss, minimize(s, loss, sgd{.learning_rate = train::sgd_rate})};
    else
        return {loss, minimize(s, loss, adam{.learning_rate = train::adam_rate})};
}

constexpr std::int64_t count(std::size_t number) { return static_cast<std::int64_t>(number); }

template <optimizer By> struct mlp {
    using outputs = ::outputs;
    constexpr outputs operator()(scope& s, const tensor& images, const tensor& labels) const {
        const tensor hidden = relu(dense(s, "hidden", images, count(train::mlp_units)));
        return trained<By>(s, dense(s, "logits", hidden, count(train::classes)), labels);
    }
};

constexpr tensor conv_layer(scope& s, std::string_view name, const tensor& x, std::size_t channels) {
    auto layer = s.variable_scope(name);
    const std::int64_t k = count(train::kernel);
    const variable weights = layer.get_variable("weights", {k, k, x.shape()[3], count(channels)});
    const variable biases = layer.get_variable("biases", {count(channels)}, {.initializer = zeros()});
    const tensor filtered = conv2d(x, weights, {.padding = same});
    return max_pool(relu(filtered + biases));
}

template <optimizer By> struct conv {
    using outputs = ::outputs;
    constexpr outputs operator()(scope& s, const tensor& images, const tensor& labels) const {
        tensor x = conv_layer(s, "conv1", images, train::channels1);
        x = conv_layer(s, "conv2", x, train::channels2);
        x = reshape(x, {images.shape()[0], count(train::flat)});
        x = relu(dense(s, "hidden", x, count(train::conv_units)));
        return trained<By>(s, dense(s, "logits", x, count(train::classes)), labels);
    }
};

template <class W> class ambit_stepper {
public:
    static constexpr double tolerance = 1;

    explicit ambit_stepper(const train::problem& work) : work_(&work) {
        using namespace train;
        constexpr std::size_t area = train::kernel * train::kernel;
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
        const train::batch& next = work_->batches[step_++ % train::batch_count];
        return net_.template run<&outputs::train, &outputs::loss>(
            std::span<const float, W::batch * train::pixels>(next.images),
            std::span<const std::int32_t, W::batch>(next.labels));
    }

private:
    template <fixed_string Weights, fixed_string Biases, std::size_t In, std::size_t Out>
    void set(std::size_t layer) {
        net_.template set<Weights>(std::span<const float, In * Out>(work_->layers[layer].weights));
        net_.template set<Biases>(std::span<const float, Out>(work_->layers[layer].biases));
    }

    static constexpr std::int64_t batch = count(W::batch), side = count(train::side);
    using labels = input<std::int32_t, batch>;
    using mlp_model = model<mlp<W::by>, input<float, batch, side * side>, labels>;
    using conv_model = model<conv<W::by>, input<float, batch, side, side, 1>, labels>;
    std::conditional_t<W::net == network::mlp, mlp_model, conv_model> net_{seed{1}};
    const train::problem* work_;
    std::size_t step_ = 0;
};

// ---- peers ------------------------------------------------------------------------------------------------

template <train::make_stepper Make, int Tolerance = 1> class peer {
public:
    static constexpr double tolerance = Tolerance;

    explicit peer(const train::problem& work) : stepper_(Make(work)) {}
    float step() { return stepper_->step(); }

private:
    std::unique_ptr<train::stepper> stepper_;
};

template <network Net, std::size_t Batch, optimizer By> void enter_all() {
    using work = training<Net, Batch, By>;
    enter<work, stepping<work, ambit_stepper<work>>>("ambit");
#ifdef AMBIT_HAS_LIBTORCH
    enter<work, stepping<work, peer<train::by_libtorch>>>("libtorch");
    if constexpr (Net == network::conv)
        enter<work, stepping<work, peer<train::by_libtorch_channels_last>>>("libtorch_channels_last");
#endif
#ifdef AMBIT_HAS_DLIB
    // In its Adam, ε is added before the moments are freed of their bias; that moves small gradients.
    enter<work, stepping<work, peer<train::by_dlib, By == optimizer::adam ? 16 : 1>>>("dlib");
#endif
}

}  // namespace

int main(int count, char** arguments) {
    enter_all<network::mlp, 32, optimizer::sgd>();
    enter_all<network::mlp, 32, optimizer::adam>();
    enter_all<network::mlp, 128, optimizer::sgd>();
    enter_all<network::mlp, 128, optimizer::adam>();
    enter_all<network::conv, 32, optimizer::sgd>();
    enter_all<network::conv, 32, optimizer::adam>();
    return run(count, arguments);
}
