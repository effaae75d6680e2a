// SPDX-License-Identifier: BSL-1.0
// Bounds in the wrong order.
// expect: error: .*\[ambit\] op_option: an option of this op is out of its range
// expect: op clip\(.*input float32\[2, 4\]\)
// expect: "low is 6: at most 0"
// expect: at .*clip_bounds\.cpp:15
// lines: 2
// errors: 1
#include <ambit/graphs.hpp>
using namespace ambit;

struct net {
    constexpr tensor operator()(scope& s, tensor x) const {
#ifdef AMBIT_MISTAKE
        return clip(x, 6, 0);
#else
        return clip(x, 0, 6);
#endif
    }
};
static_assert(expect_valid<net, input<float, 2, 4>>());
