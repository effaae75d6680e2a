// SPDX-License-Identifier: BSL-1.0
// An axis outside of the operand.
// expect: error: .*\[ambit\] op_option: an option of this op is out of its range
// expect: op softmax\(.*input float32\[2, 4\]\)
// expect: the axis lies outside of the operand
// expect: at .*softmax_axis\.cpp:15
// lines: 2
// errors: 1
#include <ambit/graphs.hpp>
using namespace ambit;

struct net {
    constexpr tensor operator()(scope& s, tensor x) const {
#ifdef AMBIT_MISTAKE
        return softmax(x, {.axis = 2});
#else
        return softmax(x, {.axis = -2});
#endif
    }
};
static_assert(expect_valid<net, input<float, 2, 4>>());
