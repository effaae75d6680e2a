// SPDX-License-Identifier: BSL-1.0
// A build without exceptions and run-time type information: a model computes, learns and is saved. With the argument
// `wrong` it gets an input of another shape: the program ends with the words of the exception; so it does where a file
// cannot be written, and names the file.
#include <ambit/ambit.hpp>

#include <array>
#include <cstdio>
#include <string_view>

using namespace ambit;

struct line {
    struct outputs {
        tensor sum;
        operation train;
    };
    constexpr outputs operator()(scope& s, tensor x) const {
        const variable w = s.get_variable("w", {3}, {.initializer = ones()});
        const tensor sum = reduce_sum(x * w);
        return {sum, minimize(s, sum, sgd{.learning_rate = 1})};
    }
};

int main(int argc, char** argv) {
    model<line, input<float, 3>> net(seed{1});
    if (argc > 1 && std::string_view(argv[1]) == "wrong") {
        const xt::xtensor<float, 1> four = xt::ones<float>({4});
        net.run<&line::outputs::sum>(four);
        return 0;
    }
    const std::array<float, 3> x{1, 2, 3};
    const float before = net.run<&line::outputs::sum>(x);
    net.run<&line::outputs::train>(x);  // w becomes 1 - x
    const float after = net.run<&line::outputs::sum>(x);
    if (argc > 1) save(net, argv[1]);
    std::printf("%g, %g\n", static_cast<double>(before), static_cast<double>(after));
    return before == 6 && after == -8 ? 0 : 1;
}
