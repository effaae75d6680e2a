// The net, and how it learns. Both are run by the compiler: a mistake in them is an error with the name of the variable.
#pragma once

#include <ambit/ambit.hpp>

/// y of x, [n, 1] -> [n, 1].
constexpr ambit::tensor answer(ambit::scope& s, ambit::tensor x) {
    ambit::tensor hidden = tanh(dense(s, "hidden", x, 32));
    return dense(s, "answer", hidden, 1);
}

struct learner {
    struct outputs {
        ambit::tensor loss;
        ambit::operation train;
    };
    constexpr outputs operator()(ambit::scope& s, ambit::tensor x, ambit::tensor wanted) const {
        ambit::tensor loss = mean_squared_error(answer(s, x), wanted);
        return {loss, minimize(s, loss, ambit::adam{.learning_rate = 0.02})};
    }
};

struct net {
    constexpr ambit::tensor operator()(ambit::scope& s, ambit::tensor x) const { return answer(s, x); }
};

using trainer = ambit::model<learner, ambit::input<float, 64, 1>, ambit::input<float, 64, 1>>;
using predictor = ambit::model<net, ambit::input<float, 1, 1>>;
