// SPDX-License-Identifier: BSL-1.0
// What a loop carries has a number in it: the line of the loop is named, and what a state may be.
// expect: loop_state_of_numbers\.cpp:26:.*error: .*\[ambit\] what a loop carries and returns is made of tensors: one, a std::array, pair or tuple of such, or a plain struct of 1 to 16
// expect: loop_state_of_numbers\.cpp:31:.*error: .*\[ambit\] what a loop carries and returns is made of tensors: one, a std::array, pair or tuple of such, or a plain struct of 1 to 16
// others: 0
#include <ambit/graphs.hpp>
using namespace ambit;

struct cell {
    tensor sum;
#ifdef AMBIT_MISTAKE
    int steps;
#else
    tensor steps;
#endif
};
struct layers {
    cell first, second;
    constexpr layers next() const { return *this; }
};

struct net {
    constexpr tensor operator()(scope& s, tensor xs, tensor start) const {
        const layers begin{{start, {}}, {start, {}}};
#ifdef AMBIT_MISTAKE
        const layers all = scan(s, [](scope&, layers h, tensor) { return h.next(); }, xs, begin);
#else
        const layers all = scan(s, [](scope&, layers h, tensor) { return h.next(); }, xs,
                                layers{{start, start}, {start, start}});
#endif
        return while_loop(s, [](scope&, layers h) { return reduce_all(h.first.sum > 0.0f); },
                          [](scope&, layers h) { return h.next(); }, all).second.sum;
    }
};
static_assert(expect_valid<net, input<float, 10, 2, 4>, input<float, 2, 4>>());
