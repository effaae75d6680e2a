// SPDX-License-Identifier: BSL-1.0
// A body that returns another shape than it was given: both are named, and the loop.
// expect: error: .*\[ambit\] loop_state: the body of a loop returns a state of the shape and dtype that it was given
// expect: op scan/state\(given float32\[2, 4\], 
// expect: returned float32\[2, 8\]\)
// expect: at loop_state\.cpp:[0-9]+
// lines: 2
// errors: 1
#include <ambit/graphs.hpp>
using namespace ambit;

struct net {
    constexpr tensor operator()(scope& s, tensor xs, tensor start) const {
        return scan(s, [](scope& in, tensor h, tensor x) {
#ifdef AMBIT_MISTAKE
            const tensor w = in.get_variable("w", {4, 8});
#else
            const tensor w = in.get_variable("w", {4, 4});
#endif
            return matmul(h + x, w);
        }, xs, start);
    }
};
static_assert(expect_valid<net, input<float, 10, 2, 4>, input<float, 2, 4>>());
