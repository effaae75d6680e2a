// SPDX-License-Identifier: BSL-1.0
// Without a shape `get_variable` only finds; here there is nothing to find.
// expect: error: .*\[ambit\] shape_needed: the variable does not exist yet: give the shape to create it with
// expect: shape_needed<.*"gain"
// expect: asked at .*shape_needed\.cpp:14
// lines: 2
// errors: 1
#include <ambit/graphs.hpp>
using namespace ambit;

struct net {
    constexpr tensor operator()(scope& s, tensor x) const {
#ifdef AMBIT_MISTAKE
        variable gain = s.get_variable("gain");
#else
        variable gain = s.get_variable("gain", {4});
#endif
        return x * gain;
    }
};
static_assert(expect_valid<net, input<float, 2, 4>>());
