// SPDX-License-Identifier: BSL-1.0
// A variable asked for in a scope that is not the innermost one; no second mistake for the same call.
// expect: error: .*\[ambit\] scope_out_of_order: use the innermost open scope; close the scopes opened after this one first
// expect: scope_out_of_order<.*"name gain"
// expect: asked at .*outer_scope_get\.cpp:17, .*in outer"
// expect: still open: outer/inner, .*opened at .*outer_scope_get\.cpp:16
// lines: 2
// errors: 1
#include <ambit/graphs.hpp>
using namespace ambit;

struct net {
    constexpr tensor operator()(scope& s, tensor x) const {
        auto outer = s.variable_scope("outer");
#ifdef AMBIT_MISTAKE
        auto inner = outer.variable_scope("inner");
        return x * outer.get_variable("gain", {4}, {.initializer = constant({1, 2})});
#else
        { auto inner = outer.variable_scope("inner"); }
        return x * outer.get_variable("gain", {4});
#endif
    }
};
static_assert(expect_valid<net, input<float, 2, 4>>());
