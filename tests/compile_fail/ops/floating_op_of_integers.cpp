// SPDX-License-Identifier: BSL-1.0
// A function of floats.
// expect: error: .*\[ambit\] op_dtype: the dtypes of the operands do not fit this op: convert with cast
// expect: op tanh\(.*input int32\[2, 4\]\)
// expect: the operand must be float32 or .*float64
// expect: at .*floating_op_of_integers\.cpp:15
// lines: 2
// errors: 1
#include <ambit/graphs.hpp>
using namespace ambit;

struct net {
    constexpr tensor operator()(scope& s, tensor x) const {
#ifdef AMBIT_MISTAKE
        return tanh(x);
#else
        return tanh(cast(x, float64));
#endif
    }
};
static_assert(expect_valid<net, input<std::int32_t, 2, 4>>());
