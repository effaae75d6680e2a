// SPDX-License-Identifier: BSL-1.0
// Calls that leave something out, or say it where other libraries do: a sentence each, at the user's own line.
// expect: other_calls\.cpp:46:.* error: .*\[ambit\] options are in braces: relu\(x, {\.name = "y"}\)
// expect: other_calls\.cpp:47:.* error: .*\[ambit\] options are in braces: tanh
// expect: other_calls\.cpp:48:.* error: .*\[ambit\] the axis is missing: argmax\(x, 1\)
// expect: other_calls\.cpp:49:.* error: .*\[ambit\] the axis is missing: cumsum\(x, 0\)
// expect: other_calls\.cpp:50:.* error: .*\[ambit\] the axis is missing: expand_dims\(x, 0\)
// expect: other_calls\.cpp:51:.* error: .*\[ambit\] the axis is missing: split\(x, 2, axis\) is a list of tensors
// expect: other_calls\.cpp:52:.* error: .*\[ambit\] where takes a condition and two values: where\(x > 0, x, 0\)
// expect: other_calls\.cpp:53:.* error: .*\[ambit\] maximum is of two: maximum\(x, 0\)
// expect: other_calls\.cpp:54:.* error: .*\[ambit\] the second factor is missing: matmul\(a, b\)
// expect: other_calls\.cpp:55:.* error: .*\[ambit\] what is added is a pair an axis: pad\(x, {{1, 1}, {0, 0}}\)
// expect: other_calls\.cpp:56:.* error: .*\[ambit\] a dtype is a value, behind the tensor: cast\(x, float32\)
// expect: other_calls\.cpp:57:.* error: .*\[ambit\] ops are functions: relu\(x\)
// expect: other_calls\.cpp:58:.* error: .*\[ambit\] ops are functions: softmax\(x\)
// expect: other_calls\.cpp:59:.* error: .*\[ambit\] the op is matmul\(a, b\)
// expect: other_calls\.cpp:60:.* error: .*\[ambit\] parts of a tensor are made by slice, strided_slice, split or gather
// expect: other_calls\.cpp:61:.* error: .*\[ambit\] scopes are opened by a scope: auto foo = s\.variable_scope
// expect: other_calls\.cpp:62:.* error: .*\[ambit\] variables are asked of a scope: s\.get_variable
// expect: other_calls\.cpp:63:.* error: .*\[ambit\] what fills a variable is an option: .*constant\(0\.5\)
// expect: other_calls\.cpp:64:.* error: .*\[ambit\] a dtype is an option
// expect: other_calls\.cpp:66:.* error: .*\[ambit\] a layer begins with its scope and its name: batch_normalization
// expect: other_calls\.cpp:67:.* error: .*\[ambit\] a layer has a name, behind its scope: batch_normalization
// expect: other_calls\.cpp:68:.* error: .*\[ambit\] a layer begins with its scope and its name: layer_normalization
// expect: other_calls\.cpp:69:.* error: .*\[ambit\] a layer begins with its scope and its name: conv\(s, "conv1"
// expect: other_calls\.cpp:70:.* error: .*\[ambit\] a layer has a name, behind its scope: conv
// expect: other_calls\.cpp:71:.* error: .*\[ambit\] a layer has what it is given before its numbers: conv\(
// expect: other_calls\.cpp:72:.* error: .*\[ambit\] a tensor is not walked through: its parts along an axis are unstack
// expect: other_calls\.cpp:73:.* error: .*\[ambit\] an extent is x\.shape\(\)\[0\]
// expect: other_calls\.cpp:73:.* error: .*\[ambit\] a tensor has x\.shape\(\)\.rank\(\)
// expect: other_calls\.cpp:74:.* error: .*\[ambit\] the body comes first: scan\(
// expect: other_calls\.cpp:75:.* error: .*\[ambit\] it is a variable that changes: .*, assign\(w, value\)
// expect: other_calls\.cpp:76:.* error: .*\[ambit\] an initializer is no tensor, a scope makes one
// expect: other_calls\.cpp:77:.* error: .*\[ambit\] a schedule gives a number for each step: .*scheduled
// reject: no match|no viable|candidate|not declared|undeclared|too few|ambiguous
#include <ambit/graphs.hpp>
#include <ambit/nn/batch_normalization.hpp>
#include <ambit/nn/conv.hpp>
#include <ambit/nn/layer_normalization.hpp>
using namespace ambit;

struct net {
    constexpr tensor operator()(scope& s, tensor x, tensor y, tensor image) const {
        variable w = s.get_variable("w", {2, 4});
#ifdef AMBIT_MISTAKE
        x = relu(x, "name");
        x = tanh(x, 2);
        x = argmax(x);
        x = cumsum(x);
        x = expand_dims(x);
        x = split(x, 2)[0];
        x = where(x, y);
        x = maximum(x);
        x = matmul(x);
        x = pad(x, 1);
        x = cast<float>(x);
        x = x.relu();
        x = x.exp().softmax(1);
        x = x.matmul(y);
        x = x(0, 1);
        auto a = variable_scope(s, "a");
        w = get_variable(a, "w", {2, 4});
        w = a.get_variable("u", {2, 4}, 0.5);
        w = a.get_variable<float>("v", {2, 4});
        a.close();
        x = batch_normalization(x);
        x = batch_normalization(s, x);
        x = layer_normalization(x);
        x = conv(image, 32, 3);
        x = conv(s, image, 32);
        x = conv(s, "c", 32, image, 3);
        for (tensor part : x) x = part;
        x = x * x.shape(0) * x.rank();
        x = scan(s, x, y, [](scope&, tensor sum, tensor row) { return sum + row; });
        x.assign(y);
        x = x + random_normal();
        x = x * schedule{.initial = 0.1};
        return x + w + image;
#else
        auto a = s.variable_scope("a");
        w = a.get_variable("v", {2, 4}, {.initializer = constant(0.5)});
        a.close();
        x = x * x.shape()[0] * x.shape().rank();
        const auto add_row = [](scope&, tensor sum, tensor row) { return sum + row; };
        x = x + scan(s, add_row, x, reduce_sum(y, {.axes = 0}));
        const tensor places = argmax(x, 1) + argmin(w, 1);
        x = relu(tanh(x, {.name = "y"})) + reduce_sum(cast(places, float32)) + cumsum(x, 0) + cumsum(w, 1);
        x = where(x > 0, x, w) + where(x > w, w, 0) + maximum(x, w) + minimum(x, 0);
        x = x + reduce_sum(split(x, 2, 1)[0] + split<2>(w, 1)[1]) + reduce_sum(expand_dims(w, 0));
        x = x + reduce_sum(matmul(x, w, {.transpose_b = true})) + reduce_sum(matmul(w, x, {.transpose_a = true}));
        x = batch_normalization(s, "norm", x) + layer_normalization(s, "norm2", x) + y;
        return x + reduce_sum(conv(s, "c", image, 32, {3, 3})) + reduce_sum(pad(x, {{1, 1}, {0, 0}}));
#endif
    }
};
static_assert(expect_valid<net, input<float, 2, 4>, input<float, 2, 4>, input<float, 1, 8, 8, 3>>());
