// SPDX-License-Identifier: BSL-1.0
#include <ambit/optim/adagrad.hpp>

#include "optimizers.hpp"

#include <cmath>

using namespace ambit;
using namespace ambit_test;

namespace {

struct plain : no_options {
    static constexpr adagrad make() { return {.learning_rate = 0.1, .initial_accumulator = 0.25, .epsilon = 1e-3}; }
};

}  // namespace

TEST_CASE("three steps of Adagrad", "[optim]") {
    std::array<double, 2> w = start, a{0.25, 0.25};
    check_three_steps<plain>([&](std::size_t i, std::size_t k) {
        const double g = three_gradients[k][i];
        a[i] += g * g;
        return w[i] -= 0.1 * g / (std::sqrt(a[i]) + 1e-3);
    });
    STATIC_REQUIRE(trainer<plain>::variables[1].path == "w/adagrad/accumulator");
    STATIC_REQUIRE(trainer<plain>::variables[1].initializer == constant(0.25));
}

TEST_CASE("squares that overflow are seen in what Adagrad trains, and stay with their element", "[optim]") {
    trainer<plain> t(seed{1});
    for (const double g : {1e200, 1.0}) {
        t.run<&linear<plain>::outputs::train>(gradient{g, 0.5});
        CHECK(std::isnan(t.get<"w">()(0)));
    }
    CHECK(t.get<"w">()(1) == Approx(start[1] - 0.05 / (std::sqrt(0.5) + 1e-3) - 0.05 / (std::sqrt(0.75) + 1e-3)));
}
