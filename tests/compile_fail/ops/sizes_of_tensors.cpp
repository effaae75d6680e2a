// SPDX-License-Identifier: BSL-1.0
// Sizes as members, as other libraries have them, in shapes, conditions and loops: a sentence where each stands, alone.
// expect: sizes_of_tensors\.cpp:16:.* error: .*\[ambit\] a tensor has x\.shape\(\)\.elements\(\)
// expect: sizes_of_tensors\.cpp:17:.* error: .*\[ambit\] a tensor has x\.shape\(\)\.rank\(\)
// expect: sizes_of_tensors\.cpp:18:.* error: .*\[ambit\] a tensor has x\.shape\(\)\.elements\(\)
// expect: sizes_of_tensors\.cpp:19:.* error: .*\[ambit\] a tensor has x\.shape\(\)\.elements\(\)
// reject: no match|no viable|candidate|a number is no tensor|has no value
// others: 0
#include <ambit/graphs.hpp>
#include <ambit/nn/dense.hpp>
using namespace ambit;

struct net {
    constexpr tensor operator()(scope& s, tensor x) const {
#ifdef AMBIT_MISTAKE
        tensor y = reshape(x, {x.size(0), -1});
        if (x.dim() == 2)
            y = dense(s, "h", y, x.size());
        for (int i = 0; i < x.size(1); ++i) y = y + i;
        return y;
#else
        tensor y = reshape(x, {x.shape()[0], -1});
        if (x.shape().rank() == 2) y = dense(s, "h", y, x.shape().elements());
        for (int i = 0; i < x.shape()[1]; ++i) y = y + i;
        return y;
#endif
    }
};
static_assert(expect_valid<net, input<float, 2, 4>>());
