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
    STATIC_REQUIRE(trainer<centered_with_momentum>::variables[3].path == "w/rmsprop/velocity");
}
