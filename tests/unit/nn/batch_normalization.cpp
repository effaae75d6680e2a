// SPDX-License-Identifier: BSL-1.0
#include <ambit/nn/batch_normalization.hpp>

#include <ambit/ambit.hpp>

#include "../../support/numbers.hpp"
#include "../../support/op_function.hpp"
#include "../../support/shape_rule.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <cmath>
#include <vector>

using namespace ambit;
using namespace ambit::graph_parts;
using namespace ambit_test;
using Catch::Contains;

namespace {

struct network {
    bool training = true;
    struct outputs {
        tensor y, loss;
        operation train;
    };
    constexpr outputs operator()(scope& s, const tensor& x) const {
        const tensor y = batch_normalization(s, "norm", x, {.momentum = 0.75, .epsilon = 0.5, .training = training});
        const tensor loss = reduce_sum(y);
        return {y, loss, minimize(s, loss, sgd{.learning_rate = 0.125})};
    }
};
using trainer = model<configured<network{}>, input<double, 32, 3>>;
using evaluator = model<configured<network{.training = false}>, input<double, 1, 3>>;

struct column_moments {
    double mean[3] = {}, variance[3] = {};
    explicit column_moments(const std::vector<double>& x) {
        const double count = static_cast<double>(x.size()) / 3;
        for (std::size_t i = 0; i < x.size(); ++i) mean[i % 3] += x[i] / count;
        for (std::size_t i = 0; i < x.size(); ++i)
            variance[i % 3] += (x[i] - mean[i % 3]) * (x[i] - mean[i % 3]) / count;
    }
};

}  // namespace

TEST_CASE("a training step uses and follows the moments of the batch; evaluation uses the averages",
          "[nn][batch_normalization]") {
    STATIC_REQUIRE(trainer::variables.size() == 4);
    STATIC_REQUIRE(evaluator::variables.size() == 4);
    STATIC_REQUIRE(trainer::variables[0].path == "norm/gamma");
    STATIC_REQUIRE(trainer::variables[1].path == "norm/beta");
    STATIC_REQUIRE(trainer::variables[2].path == "norm/moving_mean");
    STATIC_REQUIRE(trainer::variables[3].path == "norm/moving_variance");
    STATIC_REQUIRE(trainer::variables[3].extents == shape{3});
    trainer net(seed{1});
    evaluator test(net.parameters());
    double average[3] = {0, 0, 0}, spread[3] = {1, 1, 1}, gamma[3] = {1, 1, 1}, beta[3] = {0, 0, 0};
    for (unsigned step = 0; step < 3; ++step) {
        const std::vector<double> x = numbers<double>(96, step + 1, -3, 9);
        const column_moments of(x);
        const auto [y, loss] = net.run<&network::outputs::y, &network::outputs::loss, &network::outputs::train>(x);
        double sum = 0, by_gamma[3] = {};
        for (std::size_t i = 0; i < x.size(); ++i) {
            const std::size_t c = i % 3;
            const double unit = (x[i] - of.mean[c]) / std::sqrt(of.variance[c] + 0.5);
            REQUIRE(y.data()[i] == Approx(unit * gamma[c] + beta[c]).epsilon(1e-12).margin(1e-12));
            sum += unit * gamma[c] + beta[c];
            by_gamma[c] += unit;
        }
        CHECK(loss == Approx(sum).margin(1e-10));
        const auto moving_mean = net.get<"norm/moving_mean">();
        const auto moving_variance = net.get<"norm/moving_variance">();
        for (std::size_t c = 0; c < 3; ++c) {
            average[c] = 0.75 * average[c] + 0.25 * of.mean[c];
            spread[c] = 0.75 * spread[c] + 0.25 * of.variance[c];
            CHECK(moving_mean.data()[c] == Approx(average[c]).epsilon(1e-12));
            CHECK(moving_variance.data()[c] == Approx(spread[c]).epsilon(1e-12));
            gamma[c] -= 0.125 * by_gamma[c];
            beta[c] -= 0.125 * 32;
            CHECK(net.get<"norm/gamma">().data()[c] == Approx(gamma[c]).epsilon(1e-12));
            CHECK(net.get<"norm/beta">().data()[c] == Approx(beta[c]).epsilon(1e-12));
        }
        const std::vector<double> one{2, -1, 5};
        const auto seen = test.run<&network::outputs::y>(one);
        for (std::size_t c = 0; c < 3; ++c)
            CHECK(seen.data()[c] ==
                  Approx((one[c] - average[c]) / std::sqrt(spread[c] + 0.5) * gamma[c] + beta[c]).epsilon(1e-12));
    }
}

