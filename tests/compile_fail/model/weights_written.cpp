// SPDX-License-Identifier: BSL-1.0
// A module that trains the weights it would store as int8: the variable is named. And a model that lacks what it should
// give another one.
// expect: error: .*\[ambit\] weights_written: compact weights are not trained: train with floats, and take them
// expect: weights_written<.*"hidden/weights"
// expect: error: .*\[ambit\] parameters_lack: these parameters have no variable of this path
// expect: parameters_lack<.*"hidden/weights".*asked uint8\[8, 3\]
// errors: 2
// lines: 8
#include <ambit/model/compact_weights.hpp>
#include <ambit/nn/dense.hpp>
#include <ambit/optim/minimize.hpp>
#include <ambit/optim/sgd.hpp>
using namespace ambit;

struct learner {
    struct outputs {
        tensor y;
        operation train;
    };
    constexpr outputs operator()(scope& s, tensor x) const {
        const tensor y = dense(s, "hidden", x, 3);
        return {y, minimize(s, reduce_sum(y), sgd{.learning_rate = 0.1f})};
    }
};
struct server {
    constexpr tensor operator()(scope& s, tensor x) const { return dense(s, "hidden", x, 3); }
};
struct wider {
    constexpr tensor operator()(scope& s, tensor x) const { return dense(s, "hidden", x, 4); }
};
using trainer = model<learner, input<float, 2, 4>>;
using served = model<weights_as<weight_format::int8, server>, input<float, 1, 4>>;
#ifdef AMBIT_MISTAKE
using trained = model<weights_as<weight_format::int8, learner>, input<float, 2, 4>>;
using source = model<wider, input<float, 2, 4>>;
#else
using trained = trainer;
using source = trainer;
#endif

int main() {
    trained first(seed{1});
    served second(seed{1});
    source third(seed{1});
    take_weights(second, third);
}
