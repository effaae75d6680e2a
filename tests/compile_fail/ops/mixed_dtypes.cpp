// SPDX-License-Identifier: BSL-1.0
// Operands of two dtypes.
// expect: error: .*\[ambit\] op_dtype: the dtypes of the operands do not fit this op: convert with cast
// expect: op add\(.*input float32\[2, 4\], .*input_1 float64\[2, 4\]\)
// expect: both operands must have one dtype
// expect: at .*mixed_dtypes\.cpp:15
// lines: 2
// errors: 1
#include <ambit/graphs.hpp>
using namespace ambit;

struct net {
    constexpr tensor operator()(scope& s, tensor x, tensor y) const {
#ifdef AMBIT_MISTAKE
        return add(x, y);
#else
        return add(x, cast(y, float32));
#endif
    }
};
static_assert(expect_valid<net, input<float, 2, 4>, input<double, 2, 4>>());
