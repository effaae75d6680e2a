// SPDX-License-Identifier: BSL-1.0
// A reusing scope does not create: the nearest name is suggested.
// expect: error: .*\[ambit\] variable_missing: a reusing scope only returns variables that exist: create it first, or check the name
// expect: variable_missing<.*"dense/wieghts"
// expect: asked float32\[4, 8\]
// expect: did you mean dense/weights\?
// expect: asked at .*variable_missing\.cpp:18, .*in dense_1, .*opened at .*variable_missing\.cpp:16
// lines: 2
// errors: 1
#include <ambit/core.hpp>
using namespace ambit;

struct net {
    constexpr tensor operator()(scope& s, tensor x) const {
        { auto dense = s.variable_scope("dense"); x = matmul(x, dense.get_variable("weights", {4, 4})); }
        auto dense = s.variable_scope("dense", {.reuse = true});
#ifdef AMBIT_MISTAKE
        return matmul(x, dense.get_variable("wieghts", {4, 8}));
#else
        return matmul(x, dense.get_variable("weights", {4, 4}));
#endif
    }
};
static_assert(expect_valid<net, input<float, 2, 4>>());
