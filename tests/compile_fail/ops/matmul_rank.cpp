// SPDX-License-Identifier: BSL-1.0
// A matrix product of a vector.
// expect: error: .*\[ambit\] op_shape: the shapes of the operands do not fit this op
// expect: op matmul\(.*input float32\[4\], .*weights float32\[4, 3\]\)
// expect: both operands must be matrices
// expect: at .*matmul_rank\.cpp:15
// lines: 2
// errors: 1
#include <ambit/graphs.hpp>
using namespace ambit;

struct net {
    constexpr tensor operator()(scope& s, tensor x) const {
#ifdef AMBIT_MISTAKE
        return matmul(x, s.get_variable("weights", {4, 3}));
#else
        return matmul(reshape(x, {1, 4}), s.get_variable("weights", {4, 3}));
#endif
    }
};
static_assert(expect_valid<net, input<float, 4>>());
