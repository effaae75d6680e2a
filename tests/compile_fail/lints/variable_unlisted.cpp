// SPDX-License-Identifier: BSL-1.0
// A variable that the list lacks.
// expect: error: .*\[ambit\] variable_unlisted: the model has a variable that expect_variables does not list: list it, or do not create it
// expect: variable_unlisted<.*"dense/scale".*created at .*variable_unlisted\.cpp:15, .*in dense, .*opened at variable_unlisted\.cpp:13
// lines: 2
// errors: 1
#include <ambit/graphs.hpp>

using namespace ambit;

struct layer {
    constexpr tensor operator()(scope& s, tensor x) const {
        auto dense = s.variable_scope("dense");
        variable weights = dense.get_variable("weights", {4, 3});
        dense.get_variable("scale", {3});
        return matmul(x, weights) + dense.get_variable("biases", {3});
    }
};
using net = graph_of<layer, input<float, 2, 4>>;

#ifdef AMBIT_MISTAKE
static_assert(expect_variables<net, "dense/weights", "dense/biases">());
#else
static_assert(expect_variables<net, "dense/biases", "dense/scale", "dense/weights">());
#endif
