// SPDX-License-Identifier: BSL-1.0
// A model whose gradient is its input: loss = Σ w x, so that an optimizer's steps can be computed by hand.
#pragma once

#include <ambit/ambit.hpp>
#include <ambit/optim/minimize.hpp>

#include <catch2/catch.hpp>

#include <array>

namespace ambit_test {

using gradient = std::array<double, 2>;

inline constexpr std::array<double, 2> start{1, -2};
inline constexpr std::array<gradient, 3> three_gradients{gradient{0.5, -1}, gradient{-0.25, 3}, gradient{2, 0}};

/// `Optimizer` has a static function `make()`.
template <class Optimizer> struct linear {
    struct outputs {
        ambit::tensor loss;
        ambit::operation train;
    };
    constexpr outputs operator()(ambit::scope& s, const ambit::tensor& x) const {
        const ambit::variable w =
            s.get_variable("w", {2}, {.initializer = ambit::constant({1, -2}), .dtype = ambit::float64});
        const ambit::tensor loss = ambit::reduce_sum(w * x);
        return {loss, ambit::minimize(s, loss, Optimizer::make(), Optimizer::options(s))};
    }
};

struct no_options {
    static constexpr ambit::minimize_options options(ambit::scope&) { return {}; }
};

template <class Optimizer> using trainer = ambit::model<linear<Optimizer>, ambit::input<double, 2>>;

/// Three steps, compared with `expected(state, gradient) -> w` for each element.
template <class Optimizer, class Step> void check_three_steps(Step step) {
    trainer<Optimizer> t(ambit::seed{1});
    for (std::size_t k = 0; k < three_gradients.size(); ++k) {
        t.template run<&linear<Optimizer>::outputs::train>(three_gradients[k]);
        for (std::size_t i = 0; i < 2; ++i) {
            INFO("step " << k + 1 << ", element " << i);
            CHECK(t.template get<"w">()(i) == Approx(step(i, k)).epsilon(1e-13));
        }
    }
}

}  // namespace ambit_test
