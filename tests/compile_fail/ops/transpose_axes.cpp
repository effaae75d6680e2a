// SPDX-License-Identifier: BSL-1.0
// A permutation that names an axis twice.
// expect: error: .*\[ambit\] op_option: an option of this op is out of its range
// expect: op transpose\(.*input float32\[2, 4\]\)
// expect: a permutation names every axis once
// expect: at .*transpose_axes\.cpp:15
// lines: 2
// errors: 1
#include <ambit/graphs.hpp>
using namespace ambit;

struct net {
    constexpr tensor operator()(scope& s, tensor x) const {
#ifdef AMBIT_MISTAKE
        return transpose(x, {1, 1});
#else
        return transpose(x, {1, 0});
#endif
    }
};
static_assert(expect_valid<net, input<float, 2, 4>>());
