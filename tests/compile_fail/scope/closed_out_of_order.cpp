// SPDX-License-Identifier: BSL-1.0
// A scope closed while one opened after it is still open. That one closes with it: what follows is no mistake.
// expect: error: .*\[ambit\] scope_out_of_order: use the innermost open scope; close the scopes opened after this one first
// expect: scope_out_of_order<.*scope outer, .*opened at .*closed_out_of_order\.cpp:14
// expect: closed at closed_out_of_order\.cpp:19
// expect: still open: outer/inner, .*opened at .*closed_out_of_order\.cpp:15
// lines: 2
// errors: 1
#include <ambit/graphs.hpp>
using namespace ambit;

struct net {
    constexpr tensor operator()(scope& s, tensor x) const {
        auto outer = s.variable_scope("outer");
        auto inner = outer.variable_scope("inner");
#ifndef AMBIT_MISTAKE
        inner.close();
#endif
        outer.close();
        auto next = s.variable_scope("next");
        return x * next.get_variable("gain", {4});
    }
};
static_assert(expect_valid<net, input<float, 2, 4>>());
