// SPDX-License-Identifier: BSL-1.0
// Ops that ambit does not have, from a user's own headers: one that is fused with its neighbours, and one with a
// kernel of its own. The results are compared with std::exp and plain loops.
#include "own_op/cumulative_sum.hpp"
#include "own_op/swish.hpp"

#include <ambit/ambit.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <iostream>

#include <xtensor/xrandom.hpp>

using namespace ambit;

struct layer {
    struct outputs {
        tensor gate, activation, totals;
    };
    constexpr outputs operator()(scope& s, tensor x) const {
        auto hidden = s.variable_scope("hidden");
        variable weights = hidden.get_variable("weights", {24, 37});
        variable scale = hidden.get_variable("scale", {37}, {.initializer = random_uniform()});
        tensor gate = neural::swish(2 * x + 1) - x;
        tensor activation = neural::swish(matmul(x, weights) * scale, {.beta = 1.5});
        return {gate, activation, neural::cumulative_sum(activation)};
    }
};
using net = model<layer, input<float, 8, 24>>;

// Output by output, alone: multiply, add, swish and subtract are one loop; swish and its multiplication end the
// kernel of matmul; the totals are one step more.
static_assert(plan_of<net::graph, 0b001>::counts.steps == 1);
static_assert(plan_of<net::graph, 0b010>::counts.steps == 1);
static_assert(plan_of<net::graph, 0b100>::counts.steps == 2);

// The same source computes in constant evaluation.
static_assert(neural::swish_op::apply({.beta = 1}, 0.0) == 0.0);
static_assert(neural::swish_op::apply({.beta = 1}, 40.0) > 39.999);

// Its mistakes are reported like those of any op.
static_assert(check([](scope&, tensor x) { return neural::swish(x); }, {spec(int32, {3})}).size() == 1);

int main() {
    const auto swish = [](double x, double beta) { return x / (1 + std::exp(-beta * x)); };

    net own(seed{7});
    xt::xtensor<float, 2> x = 8 * xt::random::rand<float>({8, 24}) - 4;
    const auto [gate, activation, totals] = own(x);
    const auto weights = own.get<"hidden/weights">();
    const auto scale = own.get<"hidden/scale">();

    double gate_error = 0, activation_error = 0, totals_error = 0;
    for (std::size_t row = 0; row < 8; ++row) {
        for (std::size_t k = 0; k < 24; ++k) {
            const double value = x(row, k);
            gate_error = std::max(gate_error, std::abs(gate(row, k) - (swish(2 * value + 1, 1) - value)));
        }
        double total = 0;
        for (std::size_t column = 0; column < 37; ++column) {
            double product = 0;
            for (std::size_t k = 0; k < 24; ++k) product += double{x(row, k)} * double{weights(k, column)};
            const double expected = swish(product * double{scale(column)}, 1.5);
            total += expected;
            activation_error = std::max(activation_error, std::abs(activation(row, column) - expected));
            totals_error = std::max(totals_error, std::abs(totals(row, column) - total));
        }
    }
    std::cout << summary(own) << "largest error of the gate        " << gate_error
              << "\nlargest error of the activation  " << activation_error
              << "\nlargest error of the totals      " << totals_error << '\n';
    return gate_error < 1e-5 && activation_error < 1e-5 && totals_error < 1e-4 ? 0 : 1;
}
