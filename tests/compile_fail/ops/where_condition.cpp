// SPDX-License-Identifier: BSL-1.0
// A condition of numbers.
// expect: error: .*\[ambit\] op_dtype: the dtypes of the operands do not fit this op: convert with cast
// expect: op where\(.*input float32\[4\], .*relu float32\[4\], .*number float32\[\]\)
// expect: the condition must be bool
// expect: at .*where_condition\.cpp:15
// lines: 2
// errors: 1
#include <ambit/graphs.hpp>
using namespace ambit;

struct net {
    constexpr tensor operator()(scope&, tensor x) const {
#ifdef AMBIT_MISTAKE
        return where(x, relu(x), 0);
#else
        return where(x > 0, relu(x), 0);
#endif
    }
};
static_assert(expect_valid<net, input<float, 4>>());
