// SPDX-License-Identifier: BSL-1.0
// Batches of matrices that do not go together.
// expect: error: .*\[ambit\] op_shape: the shapes of the operands do not fit this op
// expect: op matmul\(.*input float32\[4, 2, 3\], .*weights float32\[3, 3, 5\]\)
// expect: batch axes must be equal, or 1, .*from the last one on
// expect: at .*matmul_batch\.cpp:15
// lines: 2
// errors: 1
#include <ambit/graphs.hpp>
using namespace ambit;

struct net {
    constexpr tensor operator()(scope& s, tensor x) const {
#ifdef AMBIT_MISTAKE
        return matmul(x, s.get_variable("weights", {3, 3, 5}));
#else
        return matmul(x, s.get_variable("weights", {1, 3, 5}));
#endif
    }
};
static_assert(expect_valid<net, input<float, 4, 2, 3>>());
