// SPDX-License-Identifier: BSL-1.0
// Forty layers of one name, twice: of each kind of mistake eight are told, and how many more there are.
// expect: error: .*\[ambit\] variable_exists: set reuse on the scope, or give the variable another name
// expect: variable_exists<.*"tower/gain".*first at .*many_mistakes\.cpp:18, .*in tower, .*again at .*many_mistakes\.cpp:18, .*in tower_1, 
// expect: variable_exists<.*in tower_8, .*"and 31 more of this kind"
// expect: op_shape<.*"and 32 more of this kind"
// reject: tower_9
// errors: 16
// lines: 32
#include <ambit/graphs.hpp>
using namespace ambit;

struct net {
    constexpr tensor operator()(scope& s, tensor x) const {
#ifdef AMBIT_MISTAKE
        for (int i = 0; i < 40; ++i) {
            auto tower = s.variable_scope("tower");
            variable gain = tower.get_variable("gain", {4});
            static_cast<void>(matmul(x, gain));
        }
#else
        auto tower = s.variable_scope("tower");
        x = x * tower.get_variable("gain", {4});
#endif
        return x;
    }
};
static_assert(expect_valid<net, input<float, 2, 4>>());
