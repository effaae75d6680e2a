// SPDX-License-Identifier: BSL-1.0
// A reusing scope does not create: the nearest name is suggested. Where a default name was counted up, that is said.
// expect: error: .*\[ambit\] variable_missing: a reusing scope only returns variables that exist: create it first, or check the name
// expect: variable_missing<.*"dense/wieghts"
// expect: asked float32\[4, 8\]
// expect: did you mean dense/weights\?
// expect: asked at .*variable_missing\.cpp:23, .*in dense_1, .*opened at .*variable_missing\.cpp:21
// expect: variable_missing<.*"layer_1/w".*layer_1 is counted up from its .*\.default_name: open it by name to .*share.*did you mean layer/w\?
// lines: 4
// errors: 2
#include <ambit/graphs.hpp>
using namespace ambit;

constexpr tensor counted(scope& s, const tensor& x) {
    auto layer = s.variable_scope({.default_name = "layer"});
    return matmul(x, layer.get_variable("w", {4, 4}));
}
struct net {
    constexpr tensor operator()(scope& s, tensor x) const {
        { auto dense = s.variable_scope("dense"); x = matmul(x, dense.get_variable("weights", {4, 4})); }
        auto dense = s.variable_scope("dense", {.reuse = true});
#ifdef AMBIT_MISTAKE
        dense.get_variable("wieghts", {4, 8});
        dense.close();
        x = counted(s, x);
        s.reuse_variables();
        return counted(s, x);
#else
        return matmul(x, dense.get_variable("weights", {4, 4}));
#endif
    }
};
static_assert(expect_valid<net, input<float, 2, 4>>());
