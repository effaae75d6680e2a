// SPDX-License-Identifier: BSL-1.0
// A variable keeps the shape it was created with.
// expect: error: .*\[ambit\] shape_mismatch: a variable keeps the shape it was created with: ask for that one, or for any_shape
// expect: shape_mismatch<.*"dense/weights"
// expect: had float32\[4, 8\], .*asked float32\[8, 4\]
// expect: first at .*shape_mismatch\.cpp:16, .*in dense, .*opened at .*shape_mismatch\.cpp:15
// expect: again at .*shape_mismatch\.cpp:19, .*in dense, .*opened at .*shape_mismatch\.cpp:15
// lines: 2
// errors: 1
#include <ambit/graphs.hpp>
using namespace ambit;

struct net {
    constexpr tensor operator()(scope& s, tensor x) const {
        auto dense = s.variable_scope("dense");
        variable weights = dense.get_variable("weights", {4, 8});
        dense.reuse_variables();
#ifdef AMBIT_MISTAKE
        variable shared = dense.get_variable("weights", {8, 4});
#else
        variable shared = dense.get_variable("weights", {4, 8});
#endif
        return matmul(matmul(x, weights), shared, {.transpose_b = true});
    }
};
static_assert(expect_valid<net, input<float, 2, 4>>());
