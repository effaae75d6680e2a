// SPDX-License-Identifier: BSL-1.0
// A bias of another length than the last axis.
// expect: error: .*\[ambit\] op_shape: the shapes of the operands do not fit this op
// expect: op bias_add\(.*input float32\[2, 4\], .*bias float32\[2\]\)
// expect: the bias is a vector as long as the .*last axis
// expect: at .*bias_add_shape\.cpp:15
// lines: 2
// errors: 1
#include <ambit/graphs.hpp>
using namespace ambit;

struct net {
    constexpr tensor operator()(scope& s, tensor x) const {
#ifdef AMBIT_MISTAKE
        return bias_add(x, s.get_variable("bias", {2}));
#else
        return bias_add(x, s.get_variable("bias", {4}));
#endif
    }
};
static_assert(expect_valid<net, input<float, 2, 4>>());
