// SPDX-License-Identifier: BSL-1.0
// Models that are planned at run time, or whose batch is known then only (`any_size_…`), as `ambit` against the same
// modules built by the compiler (`static`), and against libtorch, which plans nothing.
#include <ambit/ambit.hpp>
#include <ambit/registry.hpp>

#include <bench/contender.hpp>
#include <bench/small_net.hpp>
#include <bench/train/steppers.hpp>
#include <bench/two_images.hpp>

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace bench;
using namespace bench::train;
using ambit::dynamic_model;
using ambit::registry;

/// The same workload in this suite.
template <class W> struct in_this_suite : W {
    static std::string name() { return "dynamic/" + W::workload(); }
};

void set_layer(registry& reg, const std::string& scope, const numbers& weights, const numbers& biases) {
    reg.set(scope + "/weights", weights);
    reg.set(scope + "/biases", biases);
}

// ---- 784-500-10, without training -----------------------------------------------------------------------------------

template <std::size_t Batch> struct inference {
    static constexpr std::size_t batch = Batch;
    static std::string workload() { return "mlp_batch_" + std::to_string(Batch); }

    train::problem problem = make_problem(network::mlp, optimizer::sgd, Batch);
    expectation right;

    /// Of the first batch.
    inference() {
        const auto layer_of = [&](std::size_t l) {
            const layer& from = problem.layers[l];
            return reference_layer{{from.weights.begin(), from.weights.end()},
                                   {from.biases.begin(), from.biases.end()}};
        };
        const reference_layer first = layer_of(0), second = layer_of(1);
        const numbers& images = problem.batches[0].images;
        doubles hidden = first.forward({images.begin(), images.end()});
        for (double& each : hidden) each = std::fmax(each, 0);
        const doubles logits = second.forward(hidden);
        for (std::size_t i = 0; i < logits.size(); ++i) {
            double squares = 0;
            for (std::size_t k = 0; k < mlp_units; ++k) {
                const double term = hidden[i / classes * mlp_units + k] * second.weights[k * classes + i % classes];
                squares += term * term;
            }
            right.add_sum(logits[i], 2 * squares,
                          count(pixels));  // the second layer also sums the first one's rounding
        }
    }
};

struct mlp_inference {
    constexpr ambit::tensor operator()(ambit::scope& s, const ambit::tensor& images) const {
        return mlp_logits(s, images);
    }
};

template <class W> class dynamic_inference {
public:
    explicit dynamic_inference(const W& work) : images_(work.problem.batches[0].images) {
        set_layer(registry_, "hidden", work.problem.layers[0].weights, work.problem.layers[0].biases);
        set_layer(registry_, "logits", work.problem.layers[1].weights, work.problem.layers[1].biases);
    }
    std::array<const float*, 1> operator()() { return {net_(images_).template elements<float>().data()}; }

private:
    registry registry_{ambit::seed{1}};
    dynamic_model net_{registry_, mlp_inference{}, {ambit::spec(ambit::float32, {count(W::batch), count(pixels)})}};
    std::span<const float> images_;
};

template <class Net> void set_layers(Net& net, const std::vector<layer>& layers) {
    net.template set<"hidden/weights">(std::span<const float, pixels * mlp_units>(layers[0].weights));
    net.template set<"hidden/biases">(std::span<const float, mlp_units>(layers[0].biases));
    net.template set<"logits/weights">(std::span<const float, mlp_units * classes>(layers[1].weights));
    net.template set<"logits/biases">(std::span<const float, classes>(layers[1].biases));
}

template <class W> class static_inference {
public:
    explicit static_inference(const W& work) : images_(work.problem.batches[0].images) {
        set_layers(net_, work.problem.layers);
    }
    std::array<const float*, 1> operator()() { return {net_(images_).data()}; }

private:
    ambit::model<mlp_inference, ambit::input<float, count(W::batch), count(pixels)>> net_{ambit::seed{1}};
    std::span<const float, W::batch * pixels> images_;
};

/// The compiler's plan for any batch, run with the one that `static` was built for.
template <std::size_t Batch> struct late_inference : inference<Batch> {
    static std::string workload() { return "any_size_" + inference<Batch>::workload(); }
};
template <class W> class any_size_inference {
public:
    explicit any_size_inference(const W& work) : images_(work.problem.batches[0].images) {
        set_layers(net_, work.problem.layers);
    }
    std::array<const float*, 1> operator()() { return {net_(images_).data()}; }

private:
    ambit::model<mlp_inference, ambit::input<float, ambit::any_size, count(pixels)>> net_{
        ambit::largest_batch{count(W::batch)}, ambit::seed{1}};
    std::span<const float> images_;
};

#ifdef AMBIT_HAS_LIBTORCH
template <class W> class libtorch_inference {
public:
    explicit libtorch_inference(const W& work) : predictor_(predict_by_libtorch(work.problem)) {}
    std::array<const float*, 1> operator()() { return {predictor_->logits()}; }

private:
    std::unique_ptr<predictor> predictor_;
};
#endif

