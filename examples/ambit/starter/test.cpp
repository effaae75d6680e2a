// What the compiler checks of the net, and that it learns.
#include "net.hpp"

#include <array>
#include <cmath>
#include <iostream>

static_assert(ambit::expect_parameters<predictor, 32 + 32 + 32 + 1>());
static_assert(ambit::expect_none_unread<predictor>());

int main() {
    std::array<float, 64> x{}, wanted{};
    for (int i = 0; i < 64; ++i) {
        x[i] = -3.0F + 6.0F * static_cast<float>(i) / 63.0F;
        wanted[i] = std::sin(x[i]);
    }
    trainer training(ambit::seed{1});
    using out = learner::outputs;
    const float before = training.run<&out::loss>(x, wanted);
    for (int step = 0; step < 500; ++step) training.run<&out::train>(x, wanted);
    const float behind = training.run<&out::loss>(x, wanted);
    std::cout << "loss " << before << " before, " << behind << " behind 500 steps\n";
    return behind < 0.01F * before ? 0 : 1;
}
