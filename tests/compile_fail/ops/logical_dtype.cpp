// SPDX-License-Identifier: BSL-1.0
// A number where a bool belongs.
// expect: error: .*\[ambit\] op_dtype: the dtypes of the operands do not fit this op: convert with cast
// expect: op logical_and\(.*greater bool\[4\], .*input float32\[4\]\)
// expect: every operand must be bool
// expect: at .*logical_dtype\.cpp:15
// lines: 2
// errors: 1
#include <ambit/graphs.hpp>
using namespace ambit;

struct net {
    constexpr tensor operator()(scope&, tensor x) const {
#ifdef AMBIT_MISTAKE
        return (x > 0) & x;
#else
        return (x > 0) & not_equal(x, 1);
#endif
    }
};
static_assert(expect_valid<net, input<float, 4>>());
