// SPDX-License-Identifier: BSL-1.0
// A trainable variable that no gradient reaches.
// expect: error: .*\[ambit\] variable_untrained: no gradient reaches this trainable variable: let the loss use it, or set \.trainable = false
// expect: variable_untrained<.*"weights".*created at .*variable_untrained\.cpp:14"
// lines: 2
// errors: 1
#include <ambit/graphs.hpp>

using namespace ambit;

struct layer {
    constexpr tensor operator()(scope& s, tensor x) const {
#ifdef AMBIT_MISTAKE
        return matmul(x, s.get_variable("weights", {4, 3}));
#else
        return matmul(x, s.get_variable("weights", {4, 3}, {.trainable = false}));
#endif
    }
};
using net = graph_of<layer, input<float, 2, 4>>;
static_assert(expect_none_untrained<net>());