TEST_CASE("the moving averages change in training steps only", "[nn][batch_normalization]") {
    trainer net(seed{1});
    const std::vector<double> x = numbers<double>(96, 5);
    static_cast<void>(net.run<&network::outputs::y>(x));
    CHECK(elements(net.get<"norm/moving_mean">()) == std::vector<double>{0, 0, 0});
    CHECK(elements(net.get<"norm/moving_variance">()) == std::vector<double>{1, 1, 1});
    graph_builder builder(on_mistake::raise);
    scope s(builder);
    const tensor in = builder.input(spec(float32, {8, 3}));
    const tensor y = batch_normalization(s, "norm", in);
    CHECK(y.op_name() == "norm/batch_normalization");
    CHECK(s.updates().size() == 2);
    CHECK(s.trainable_variables().size() == 2);
    CHECK(s.global_variables().size() == 4);
    static_cast<void>(batch_normalization(s, "other", in, {.training = false}));
    CHECK(s.updates().size() == 2);
    CHECK(s.updates("norm").size() == 2);
    // A second use of a layer follows the moments of both.
    s.reuse_variables();
    static_cast<void>(batch_normalization(s, "norm", y));
    CHECK(s.updates().size() == 4);
    CHECK(s.global_variables().size() == 8);
}

namespace {

// Σ of weighed results, of a variable seen as the operand, so that its gradient is an output.
template <std::int64_t Axis, bool Scale, bool Center, bool Training> struct weighed {
    struct outputs {
        tensor y, loss, by_x;
    };
    constexpr outputs operator()(scope& s, const tensor& weights) const {
        const variable x = s.get_variable("x", {3, 2, 4}, {.dtype = float64});
        const tensor y = batch_normalization(
            s, "norm", x, {.axis = Axis, .epsilon = 0.25, .center = Center, .scale = Scale, .training = Training});
        const tensor loss = reduce_sum(y * weights);
        const variable all[] = {x};
        const buffer<tensor> by = gradients(loss, all);
        return {y, loss, identity(by[0])};
    }
};

template <class Module> void check_gradient(const std::vector<double>& start) {
    using net = model<Module, input<double, 3, 2, 4>>;
    using outputs = typename Module::outputs;
    net n(seed{1});
    n.template set<"x">(start);
    const std::vector<double> weights = numbers<double>(24, 9, -2, 2);
    const auto loss_at = [&](std::size_t i, double moved) {
        std::vector<double> x = start;
        x[i] += moved;
        n.template set<"x">(x);
        return static_cast<double>(n.template run<&outputs::loss>(weights));
    };
    const std::vector<double> given = elements(n.template run<&outputs::by_x>(weights));
    constexpr double h = 1e-3;
    for (std::size_t i = 0; i < 24; ++i) {
        const double near = loss_at(i, h) - loss_at(i, -h), far = loss_at(i, 2 * h) - loss_at(i, -2 * h);
        CAPTURE(i);
        CHECK(given[i] == Approx((8 * near - far) / (12 * h)).epsilon(1e-6).margin(1e-7));
    }
}

}  // namespace

