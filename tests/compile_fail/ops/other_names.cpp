// SPDX-License-Identifier: BSL-1.0
// Layers, axes, loops and steps as other libraries call them: a sentence each.
// expect: other_names\.cpp:38:.* error: .*\[ambit\] the op is transpose\(x\)
// expect: other_names\.cpp:39:.* error: .*\[ambit\] the op is transpose\(x\)
// expect: other_names\.cpp:40:.* error: .*\[ambit\] the way back is gradients\(loss, {w}\)
// expect: other_names\.cpp:41:.* error: .*\[ambit\] an operation has no value, calls ask for it
// expect: other_names\.cpp:42:.* error: .*\[ambit\] the loss comes before the optimizer
// expect: other_names\.cpp:43:.* error: .*\[ambit\] the layer is dense\(s, "hidden", x, 500\)
// expect: other_names\.cpp:44:.* error: .*\[ambit\] the layer is dense\(s, "hidden", x, 500, {\.activation = relu}\)
// expect: other_names\.cpp:45:.* error: .*\[ambit\] the layer is batch_normalization
// expect: other_names\.cpp:46:.* error: .*\[ambit\] the layer is layer_normalization
// expect: other_names\.cpp:47:.* error: .*\[ambit\] a layer is told its units alone
// expect: other_names\.cpp:48:.* error: .*\[ambit\] an activation is a function, which the layer calls
// expect: other_names\.cpp:49:.* error: .*\[ambit\] the layer is conv\(s, "conv1", x, 32, {3, 3}\)
// expect: other_names\.cpp:50:.* error: .*\[ambit\] window and strides are options: max_pool
// expect: other_names\.cpp:51:.* error: .*\[ambit\] window and strides are options: avg_pool
// expect: other_names\.cpp:52:.* error: .*\[ambit\] the op is max_pool\(image
// expect: other_names\.cpp:53:.* error: .*\[ambit\] the op is avg_pool\(image
// expect: other_names\.cpp:54:.* error: .*\[ambit\] the axis is an argument: concat\({a, b}, 1\)
// expect: other_names\.cpp:55:.* error: .*\[ambit\] the axis is an argument: argmax\(x, 1\)
// expect: other_names\.cpp:56:.* error: .*\[ambit\] the axis is an argument: cumsum\(x, 1\)
// expect: other_names\.cpp:57:.* error: .*\[ambit\] the axis is an argument: expand_dims\(x, 1\)
// expect: other_names\.cpp:59:.* error: .*\[ambit\] the scope comes first, and branches get it
// expect: other_names\.cpp:60:.* error: .*\[ambit\] the scope comes first, and condition and body get it
// expect: other_names\.cpp:61:.* error: .*\[ambit\] the scope comes first: scan\(s
// reject: no match|no viable|candidate|not declared|undeclared|too few|ambiguous|invalid use|cannot convert
#include <ambit/graphs.hpp>
#include <ambit/nn/conv.hpp>
#include <ambit/nn/dense.hpp>
#include <ambit/optim/adam.hpp>
#include <ambit/optim/minimize.hpp>
using namespace ambit;

struct net {
    constexpr tensor operator()(scope& s, tensor x, tensor image) const {
        const tensor loss = reduce_sum(square(dense(s, "h", x, 4)));
#ifdef AMBIT_MISTAKE
        x = x.T;
        x = matmul(x, x.T());
        x = loss.grad();
        x = minimize(s, loss, adam{});
        auto train = minimize(s, adam{}, loss);
        x = linear(s, "a", x, 10);
        x = fully_connected(x, 10);
        x = batch_norm(s, "b", x);
        x = layer_norm(s, "c", x);
        x = dense(s, "d", x, 4, 10);
        x = dense(s, "e", x, 4, {.activation = relu(x)});
        x = conv2d(s, "f", image, 32, 3);
        image = max_pool(image, {2, 2}, {2, 2});
        image = avg_pool(image, {2, 2}, {2, 2});
        image = max_pool2d(image, 2);
        image = average_pooling2d(image, 2, 2);
        x = concat({x, x}, {.axis = 1});
        x = argmax(x, {.axis = 1});
        x = cumsum(x, {.axis = 1, .exclusive = true});
        x = expand_dims(x, {.axis = 1});
        const tensor big = reduce_max(x) > 1;
        x = cond(big, [&] { return x; }, [&] { return x + 1; });
        x = while_loop([](tensor v) { return v > 1; }, [](tensor v) { return v / 2; }, x);
        x = scan([](tensor h, tensor v) { return h + v; }, x, x);
        return with_dependencies({train}, x);
#else
        const operation train = minimize(s, loss, adam{});
        x = concat({x, cumsum(x, 1, {.exclusive = true})}, 1) + reduce_sum(max_pool(image, {.window = {2, 2}}));
        x = cond(s, reduce_max(x) > 1, [&](scope&) { return x; }, [&](scope&) { return x + 1; });
        const auto is_big = [](scope&, tensor v) { return reduce_max(v) > 1; };
        x = while_loop(s, is_big, [](scope&, tensor v) { return v / 2; }, x);
        return with_dependencies({train}, matmul(x, transpose(x)) + reduce_sum(conv(s, "f", image, 32, {3, 3})));
#endif
    }
};
static_assert(expect_valid<net, input<float, 2, 4>, input<float, 1, 8, 8, 3>>());
