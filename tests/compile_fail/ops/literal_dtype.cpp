// SPDX-License-Identifier: BSL-1.0
// A number takes the dtype of the other side, which must have it.
// expect: error: .*\[ambit\] op_dtype: the dtypes of the operands do not fit this op: convert with cast
// expect: op mul\(.*input int32\[2, 4\]\)
// expect: a floating-point number is not a .*value of int32
// expect: at .*literal_dtype\.cpp:15"
// lines: 2
// errors: 1
#include <ambit/graphs.hpp>
using namespace ambit;

struct net {
    constexpr tensor operator()(scope& s, tensor x) const {
#ifdef AMBIT_MISTAKE
        return x * 0.5;
#else
        return x * 2;
#endif
    }
};
static_assert(expect_valid<net, input<std::int32_t, 2, 4>>());
