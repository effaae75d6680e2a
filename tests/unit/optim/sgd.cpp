// SPDX-License-Identifier: BSL-1.0
#include <ambit/optim/sgd.hpp>

#include "optimizers.hpp"

using namespace ambit;
using namespace ambit::scope_parts;
using namespace ambit_test;

namespace {

struct plain : no_options {
    static constexpr sgd make() { return {.learning_rate = 0.1}; }
};
struct heavy : no_options {
    static constexpr momentum make() { return {.learning_rate = 0.1, .momentum = 0.8}; }
};
struct looking_ahead : no_options {
    static constexpr momentum make() { return {.learning_rate = 0.1, .momentum = 0.8, .nesterov = true}; }
};

}  // namespace

TEST_CASE("three steps of gradient descent", "[optim]") {
    std::array<double, 2> w = start;
    check_three_steps<plain>([&](std::size_t i, std::size_t k) { return w[i] -= 0.1 * three_gradients[k][i]; });
}

TEST_CASE("three steps with momentum", "[optim]") {
    std::array<double, 2> w = start, v{};
    check_three_steps<heavy>([&](std::size_t i, std::size_t k) {
        v[i] = 0.8 * v[i] + three_gradients[k][i];
        return w[i] -= 0.1 * v[i];
    });
    STATIC_REQUIRE(trainer<heavy>::variables.size() == 2);
    STATIC_REQUIRE(trainer<heavy>::variables[1].path == "w/momentum/velocity");
    STATIC_REQUIRE(trainer<heavy>::variables[1].role == variable_role::slot);
    STATIC_REQUIRE(trainer<heavy>::variables[1].trainable == 0);
}

TEST_CASE("three steps with Nesterov's momentum", "[optim]") {
    std::array<double, 2> w = start, v{};
    check_three_steps<looking_ahead>([&](std::size_t i, std::size_t k) {
        const double g = three_gradients[k][i];
        v[i] = 0.8 * v[i] + g;
        return w[i] -= 0.1 * (g + 0.8 * v[i]);
    });
}
