// SPDX-License-Identifier: BSL-1.0
// Compilation that ends with the first error still says of which variable and where.
// expect: error: .*\[ambit\] variable_exists: set reuse on the scope, or give the variable another name
// expect: variable_exists<.*"layer/gain".*first at .*first_error_alone\.cpp:14, .*in layer, .*again at .*first_error_alone\.cpp:16, .*in layer, 
// errors: 1
// flags: -Wfatal-errors -w
#include <ambit/graphs.hpp>
using namespace ambit;

struct net {
    constexpr tensor operator()(scope& s, tensor x) const {
        for (int i = 0; i < 2; ++i) {
            auto layer = s.variable_scope("layer");
            x = x * layer.get_variable("gain", {4});
#ifdef AMBIT_MISTAKE
            x = x + layer.get_variable("gain", {4});
#else
            s.reuse_variables();
#endif
        }
        return x;
    }
};
static_assert(expect_valid<net, input<float, 2, 4>>());
