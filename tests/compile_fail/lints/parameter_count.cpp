// SPDX-License-Identifier: BSL-1.0
// Other parameters than expected: the largest variables are named.
// expect: error: .*\[ambit\] parameter_count: the variables have more or fewer elements than expected: look at their shapes
// expect: parameter_count<.*had 18 parameters, asked 61,706".*dense/weights float32\[4, 3\]: 12".*dense/scale float32\[3\]: 3"
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
static_assert(expect_parameters<net, 61'706>());
#else
static_assert(expect_parameters<net, 18>());
#endif
