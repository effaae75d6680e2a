// SPDX-License-Identifier: BSL-1.0
// More elements asked for than there are.
// expect: error: .*\[ambit\] op_option: an option of this op is out of its range
// expect: op top_k\(.*input float32\[2, 4\]\)
// expect: "k is 5: from 1 to 4"
// expect: at .*top_k\.cpp:15
// lines: 2
// errors: 1
#include <ambit/graphs.hpp>
using namespace ambit;

struct net {
    constexpr tensor operator()(scope&, tensor x) const {
#ifdef AMBIT_MISTAKE
        return top_k(x, 5).values;
#else
        return top_k(x, 4).values;
#endif
    }
};
static_assert(expect_valid<net, input<float, 2, 4>>());
