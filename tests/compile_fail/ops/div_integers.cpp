// SPDX-License-Identifier: BSL-1.0
// Integers are not divided.
// expect: error: .*\[ambit\] op_dtype: the dtypes of the operands do not fit this op: convert with cast
// expect: op div\(.*input int32\[2, 4\], .*number int32\[\]\)
// expect: the operands must be float32 or .*float64
// expect: at .*div_integers\.cpp:15"
// lines: 2
// errors: 1
#include <ambit/graphs.hpp>
using namespace ambit;

struct net {
    constexpr tensor operator()(scope& s, tensor x) const {
#ifdef AMBIT_MISTAKE
        return x / 2;
#else
        return cast(x, float32) / 2;
#endif
    }
};
static_assert(expect_valid<net, input<std::int32_t, 2, 4>>());
