// SPDX-License-Identifier: BSL-1.0
// A list of another size than its shape: an op that has no operands.
// expect: error: .*\[ambit\] op_option: an option of this op is out of its range
// expect: op constant
// expect(gcc): there are as many values as the shape has elements
// expect(clang): there are as many values as the .*shape has elements
// expect: at .*constant_values\.cpp:15
// errors: 1
#include <ambit/graphs.hpp>
using namespace ambit;

struct net {
    constexpr tensor operator()(scope& s, tensor x) const {
#ifdef AMBIT_MISTAKE
        return x * constant(s, {1.0, 2.0, 3.0}, {2, 2});
#else
        return x * constant(s, {1.0, 2.0, 3.0, 4.0}, {2, 2});
#endif
    }
};
static_assert(expect_valid<net, input<float, 2, 2>>());
