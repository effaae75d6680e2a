// SPDX-License-Identifier: BSL-1.0
#include <ambit/optim/exponential_moving_average.hpp>

#include <ambit/checkpoint/load.hpp>
#include <ambit/checkpoint/save.hpp>

#include "../../support/temporary_directory.hpp"
#include "optimizers.hpp"

#include <algorithm>
#include <vector>

using namespace ambit;
using namespace ambit::graph_parts;
using namespace ambit_test;

namespace {

// y = w · x + b with variables below a scope, w and b made of random numbers.
constexpr tensor line(scope& s, const tensor& x) {
    auto layer = s.variable_scope("line");
    const variable w = layer.get_variable("w", {2}, {.initializer = random_normal(), .dtype = float64});
    const variable b = layer.get_variable("b", {}, {.initializer = constant(3), .dtype = float64});
    const variable offset =
        layer.get_variable("offset", {}, {.initializer = constant(0), .dtype = float64, .trainable = false});
    return reduce_sum(x * w) + b + offset;
}

struct training {
    bool counts = false;
    struct outputs {
        tensor loss;
        operation train, only_average;
    };
    constexpr outputs operator()(scope& s, const tensor& x) const {
        const tensor loss = line(s, x);
        const variable step = s.get_variable("step", {}, {.dtype = int64, .trainable = false});
        const operation moved = minimize(s, loss, sgd{.learning_rate = 0.5}, {.global_step = step});
        exponential_moving_average averages{.decay = 0.9};
        if (counts) averages.num_updates = step;
        const operation average = averages.apply(s);
        return {loss, group({moved, average}), average};
    }
};
using training_net = model<configured<training{}>, input<double, 2>>;
using counting_net = model<configured<training{.counts = true}>, input<double, 2>>;

struct evaluated {
    constexpr tensor operator()(scope& s, const tensor& x) const {
        auto all = s.variable_scope(s.handle(), {.custom_getter = averaged});
        return line(all, x);
    }
};
using evaluation = model<evaluated, input<double, 2>>;

template <class Net> std::vector<double> weights(const Net& net) {
    const auto w = net.template get<"line/w">();
    return {w.begin(), w.end()};
}
template <class Net> std::vector<double> averages(const Net& net) {
    const auto w = net.template get<"line/w/exponential_moving_average">();
    return {w.begin(), w.end()};
}

}  // namespace

TEST_CASE("averages begin with what their variables hold", "[optim][averages]") {
    training_net net(seed{7});
    REQUIRE(averages(net) == weights(net));
    REQUIRE(weights(net)[0] != 0);
    REQUIRE(*net.get<"line/b/exponential_moving_average">().data() == 3);
    net.initialize(seed{8});
    REQUIRE(averages(net) == weights(net));
    STATIC_REQUIRE(training_net::variables.size() == 6);
    STATIC_REQUIRE(training_net::variables[4].path == "line/w/exponential_moving_average");
    STATIC_REQUIRE(training_net::variables[4].role == variable_role::slot);
    STATIC_REQUIRE(training_net::variables[4].trainable == 0);
    STATIC_REQUIRE(training_net::variables[5].path == "line/b/exponential_moving_average");
}

TEST_CASE("three steps of averages", "[optim][averages]") {
    // a ← 0.9 a + 0.1 w, of w after its step: w ← w - 0.5 x
    training_net net(seed{7});
    std::vector<double> w = weights(net), a = w;
    for (const gradient& x : three_gradients) {
        net.run<&training::outputs::train>(x);
        for (std::size_t i = 0; i < 2; ++i) {
            w[i] -= 0.5 * x[i];
            a[i] = 0.9 * a[i] + 0.1 * w[i];
            CHECK(weights(net)[i] == Approx(w[i]).epsilon(1e-14));
            CHECK(averages(net)[i] == Approx(a[i]).epsilon(1e-14));
        }
    }
    // On its own it averages the variables as they are.
    net.run<&training::outputs::only_average>();
    for (std::size_t i = 0; i < 2; ++i) CHECK(averages(net)[i] == Approx(0.9 * a[i] + 0.1 * w[i]).epsilon(1e-14));
    CHECK(weights(net)[0] == Approx(w[0]).epsilon(1e-14));
}

TEST_CASE("young averages move faster", "[optim][averages]") {
    // The decay after step t is min(0.9, (1 + t) / (10 + t)): 2/11, 3/12, 4/13, …, 0.9 from t = 80 on.
    counting_net net(seed{7});
    std::vector<double> w = weights(net), a = w;
    for (int t = 1; t <= 90; ++t) {
        const gradient& x = three_gradients[static_cast<std::size_t>(t) % 3];
        net.run<&training::outputs::train>(x);
        const double decay = std::min(0.9, (1.0 + t) / (10.0 + t));
        for (std::size_t i = 0; i < 2; ++i) {
            w[i] -= 0.5 * x[i];
            a[i] = decay * a[i] + (1 - decay) * w[i];
            REQUIRE(averages(net)[i] == Approx(a[i]).epsilon(1e-12));
        }
    }
}

TEST_CASE("a model for evaluation reads averages on the trainer's parameters", "[optim][averages]") {
    training_net net(seed{7});
    evaluation test(net.parameters());
    STATIC_REQUIRE(evaluation::variables.size() == 5);  // offset is not trained and has none
    const gradient x{2, -3};
    for (const gradient& g : three_gradients) {
        net.run<&training::outputs::train>(g);
        const std::vector<double> a = averages(net);
        const double b = *net.get<"line/b/exponential_moving_average">().data();
        REQUIRE(test(x) == Approx(2 * a[0] - 3 * a[1] + b).epsilon(1e-14));
        REQUIRE(a != weights(net));
    }
    net.set<"line/offset">(100.0);
    REQUIRE(test(x) > 50);
    const temporary_directory directory;
    save(net, directory.path() / "trained.safetensors");
    training_net loaded(seed{1});
    CHECK(load(loaded, directory.path() / "trained.safetensors").fits());
    REQUIRE(averages(loaded) == averages(net));
    REQUIRE(evaluation(loaded.parameters())(x) == test(x));
}

TEST_CASE("one average a variable, whoever asks", "[optim][averages]") {
    STATIC_REQUIRE([] {
        graph_builder builder(on_mistake::raise);
        scope s(builder);
        const variable v = s.get_variable("v", {3});
        const variable first = exponential_moving_average::average(v);
        auto reading = s.variable_scope(s.handle(), {.reuse = true, .custom_getter = averaged});
        const variable seen = reading.get_variable("v", {3});
        const tensor read = seen, directly = v;
        const std::int64_t of_read = builder.value().words[builder.node_at(read.id()).first_word];
        const std::int64_t of_direct = builder.value().words[builder.node_at(directly.id()).first_word];
        return first == exponential_moving_average::average(v) && seen == v && of_read == first.id() &&
               of_direct == v.id() && builder.variable_count() == 2;
    }());
}

TEST_CASE("a decay lies between 0 and 1", "[optim][averages]") {
    for (const bool counts : {false, true}) {
        graph_builder builder(on_mistake::collect);
        scope s(builder);
        static_cast<void>(s.get_variable("v", {3}));
        const variable step = s.get_variable("step", {}, {.trainable = false});
        exponential_moving_average averages{.decay = 1.5};
        if (counts) averages.num_updates = step;
        static_cast<void>(averages.apply(s));
        REQUIRE(builder.mistakes().size() == 1);
        CHECK(builder.mistakes()[0].kind == mistake::op_option);
    }
}
