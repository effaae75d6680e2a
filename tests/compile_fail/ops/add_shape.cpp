// SPDX-License-Identifier: BSL-1.0
// Extents that do not broadcast. An operator has the line where its first operand became one.
// expect: error: .*\[ambit\] op_shape: the shapes of the operands do not fit this op
// expect: op layer/add\(.*input float32\[2, 4\], .*layer/shift float32\[3\]\)
// expect: extents must be equal, or 1, .*from the last axis on
// expect: aligned from the right, .*axis -1 is 4 and 3
// expect: "at .*add_shape\.cpp:17, .*in layer, .*opened at .*add_shape\.cpp:15
// lines: 2
// errors: 1
#include <ambit/graphs.hpp>
using namespace ambit;

struct net {
    constexpr tensor operator()(scope& s, tensor x) const {
        auto layer = s.variable_scope("layer");
#ifdef AMBIT_MISTAKE
        return x + layer.get_variable("shift", {3});
#else
        return x + layer.get_variable("shift", {4});
#endif
    }
};
static_assert(expect_valid<net, input<float, 2, 4>>());
