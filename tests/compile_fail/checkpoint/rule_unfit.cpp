// SPDX-License-Identifier: BSL-1.0
// Layouts that a variable cannot have: a vector has no transpose, axes are each named once, gates divide the last axis.
// expect: error: .*\[ambit\] rule_unfit: the variable cannot have the layout that a rule says
// expect: rule_unfit<.*"biases".*"transposed<biases>".*"only two axes or more can be .*transposed".*"had float32\[3\]"
// expect: rule_unfit<.*"kernel".*"transposed<kernel, 0, 0>".*"axes are each of 0 to rank - 1, .*once".*"had float32\[2, 3\]"
// expect: rule_unfit<.*"kernel".*"permuted<kernel, 1, 0>".*"the last axis does not divide into .*so many gates"
// lines: 6
// errors: 3
#include <ambit/checkpoint/save.hpp>
#include <ambit/ops/all.hpp>
using namespace ambit;

struct layer {
    constexpr tensor operator()(scope& s, tensor x) const {
        return matmul(x, s.get_variable("kernel", {2, 3})) + s.get_variable("biases", {3});
    }
};
using net = model<layer, input<float, 1, 2>>;

int main() {
    net model(seed{1});
#ifdef AMBIT_MISTAKE
    save(model, "m", transposed<"biases">, transposed<"kernel", 0, 0>, permuted<"kernel", 1, 0>);
#else
    save(model, "m", permuted<"biases", 2, 0, 1>, transposed<"kernel", 1, 0>, permuted<"kernel", 0, 2, 1>);
#endif
}
