// SPDX-License-Identifier: BSL-1.0
// A training step runs what is in `updates`, which are operations: a tensor there would do nothing.
// expect: error: .*\[ambit\] collection_member: a built-in collection holds one kind of member: take a name of your own for others
// expect: collection_member<.*"name updates"
// expect: this collection holds operations, .*as assign returns them
// expect: asked at .*collection_member\.cpp:20, .*in layer, .*opened at collection_member\.cpp:14"
// lines: 2
// errors: 1
#include <ambit/graphs.hpp>
using namespace ambit;

struct net {
    constexpr tensor operator()(scope& s, tensor x) const {
        auto layer = s.variable_scope("layer");
        variable mean = layer.get_variable("mean", {4}, {.trainable = false});
#ifndef AMBIT_MISTAKE
        layer.add_to_collection(collections::updates, assign(mean, reduce_mean(x, {.axes = {0}})));
#else
        static_cast<void>(mean);
        layer.add_to_collection(collections::updates, reduce_mean(x, {.axes = {0}}));
#endif
        return x;
    }
};
static_assert(expect_valid<net, input<float, 2, 4>>());
