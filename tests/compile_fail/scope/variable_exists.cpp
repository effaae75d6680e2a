// SPDX-License-Identifier: BSL-1.0
// A helper called twice creates its variable twice: both places are named, and the op scope of each.
// expect: error: .*\[ambit\] variable_exists: set reuse on the scope, or give the variable another name
// expect: variable_exists<.*"layer/gain"
// expect: first at .*variable_exists\.cpp:13, .*in layer, .*opened at .*variable_exists\.cpp:18"
// expect: again at .*variable_exists\.cpp:13, .*in layer_1, .*opened at .*variable_exists\.cpp:20"
// lines: 2
// errors: 1
#include <ambit/graphs.hpp>
using namespace ambit;

constexpr tensor scaled(scope& s, tensor x) {
    return x * s.get_variable("gain", {4});
}

struct net {
    constexpr tensor operator()(scope& s, tensor x) const {
        { auto layer = s.variable_scope("layer"); x = scaled(layer, x); }
#ifdef AMBIT_MISTAKE
        auto layer = s.variable_scope("layer");
#else
        auto layer = s.variable_scope("layer", {.reuse = true});
#endif
        return scaled(layer, x);
    }
};
static_assert(expect_valid<net, input<float, 2, 4>>());
