// SPDX-License-Identifier: BSL-1.0
// The channels of an image and of a kernel differ; the op names its scope.
// expect: error: .*\[ambit\] op_shape: the shapes of the operands do not fit this op
// expect: op_shape<.*op edges/conv2d\(.*input float32\[1, 8, 8, 3\], .*edges/weights .*float32\[3, 3, 1, 4\]\)
// expect: channels of the image must be the .*kernel.*s third extent
// expect: images are \[n, h, w, c\], .*kernels \[h, w, in, out\]: .*c is in
// expect: at .*conv2d_channels\.cpp:17, .*in edges, .*opened at .*conv2d_channels\.cpp:15
// lines: 2
// errors: 1
#include <ambit/graphs.hpp>
using namespace ambit;

struct net {
    constexpr tensor operator()(scope& s, tensor x) const {
        auto edges = s.variable_scope("edges");
#ifdef AMBIT_MISTAKE
        return conv2d(x, edges.get_variable("weights", {3, 3, 1, 4}));
#else
        return conv2d(x, edges.get_variable("weights", {3, 3, 3, 4}));
#endif
    }
};
static_assert(expect_valid<net, input<float, 1, 8, 8, 3>>());
