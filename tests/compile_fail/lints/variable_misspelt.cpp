// SPDX-License-Identifier: BSL-1.0
// A misspelt path in the list is one mistake, although the variable it means is then in no list.
// expect: error: .*\[ambit\] variable_unknown: the model has no variable of this path: net::variables lists them
// expect: variable_unknown<.*"dense/weight".*did you mean dense/weights\?
// reject: variable_unlisted
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
static_assert(expect_variables<net, "dense/weight", "dense/biases", "dense/scale">());
#else
static_assert(expect_variables<net, "dense/weights", "dense/biases", "dense/scale">());
#endif
