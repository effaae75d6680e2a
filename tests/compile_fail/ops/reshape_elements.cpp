// SPDX-License-Identifier: BSL-1.0
// Another number of elements.
// expect: error: .*\[ambit\] op_shape: the shapes of the operands do not fit this op
// expect: op rows\(.*input float32\[2, 4\]\)
// expect: the number of elements must stay .*the same
// expect: at .*reshape_elements\.cpp:15
// lines: 2
// errors: 1
#include <ambit/graphs.hpp>
using namespace ambit;

struct net {
    constexpr tensor operator()(scope& s, tensor x) const {
#ifdef AMBIT_MISTAKE
        return reshape(x, {3, 3}, {.name = "rows"});
#else
        return reshape(x, {4, -1}, {.name = "rows"});
#endif
    }
};
static_assert(expect_valid<net, input<float, 2, 4>>());
