// SPDX-License-Identifier: BSL-1.0
// A kernel larger than the image, without padding.
// expect: error: .*\[ambit\] op_shape: the shapes of the operands do not fit this op
// expect: op conv2d\(.*input float32\[1, 8, 8, 3\], .*weights float32\[9, 9, 3, 4\]\)
// expect: the kernel is larger than the .*image: pad with same
// expect: at .*conv2d_kernel\.cpp:15
// lines: 2
// errors: 1
#include <ambit/graphs.hpp>
using namespace ambit;

struct net {
    constexpr tensor operator()(scope& s, tensor x) const {
#ifdef AMBIT_MISTAKE
        return conv2d(x, s.get_variable("weights", {9, 9, 3, 4}));
#else
        return conv2d(x, s.get_variable("weights", {9, 9, 3, 4}), {.padding = same});
#endif
    }
};
static_assert(expect_valid<net, input<float, 1, 8, 8, 3>>());
