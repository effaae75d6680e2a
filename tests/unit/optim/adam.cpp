// SPDX-License-Identifier: BSL-1.0
#include <ambit/optim/adam.hpp>

#include "optimizers.hpp"

#include <cmath>

using namespace ambit;
using namespace ambit::scope_parts;
using namespace ambit_test;

namespace {

struct plain : no_options {
    static constexpr adam make() { return {.learning_rate = 0.1, .beta1 = 0.7, .beta2 = 0.9, .epsilon = 1e-3}; }
};
struct decaying : no_options {
    static constexpr adam make() { return adamw(0.1, 0.25); }
};

// Algorithm 1 of the paper, line by line.
struct by_hand {
    double beta1, beta2, epsilon, decay;
    std::array<double, 2> w = start, m{}, v{};
    double operator()(std::size_t i, std::size_t k) {
        const double g = three_gradients[k][i];
        m[i] = beta1 * m[i] + (1 - beta1) * g;
        v[i] = beta2 * v[i] + (1 - beta2) * g * g;
        const double unbiased_m = m[i] / (1 - std::pow(beta1, double(k + 1)));
        const double unbiased_v = v[i] / (1 - std::pow(beta2, double(k + 1)));
        return w[i] = w[i] - 0.1 * decay * w[i] - 0.1 * unbiased_m / (std::sqrt(unbiased_v) + epsilon);
    }
};

}  // namespace

TEST_CASE("three steps of Adam", "[optim]") {
    by_hand expected{0.7, 0.9, 1e-3, 0};
    check_three_steps<plain>([&](std::size_t i, std::size_t k) { return expected(i, k); });
    STATIC_REQUIRE(trainer<plain>::variables.size() == 5);
    STATIC_REQUIRE(trainer<plain>::variables[1].path == "adam/beta1_correction");
    STATIC_REQUIRE(trainer<plain>::variables[1].role == variable_role::step);
    STATIC_REQUIRE(trainer<plain>::variables[3].path == "w/adam/m");
    STATIC_REQUIRE(trainer<plain>::variables[4].path == "w/adam/v");
}

TEST_CASE("three steps of AdamW", "[optim]") {
    by_hand expected{0.9, 0.999, 1e-8, 0.25};
    check_three_steps<decaying>([&](std::size_t i, std::size_t k) { return expected(i, k); });
}
