// SPDX-License-Identifier: BSL-1.0
// An assignment in the body of a loop: it would happen in every iteration.
// expect: error: .*\[ambit\] loop_assignment: a body only computes values: assign or minimize outside of it
// expect: loop_assignment<.*"op scan/assign_add"
// expect: at loop_assignment\.cpp:[0-9]+
// lines: 2
// errors: 1
#include <ambit/graphs.hpp>
using namespace ambit;

struct net {
    struct outputs { tensor sums; operation count; };
    constexpr outputs operator()(scope& s, tensor xs, tensor start) const {
        const variable count = s.variable("count", 0.0f);
        operation step;
        const tensor sums = scan(s, [&](scope&, tensor h, tensor x) {
#ifdef AMBIT_MISTAKE
            step = assign_add(count, 1);
#endif
            return h + x;
        }, xs, start);
#ifndef AMBIT_MISTAKE
        step = assign_add(count, 10);
#endif
        return {sums, step};
    }
};
static_assert(expect_valid<net, input<float, 10, 4>, input<float, 4>>());