// ---- a step of training ---------------------------------------------------------------------------------------------

template <class W> class dynamic_stepper {
public:
    static constexpr double tolerance = 1;

    explicit dynamic_stepper(const problem& work) : work_(&work) {
        const std::string_view scopes[] = {"conv1", "conv2", "hidden", "logits"};
        const std::size_t first = std::size(scopes) - work.layers.size();
        for (std::size_t l = 0; l < work.layers.size(); ++l)
            set_layer(registry_, std::string(scopes[first + l]), work.layers[l].weights, work.layers[l].biases);
    }
    float step() {
        const train::batch& next = work_->batches[step_++ % batch_count];
        return net_
            .run({"train", "loss"}, std::span<const float>(next.images),
                 std::span<const std::int32_t>(next.labels))["loss"]
            .template number<float>();
    }

private:
    static constexpr std::int64_t batch = count(W::batch), width = count(side);
    static ambit::shape images() {
        if (W::net == network::mlp) return {batch, width * width};
        return {batch, width, width, 1};
    }

    registry registry_{ambit::seed{1}};
    dynamic_model net_{registry_,
                       module_of<W::net, W::by>{},
                       {ambit::spec(ambit::float32, images()), ambit::spec(ambit::int32, {batch})}};
    const problem* work_;
    std::size_t step_ = 0;
};

// ---- the filter of the README ---------------------------------------------------------------------------------------

struct filter : two_images {
    static std::string workload() { return "two_images"; }
};

class dynamic_filter {
public:
    explicit dynamic_filter(const two_images& work) : first_(work.images[0]), second_(work.images[1]) {
        set_layer(registry_, "image_filters/conv1", work.layers[0].weights, work.layers[0].biases);
        set_layer(registry_, "image_filters/conv2", work.layers[1].weights, work.layers[1].biases);
    }
    std::array<const float*, 2> operator()() {
        const ambit::dynamic_results all = net_(first_, second_);
        return {all[0].elements<float>().data(), all[1].elements<float>().data()};
    }

private:
    registry registry_{ambit::seed{1}};
    dynamic_model net_{registry_,
                       shared_filter{},
                       {ambit::spec(ambit::float32, {1, 32, 32, 32}), ambit::spec(ambit::float32, {1, 32, 32, 32})}};
    std::span<const float> first_, second_;
};

// ---- 4-16-16-2, where all is overhead -------------------------------------------------------------------------------

struct small_net : net_4_16_16_2<activation::relu, calls::back_to_back> {
    static std::string workload() { return "4_16_16_2_batch_1"; }
};

class dynamic_small_net {
public:
    explicit dynamic_small_net(const small_net& work) {
        const std::string scopes[] = {"first", "second", "third"};
        for (std::size_t l = 0; l < 3; ++l) set_layer(registry_, scopes[l], work.weights[l], work.biases[l]);
    }
    const float* operator()(const float* x) { return net_(std::span<const float>(x, 4)).elements<float>().data(); }
    int steps() { return net_.step_count(); }

private:
    registry registry_{ambit::seed{1}};
    dynamic_model net_{registry_, small_dense_net<activation::relu>{}, {ambit::spec(ambit::float32, {1, 4})}};
};

template <class W, class Dynamic, class Static> void enter_both() {
    enter<in_this_suite<W>, Dynamic>("ambit");
    enter<in_this_suite<W>, Static>("static");
}

template <std::size_t Batch> void enter_inference() {
    using work = in_this_suite<inference<Batch>>;
    enter_both<inference<Batch>, dynamic_inference<work>, static_inference<work>>();
    using late = in_this_suite<late_inference<Batch>>;
    enter_both<late_inference<Batch>, any_size_inference<late>, static_inference<late>>();
#ifdef AMBIT_HAS_LIBTORCH
    enter<work, libtorch_inference<work>>("libtorch");
#endif
}

template <network Net> void enter_training() {
    using work = in_this_suite<training<Net, 32, optimizer::adam>>;
    enter_both<training<Net, 32, optimizer::adam>, stepping<work, dynamic_stepper<work>>,
               stepping<work, ambit_stepper<work>>>();
#ifdef AMBIT_HAS_LIBTORCH
    enter<work, stepping<work, peer<by_libtorch>>>("libtorch");
#endif
}

}  // namespace

int main(int count, char** arguments) {
    enter_inference<1>();
    enter_inference<32>();
    enter_training<network::mlp>();
    enter_training<network::conv>();
    enter_both<filter, dynamic_filter, two_images_by_ambit>();
    enter_both<small_net, one_sample<small_net, dynamic_small_net>,
               one_sample<small_net, small_net_by_ambit<small_net>>>();
    return run(count, arguments);
}
