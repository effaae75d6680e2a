// SPDX-License-Identifier: BSL-1.0
#include <ambit/optim/rmsprop.hpp>

#include "optimizers.hpp"

#include <cmath>

using namespace ambit;
using namespace ambit_test;

namespace {

struct plain : no_options {
    static constexpr rmsprop make() { return {.learning_rate = 0.1, .decay = 0.8, .epsilon = 1e-3}; }
};
struct centered_with_momentum : no_options {
    static constexpr rmsprop make() {
        return {.learning_rate = 0.1, .decay = 0.8, .momentum = 0.7, .epsilon = 1e-3, .centered = true};
    }
};

}  // namespace

TEST_CASE("three steps of RMSProp", "[optim]") {
    std::array<double, 2> w = start, s{};
    check_three_steps<plain>([&](std::size_t i, std::size_t k) {
        const double g = three_gradients[k][i];
        s[i] = 0.8 * s[i] + 0.2 * g * g;
        return w[i] -= 0.1 * g / std::sqrt(s[i] + 1e-3);
    });
    STATIC_REQUIRE(trainer<plain>::variables.size() == 2);
}

TEST_CASE("three steps of centered RMSProp with momentum", "[optim]") {
    std::array<double, 2> w = start, s{}, m{}, v{};
    check_three_steps<centered_with_momentum>([&](std::size_t i, std::size_t k) {
        const double g = three_gradients[k][i];
        s[i] = 0.8 * s[i] + 0.2 * g * g;
        m[i] = 0.8 * m[i] + 0.2 * g;
        v[i] = 0.7 * v[i] + 0.1 * g / std::sqrt(s[i] - m[i] * m[i] + 1e-3);
        return w[i] -= v[i];
    });
    STATIC_REQUIRE(trainer<centered_with_momentum>::variables.size() == 4);
    STATIC_REQUIRE(trainer<centered_with_momentum>::variables[1].path == "w/rmsprop/variance");
    STATIC_REQUIRE(trainer<centered_with_momentum>::variables[3].path == "w/rmsprop/velocity");
}

TEST_CASE("the variance of gradients that hardly change stays one", "[optim]") {
    struct following {
        struct outputs {
            tensor loss;
            operation train;
        };
        constexpr outputs operator()(scope& s, const tensor& slope) const {
            const variable w = s.get_variable("w", {2}, {.initializer = ones()});
            const tensor loss = reduce_sum(w * slope);
            return {loss, minimize(s, loss, rmsprop{.learning_rate = 1e-4, .centered = true})};
        }
    };
    for (const double scale : {1.0, 10.0, 1000.0}) {
        model<following, input<float, 2>> net(seed{1});
        for (int i = 0; i < 1000; ++i) {
            const auto g = static_cast<float>(scale * (1 + 1e-5 * std::sin(i)));
            net.run<&following::outputs::train>(std::array<float, 2>{g, -g});
            REQUIRE(net.get<"w/rmsprop/variance">()(0) >= 0);
            REQUIRE(std::isfinite(net.get<"w">()(1)));
        }
    }
}
