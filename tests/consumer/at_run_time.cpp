// SPDX-License-Identifier: BSL-1.0
// A net whose sizes come from the command line, trained by the kernels of the library: 2 numbers, their exclusive or.
#include <ambit/ambit.hpp>
#include <ambit/registry.hpp>

#include <cstdlib>
#include <iostream>
#include <vector>

using namespace ambit;

struct learner {
    std::int64_t units;
    struct outputs {
        tensor loss;
        operation train;
    };
    outputs operator()(scope& s, const tensor& x, const tensor& y) const {
        const tensor hidden = tanh(dense(s, "hidden", x, units));
        const tensor loss = reduce_mean(square(reshape(dense(s, "out", hidden, 1), {-1}) - y));
        return {loss, minimize(s, loss, adam{.learning_rate = 0.05})};
    }
};

int main(int count, char** arguments) {
    const std::int64_t units = count > 1 ? std::atoi(arguments[1]) : 8;
    registry reg(seed{1});
    dynamic_model net(reg, learner{units}, {{"x", spec(float32, {4, 2})}, {"y", spec(float32, {4})}});
    const std::vector<float> x{0, 0, 0, 1, 1, 0, 1, 1}, y{0, 1, 1, 0};
    float loss = 1;
    for (int step = 0; step < 500; ++step)
        loss = net.run({"train", "loss"}, {{"x", x}, {"y", y}})["loss"].number<float>();
    std::cout << "loss " << loss << '\n';
    return loss < 0.01f ? 0 : 1;
}
