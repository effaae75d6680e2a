// SPDX-License-Identifier: BSL-1.0
#include <ambit/optim/reduce_on_plateau.hpp>

#include "optimizers.hpp"

#include <limits>
#include <utility>

using namespace ambit;
using namespace ambit::graph_parts;
using namespace ambit_test;

namespace {

struct watched {
    struct outputs {
        tensor rate;
        operation train, observed;
    };
    constexpr outputs operator()(scope& s, const tensor& x, const tensor& loss) const {
        auto layer = s.variable_scope("layer");
        const variable w = layer.get_variable("w", {2}, {.initializer = constant({1, -2}), .dtype = float64});
        reduce_on_plateau plateau(
            layer, {.initial = 0.5, .factor = 0.5, .patience = 2, .threshold = 0.1, .least = 0.1, .dtype = float64});
        const tensor sum = reduce_sum(w * x);
        const operation train = minimize(layer, sum, sgd{.learning_rate = plateau.rate()});
        const operation observed = plateau.observe(loss);
        return {plateau.rate(), train, observed};
    }
};
using net = model<watched, input<double, 2>, input<double>>;

}  // namespace

TEST_CASE("a rate falls when a loss does not", "[optim][schedules]") {
    net t(seed{1});
    constexpr double no_number = std::numeric_limits<double>::quiet_NaN();
    // Patience 2, improvements of more than 0.1, factor 1/2, not below 0.1: the rate after each loss.
    const std::pair<double, double> losses[] = {
        {5, 0.5},            // the first is the best so far
        {4.95, 0.5},         // not better by enough: 1
        {4, 0.5},            // better: counting ends
        {4, 0.5},            // 1
        {6, 0.25},           // 2: halved
        {6, 0.25},           // 1
        {no_number, 0.125},  // 2: NaN is no improvement
        {3, 0.125},          // better than 4, which NaN has not replaced
        {3, 0.125},          // 1
        {3, 0.1},            // 2: not below 0.1
        {3, 0.1},
        {3, 0.1},
        {-std::numeric_limits<double>::infinity(), 0.1},
    };
    double w = 1;
    for (const auto& [loss, rate] : losses) {
        t.run<&watched::outputs::observed>(loss);
        INFO("loss " << loss);
        REQUIRE(*t.get<"layer/reduce_on_plateau/rate">().data() == rate);
        t.run<&watched::outputs::train>(gradient{1, 0});
        w -= rate;
        REQUIRE(t.get<"layer/w">()(0) == Approx(w).epsilon(1e-14));
    }
    STATIC_REQUIRE(net::variables.size() == 4);
    for (std::size_t v = 1; v < 4; ++v) {
        REQUIRE(net::variables[v].role == variable_role::step);
        REQUIRE(net::variables[v].local == 0);
        REQUIRE(net::variables[v].trainable == 0);
    }
}

TEST_CASE("an output after the observation in the program sees the new rate", "[optim][schedules]") {
    net t(seed{1});
    for (int i = 0; i < 2; ++i) REQUIRE(t.run<&watched::outputs::observed, &watched::outputs::rate>(1.0) == 0.5);
    REQUIRE(t.run<&watched::outputs::observed, &watched::outputs::rate>(1.0) == 0.25);
}

TEST_CASE("options of a plateau", "[optim][schedules]") {
    const auto mistakes = [](const reduce_on_plateau_options& options) {
        graph_builder builder(on_mistake::collect);
        scope s(builder);
        static_cast<void>(reduce_on_plateau(s, options));
        return builder.mistakes().size();
    };
    CHECK(mistakes({}) == 0);
    CHECK(mistakes({.factor = 1}) == 1);
    CHECK(mistakes({.factor = 0}) == 1);
    CHECK(mistakes({.factor = std::numeric_limits<double>::quiet_NaN()}) == 1);
    CHECK(mistakes({.patience = 0}) == 1);
    CHECK(mistakes({.threshold = -1}) == 1);
}
