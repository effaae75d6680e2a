// SPDX-License-Identifier: BSL-1.0
// A child opened in a scope that is not the innermost one.
// expect: error: .*\[ambit\] scope_out_of_order: use the innermost open scope; close the scopes opened after this one first
// expect: scope_out_of_order<.*"name second"
// expect: asked at .*outer_scope_open\.cpp:20, .*in outer"
// expect: still open: outer/first, .*opened at .*outer_scope_open\.cpp:16
// lines: 2
// errors: 1
#include <ambit/graphs.hpp>
using namespace ambit;

struct net {
    constexpr tensor operator()(scope& s, tensor x) const {
        auto outer = s.variable_scope("outer");
#ifdef AMBIT_MISTAKE
        auto first = outer.variable_scope("first");
#else
        { auto first = outer.variable_scope("first"); }
#endif
        auto second = outer.variable_scope("second");
        return x * second.get_variable("gain", {4});
    }
};
static_assert(expect_valid<net, input<float, 2, 4>>());
