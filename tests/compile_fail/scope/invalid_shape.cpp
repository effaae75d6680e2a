// SPDX-License-Identifier: BSL-1.0
// An extent of zero.
// expect: error: .*\[ambit\] invalid_shape: every extent is at least 1 and the whole tensor stays below a terabyte
// expect: invalid_shape<.*"a/gain"
// expect: asked float32\[4, 0\]
// expect: asked at .*invalid_shape\.cpp:16, .*in a, .*opened at .*invalid_shape\.cpp:14
// lines: 2
// errors: 1
#include <ambit/graphs.hpp>
using namespace ambit;

struct net {
    constexpr tensor operator()(scope& s, tensor x) const {
        auto a = s.variable_scope("a");
#ifdef AMBIT_MISTAKE
        return matmul(x, a.get_variable("gain", {4, 0}));
#else
        return matmul(x, a.get_variable("gain", {4, 1}));
#endif
    }
};
static_assert(expect_valid<net, input<float, 2, 4>>());
