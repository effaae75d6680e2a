// SPDX-License-Identifier: BSL-1.0
// A window larger than the image, without padding.
// expect: error: .*\[ambit\] op_shape: the shapes of the operands do not fit this op
// expect: op max_pool\(.*input float32\[1, 8, 8, 3\]\)
// expect: the window is larger than the .*image: pad with same
// expect: at .*pool_window\.cpp:15
// lines: 2
// errors: 1
#include <ambit/graphs.hpp>
using namespace ambit;

struct net {
    constexpr tensor operator()(scope& s, tensor x) const {
#ifdef AMBIT_MISTAKE
        return max_pool(x, {.window = {9, 9}});
#else
        return max_pool(x, {.window = {9, 9}, .padding = same});
#endif
    }
};
static_assert(expect_valid<net, input<float, 1, 8, 8, 3>>());
