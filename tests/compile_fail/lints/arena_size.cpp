// SPDX-License-Identifier: BSL-1.0
// More temporary memory than expected: the largest value is named.
// expect: error: .*\[ambit\] arena_size: a call needs more temporary memory than expected: take smaller values or a larger limit
// expect: arena_size<.*had 128 bytes, .*asked at most 64 bytes".*largest value: dense/add .*float32\[2, 3\], 24 bytes"
// lines: 2
// errors: 1
#include <ambit/graphs.hpp>

using namespace ambit;

struct layer {
    constexpr tensor operator()(scope& s, tensor x) const {
        auto dense = s.variable_scope("dense");
        variable weights = dense.get_variable("weights", {4, 3});
        dense.get_variable("scale", {3});
        return matmul(x, weights) + dense.get_variable("biases", {3});
    }
};
using net = graph_of<layer, input<float, 2, 4>>;

#ifdef AMBIT_MISTAKE
static_assert(expect_arena<net, 64>());
#else
static_assert(expect_arena<net, 1_KiB>());
#endif
