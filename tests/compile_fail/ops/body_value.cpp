// SPDX-License-Identifier: BSL-1.0
// A value of a body that a lambda carries out of it.
// expect: error: .*\[ambit\] body_value: a value of a body lives for one iteration of it: let the body return it, and use the result
// expect: body_value<.*op mul\(
// expect: scan/tanh float32\[4\]
// expect: at body_value\.cpp:[0-9]+
// lines: 2
// errors: 1
#include <ambit/graphs.hpp>
using namespace ambit;

struct net {
    constexpr tensor operator()(scope& s, tensor xs, tensor start) const {
        tensor last;
        const tensor states = scan(s, [&](scope&, tensor h, tensor x) {
            const tensor next = tanh(h + x);
#ifdef AMBIT_MISTAKE
            last = next;
#endif
            return next;
        }, xs, start);
#ifndef AMBIT_MISTAKE
        last = states;
#endif
        return reduce_sum(states) + last * 2;
    }
};
static_assert(expect_valid<net, input<float, 10, 4>, input<float, 4>>());
