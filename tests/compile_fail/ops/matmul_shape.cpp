// SPDX-License-Identifier: BSL-1.0
// Inner extents that differ.
// expect: error: .*\[ambit\] op_shape: the shapes of the operands do not fit this op
// expect: op_shape<.*op matmul\(.*input float32\[2, 4\], .*weights float32\[3, 4\]\)
// expect: the inner extents must be equal: .*\[m, k\] x \[k, n\]
// expect: {\.transpose_b = true} fits
// expect: at .*matmul_shape\.cpp:16
// lines: 2
// errors: 1
#include <ambit/graphs.hpp>
using namespace ambit;

struct net {
    constexpr tensor operator()(scope& s, tensor x) const {
#ifdef AMBIT_MISTAKE
        return matmul(x, s.get_variable("weights", {3, 4}));
#else
        return matmul(x, s.get_variable("weights", {4, 3}));
#endif
    }
};
static_assert(expect_valid<net, input<float, 2, 4>>());
