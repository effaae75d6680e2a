// SPDX-License-Identifier: BSL-1.0
// Two affine layers, n1 and n2, are shared; the second time n2 is misspelt. A variable that fits is suggested, though
// n1 is spelt more like it.
// expect: error: .*\[ambit\] variable_missing: a reusing scope only returns variables that exist: create it first, or check the name
// expect: variable_missing<.*"nl1/weights".*asked float32\[8, 3\].*did you mean n2/weights\?
// expect: variable_missing<.*"nl1/biases".*asked float32\[3\].*did you mean n2/biases\?
// expect: asked at misspelt_scope\.cpp:14, .*in nl1, .*opened at misspelt_scope\.cpp:38"
// lines: 4
// errors: 2
#include <ambit/graphs.hpp>
using namespace ambit;

constexpr tensor affine(scope& s, tensor x, std::int64_t units) {
    variable weights = s.get_variable("weights", {x.shape()[-1], units});
    variable biases = s.get_variable("biases", {units}, {.initializer = constant(0.1)});
    return matmul(x, weights) + biases;
}

constexpr tensor two_layers(scope& s, tensor x) {
    auto n1 = s.variable_scope("n1");
    x = relu(affine(n1, x, 8));
    n1.close();
    auto n2 = s.variable_scope("n2");
    return affine(n2, x, 3);
}

struct shared {
    struct outputs { tensor first, second; };
    constexpr outputs operator()(scope& s, tensor x1, tensor x2) const {
        tensor y1 = two_layers(s, x1);
        s.reuse_variables();
        auto n1 = s.variable_scope("n1");
        x2 = relu(affine(n1, x2, 8));
        n1.close();
#ifndef AMBIT_MISTAKE
        auto n2 = s.variable_scope("n2");
#else
        auto n2 = s.variable_scope("nl1");
#endif
        return {y1, affine(n2, x2, 3)};
    }
};
static_assert(expect_valid<shared, input<float, 2, 4>, input<float, 2, 4>>());
