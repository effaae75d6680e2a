// SPDX-License-Identifier: BSL-1.0
// A stride of zero.
// expect: error: .*\[ambit\] op_option: an option of this op is out of its range
// expect: op conv2d\(.*input float32\[1, 8, 8, 3\], .*weights float32\[3, 3, 3, 4\]\)
// expect: "strides is 0: at least 1"
// expect: at .*conv2d_strides\.cpp:15
// lines: 2
// errors: 1
#include <ambit/graphs.hpp>
using namespace ambit;

struct net {
    constexpr tensor operator()(scope& s, tensor x) const {
#ifdef AMBIT_MISTAKE
        return conv2d(x, s.get_variable("weights", {3, 3, 3, 4}), {.strides = {2, 0}});
#else
        return conv2d(x, s.get_variable("weights", {3, 3, 3, 4}), {.strides = {2, 1}});
#endif
    }
};
static_assert(expect_valid<net, input<float, 1, 8, 8, 3>>());