TEST_CASE("gradients of batch normalization are central differences", "[nn][batch_normalization]") {
    const std::vector<double> x = numbers<double>(24, 3);
    check_gradient<weighed<-1, true, true, true>>(x);
    check_gradient<weighed<1, true, false, true>>(x);
    check_gradient<weighed<0, false, false, true>>(x);
    check_gradient<weighed<-1, true, true, false>>(x);
}

TEST_CASE("channels may be any axis", "[nn][batch_normalization]") {
    using net = model<weighed<1, true, true, true>, input<double, 3, 2, 4>>;
    STATIC_REQUIRE(net::variables[1].path == "norm/gamma");
    STATIC_REQUIRE(net::variables[1].extents == shape{2});
    net n(seed{1});
    const std::vector<double> x = numbers<double>(24, 3);
    n.set<"x">(x);
    n.set<"norm/gamma">(std::vector<double>{2, -1});
    n.set<"norm/beta">(std::vector<double>{10, 20});
    const auto y = n.run<&weighed<1, true, true, true>::outputs::y>();
    double mean[2] = {}, variance[2] = {};
    const auto channel = [](std::size_t i) { return i / 4 % 2; };
    for (std::size_t i = 0; i < 24; ++i) mean[channel(i)] += x[i] / 12;
    for (std::size_t i = 0; i < 24; ++i) variance[channel(i)] += std::pow(x[i] - mean[channel(i)], 2) / 12;
    for (std::size_t i = 0; i < 24; ++i) {
        const double unit = (x[i] - mean[channel(i)]) / std::sqrt(variance[channel(i)] + 0.25);
        CHECK(y.data()[i] == Approx(channel(i) == 0 ? 2 * unit + 10 : 20 - unit).epsilon(1e-12));
    }
}

TEST_CASE("batch normalization of images, in float", "[nn][batch_normalization]") {
    struct module {
        constexpr tensor operator()(scope& s, const tensor& x) const { return batch_normalization(s, "norm", x); }
    };
    model<module, input<float, 4, 5, 6, 19>> net(seed{});
    const std::vector<float> x = numbers<float>(4 * 5 * 6 * 19, 2, 90, 110);
    const std::vector<float> y = elements(net(x));
    for (std::size_t c = 0; c < 19; ++c) {
        double mean = 0, variance = 0;
        for (std::size_t i = c; i < x.size(); i += 19) mean += double(x[i]) / 120;
        for (std::size_t i = c; i < x.size(); i += 19) variance += std::pow(double(x[i]) - mean, 2) / 120;
        for (std::size_t i = c; i < x.size(); i += 19)
            REQUIRE(double(y[i]) ==
                    Approx((double(x[i]) - mean) / std::sqrt(variance + 1e-3)).epsilon(1e-4).margin(1e-4));
    }
}

TEST_CASE("options and dtypes of batch normalization", "[nn][batch_normalization]") {
    const auto with = [](const batch_normalization_options& o, tensor_spec of = f32(4, 3)) {
        return refusal([o](scope& s, auto& x) { return batch_normalization(s, "norm", x[0], o); }, {of});
    };
    CHECK(with({}) == "accepted");
    CHECK(with({.axis = 0, .momentum = 1, .epsilon = 0}) == "accepted");
    CHECK_THAT(with({.axis = 2}), Contains("the axis of the channels lies outside of the operand"));
    CHECK_THAT(with({.axis = -3, .training = false}), Contains("norm/batch_normalization"));
    CHECK_THAT(with({.momentum = 1.5}), Contains("momentum is 1.5: from 0 to 1"));
    CHECK_THAT(with({.momentum = std::nan(""), .training = false}), Contains("momentum is NaN: from 0 to 1"));
    CHECK_THAT(with({.epsilon = -1e-3}), Contains("epsilon is -0.001: at least 0"));
    CHECK_THAT(with({}, i32(4, 3)), Contains("float32 or float64"));
    CHECK_THAT(with({}, f32(3)), Contains("rank 2 or more"));
}
