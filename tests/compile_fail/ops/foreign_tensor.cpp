// SPDX-License-Identifier: BSL-1.0
// An operand that belongs to no graph, or to another one.
// expect: error: .*\[ambit\] foreign_tensor: operands and outputs are tensors of this module.s scope, each set before it is used
// expect: foreign_tensor<.*"op maximum"
// expect: at .*foreign_tensor\.cpp:18
// lines: 2
// errors: 1
#include <ambit/graphs.hpp>
using namespace ambit;

struct net {
    constexpr tensor operator()(scope& s, tensor x) const {
#ifdef AMBIT_MISTAKE
        tensor highest;
#else
        tensor highest = x;
#endif
        for (int i = 0; i < 2; ++i) highest = maximum(highest, x * i);
        return highest;
    }
};
static_assert(expect_valid<net, input<float, 2, 4>>());
