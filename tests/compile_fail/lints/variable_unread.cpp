// SPDX-License-Identifier: BSL-1.0
// A variable that no output depends on.
// expect: error: .*\[ambit\] variable_unread: no output depends on this variable: use it, or do not create it
// expect: variable_unread<.*"dense/scale".*created at .*variable_unread\.cpp:16, .*in dense, .*opened at variable_unread\.cpp:13
// lines: 2
// errors: 1
#include <ambit/graphs.hpp>

using namespace ambit;

struct layer {
    constexpr tensor operator()(scope& s, tensor x) const {
        auto dense = s.variable_scope("dense");
        variable weights = dense.get_variable("weights", {4, 3});
#ifdef AMBIT_MISTAKE
        dense.get_variable("scale", {3});
#endif
        return matmul(x, weights) + dense.get_variable("biases", {3});
    }
};
using net = graph_of<layer, input<float, 2, 4>>;

static_assert(expect_none_unread<net>());
