// SPDX-License-Identifier: BSL-1.0
// A layer of float32 shared by values of float64: its variables are of another dtype, and nothing else is wrong. What
// was asked for goes on as if it were there.
// expect: error: .*\[ambit\] dtype_mismatch: a variable keeps the dtype it was created with: ask for that one
// expect: dtype_mismatch<.*"layer/weights".*first at .*dtype_on_reuse\.cpp:15, .*in layer, .*again at .*dtype_on_reuse\.cpp:15, .*in layer_1, .*had float32\[4, 3\], .*asked float64\[4, 3\]
// expect: dtype_mismatch<.*"layer/biases".*had float32\[3\], .*asked float64\[3\]
// reject: op_dtype|op_shape
// errors: 2
// lines: 4
#include <ambit/graphs.hpp>
using namespace ambit;

constexpr tensor affine(scope& s, tensor x) {
    auto layer = s.variable_scope("layer");
    variable weights = layer.get_variable("weights", {4, 3}, {.dtype = x.dtype()});
    return matmul(x, weights) + layer.get_variable("biases", {3}, {.dtype = x.dtype()});
}

struct net {
    constexpr tensor operator()(scope& s, tensor x) const {
        tensor fast = affine(s, x);
        s.reuse_variables();
#ifdef AMBIT_MISTAKE
        tensor exact = affine(s, cast(x, float64));
#else
        tensor exact = cast(affine(s, x), float64);
#endif
        return cast(fast, float64) - exact;
    }
};
static_assert(expect_valid<net, input<float, 2, 4>>());
