// SPDX-License-Identifier: BSL-1.0
// A scan whose elements and initial state are exchanged: what its body takes, and in which order both are given.
// expect: \[ambit\] the body of a scan takes a scope, its state and one element; elements stand in front of the initial
// allow: ambit::op_parts
// allow(gcc): ambit::core_parts
// others: 0
#include <ambit/graphs.hpp>
using namespace ambit;

struct pair {
    tensor sum, last;
};

struct net {
    constexpr tensor operator()(scope& s, tensor xs, tensor start) const {
        const auto add = [](scope&, pair before, tensor x) { return pair{before.sum + x, x}; };
        const pair initial{start, start};
#ifdef AMBIT_MISTAKE
        return scan(s, add, initial, xs);
#else
        return scan(s, add, xs, initial).sum;
#endif
    }
};
static_assert(expect_valid<net, input<float, 10, 4>, input<float, 4>>());
