// SPDX-License-Identifier: BSL-1.0
// An input has extents of at least 1.
// expect: error: .*\[ambit\] invalid_shape: 
// expect: input 1: asked float32\[0, 4\]
// lines: 2
// errors: 1
#include <ambit/graphs.hpp>
using namespace ambit;

struct net {
    constexpr tensor operator()(scope&, tensor x, tensor y) const { return x + y; }
};
#ifdef AMBIT_MISTAKE
static_assert(expect_valid<net, input<float, 2, 4>, input<float, 0, 4>>());
#else
static_assert(expect_valid<net, input<float, 2, 4>, input<float, 1, 4>>());
#endif
