// SPDX-License-Identifier: BSL-1.0
// With another standard library: a model is trained, saved, loaded and told, a table is read, and every header of files
// compiles.
#include <ambit/ambit.hpp>
#include <ambit/checkpoint/load.hpp>
#include <ambit/io/batches.hpp>
#include <ambit/io/cifar10.hpp>
#include <ambit/io/csv.hpp>
#include <ambit/io/idx.hpp>
#include <ambit/io/prefetch.hpp>
#include <ambit/io/progress_bar.hpp>
#include <ambit/model/hana_view.hpp>

#include <array>
#include <fstream>
#include <iostream>
#include <string>

using namespace ambit;

struct line {
    struct outputs {
        tensor loss;
        operation train;
    };
    constexpr outputs operator()(scope& s, tensor x) const {
        const tensor loss = reduce_mean(square(dense(s, "d", relu(dense(s, "h", x, 5)), 2)));
        return {loss, minimize(s, loss, adam{.learning_rate = 0.1})};
    }
};

int main(int, char** arguments) {
    model<line, input<float, 2, 3>> net(seed{1}), other(seed{2});
    const std::array<float, 6> x{1, 2, 3, 4, 5, 6};
    const float first = net.run<&line::outputs::loss>(x);
    for (int step = 0; step < 5; ++step) net.run<&line::outputs::train>(x);
    save(net, arguments[1]);
    std::cout << load(other, arguments[1]) << '\n';
    const float last = net.run<&line::outputs::loss>(x), loaded = other.run<&line::outputs::loss>(x);
    prefetch<int> numbers(2, [count = 0](int& number) mutable { return (number = ++count) <= 3; });
    int sum = 0;
    while (const int* number = numbers.next()) sum += *number;
    const std::string table = std::string(arguments[1]) + ".csv";
    std::ofstream(table) << "0.1, -2.5e3\n1e-310, +7\n";
    const auto singles = read_csv<float>(table);
    const auto doubles = read_csv<double>(table);
    if (singles.values(0, 0) != 0.1F || singles.values(1, 0) != 0 || doubles.values(0, 1) != -2500 ||
        doubles.values(1, 0) != 1e-310 || doubles.values(1, 1) != 7)
        return 1;
    std::cout << summary(other) << other.get<"d/biases">() << '\n' << first << ", " << last << ", " << loaded << '\n';
    return last < first && loaded >= last && loaded <= last && sum == 6 ? 0 : 1;
}
