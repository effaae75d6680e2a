// SPDX-License-Identifier: BSL-1.0
// A variable keeps the dtype it was created with; the dtype of the scope is the dtype asked for.
// expect: error: .*\[ambit\] dtype_mismatch: a variable keeps the dtype it was created with: ask for that one
// expect: dtype_mismatch<.*"a/gain"
// expect: had float32\[4\], .*asked float64\[4\]
// expect: first at .*dtype_mismatch\.cpp:15, .*in a, 
// expect: again at .*dtype_mismatch\.cpp:21, .*in a_1, .*opened at .*dtype_mismatch\.cpp:17
// lines: 2
// errors: 1
#include <ambit/graphs.hpp>
using namespace ambit;

struct net {
    constexpr tensor operator()(scope& s, tensor x) const {
        { auto a = s.variable_scope("a"); x = x * a.get_variable("gain", {4}); }
#ifdef AMBIT_MISTAKE
        auto a = s.variable_scope("a", {.reuse = true, .dtype = float64});
#else
        auto a = s.variable_scope("a", {.reuse = true});
#endif
        return x * a.get_variable("gain", {4});
    }
};
static_assert(expect_valid<net, input<float, 2, 4>>());
