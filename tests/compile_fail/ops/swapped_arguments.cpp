// SPDX-License-Identifier: BSL-1.0
// Arguments of another kind than the one that stands there: a sentence each, at the user's own line.
// expect: swapped_arguments\.cpp:20:.* error: .*\[ambit\] the scope of a layer comes first, then its name: dense\(s, "hidden", x, 500\)
// expect: swapped_arguments\.cpp:21:.* error: .*\[ambit\] the scope of a layer comes first, then its name: conv
// expect: swapped_arguments\.cpp:22:.* error: .*\[ambit\] branches are functions: cond\(s, t, .*; of each element where\(t, a, b\) chooses
// expect: swapped_arguments\.cpp:23:.* error: .*\[ambit\] branches are functions
// expect: swapped_arguments\.cpp:24:.* error: .*\[ambit\] the op is transpose\(x, {1, 0}\)
// expect: swapped_arguments\.cpp:25:.* error: .*\[ambit\] the kernel is a variable: conv2d\(x, s\.get_variable
// reject: no match|no viable|candidate|ambiguous
#include <ambit/graphs.hpp>
#include <ambit/nn/conv.hpp>
#include <ambit/nn/dense.hpp>
#include <ambit/ops/all.hpp>
using namespace ambit;

struct net {
    constexpr tensor operator()(scope& s, tensor x, tensor image) const {
        variable w = s.get_variable("w", {2, 4});
#ifdef AMBIT_MISTAKE
        x = dense("d", s, x, 4);
        image = conv("c", s, image, 1);
        x = cond(true, x, w);
        x = cond(s, reduce_max(x) > 0, x, x, {.name = "choice"});
        x = x.transpose(1, 0);
        image = conv2d(image, {3, 3, 1, 8});
        return x + w + reduce_sum(image);
#else
        x = dense(s, "d", x, 4);
        image = conv(s, "c", image, 1, {3, 3});
        x = cond(s, reduce_max(x) > 0, [&](scope&) { return x; }, [&](scope&) { return x * 2; });
        image = conv2d(image, s.get_variable("kernel", {3, 3, 1, 8}));
        return transpose(transpose(x, {1, 0})) + w + reduce_sum(image);
#endif
    }
};
static_assert(expect_valid<net, input<float, 2, 4>, input<float, 1, 8, 8, 1>>());
