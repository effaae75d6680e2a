// SPDX-License-Identifier: BSL-1.0
// An axis given twice.
// expect: error: .*\[ambit\] op_option: an option of this op is out of its range
// expect: op reduce_sum\(.*input float32\[2, 4\]\)
// expect: an axis is given twice
// expect: at .*reduce_axes\.cpp:15
// lines: 2
// errors: 1
#include <ambit/graphs.hpp>
using namespace ambit;

struct net {
    constexpr tensor operator()(scope& s, tensor x) const {
#ifdef AMBIT_MISTAKE
        return reduce_sum(x, {.axes = {1, -1}});
#else
        return reduce_sum(x, {.axes = {0, -1}});
#endif
    }
};
static_assert(expect_valid<net, input<float, 2, 4>>());
