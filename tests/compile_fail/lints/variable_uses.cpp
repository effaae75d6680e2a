// SPDX-License-Identifier: BSL-1.0
// A variable that was expected to be shared.
// expect: error: .*\[ambit\] variable_uses: more or fewer calls share this variable than expected: look at the reuse of its scope
// expect: variable_uses<.*"dense/weights".*created at .*variable_uses\.cpp:14, .*in dense, .*opened at .*variable_uses\.cpp:13".*had 1 call of get_variable, asked 2
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
static_assert(expect_shared<net, "dense/weights", 2>());
#else
static_assert(expect_shared<net, "dense/weights", 1>());
#endif
