// SPDX-License-Identifier: BSL-1.0
// A scope whose name ends in a slash; what is asked for in it is not reported again.
// expect: error: .*\[ambit\] invalid_name: names have letters, digits, .*, and begin with no 
// expect: invalid_name<.*"name conv/"
// expect: asked at .*invalid_scope_name\.cpp:16
// reject: in , opened
// lines: 2
// errors: 1
#include <ambit/graphs.hpp>
using namespace ambit;

struct net {
    constexpr tensor operator()(scope& s, tensor x) const {
        auto top = s.variable_scope(s.root());
#ifdef AMBIT_MISTAKE
        auto conv = top.variable_scope("conv/");
#else
        auto conv = top.variable_scope("conv");
#endif
        return x * conv.get_variable("gain", {4});
    }
};
static_assert(expect_valid<net, input<float, 2, 4>>());
