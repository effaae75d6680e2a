// SPDX-License-Identifier: BSL-1.0
// What C++ decides at once, numbers and text where tensors and options stand: a sentence each, at the user's own line.
// expect: spellings\.cpp:98:.* error: .*\[ambit\] a tensor has no value while the model is built: choose elements with where\(t, a, b\), branch with cond
// expect: spellings\.cpp:99:.* error: .*\[ambit\] a variable has no value while the model is built
// expect: spellings\.cpp:100:.* error: .*\[ambit\] a tensor has no value while the model is built
// expect: spellings\.cpp:101:.* error: .*\[ambit\] && decides while the model is built, and a tensor has no value then: use logical_and\(a, b\)
// expect: spellings\.cpp:102:.* error: .*\[ambit\] ! decides .*: use logical_not\(a\)
// expect: spellings\.cpp:102:.* error: .*\[ambit\] \|\| decides .*: use logical_or\(a, b\)
// expect: spellings\.cpp:103:.* error: .*\[ambit\] a number is no tensor: compare elements with equal\(x, 0\), not with x == 0; make one with constant\(s, 0\.5\)
// expect: spellings\.cpp:103:.* error: .*\[ambit\] a bool is no tensor: compare elements with equal\(a, b\), not with a == b
// expect: spellings\.cpp:104:.* error: .*\[ambit\] a bool is no tensor
// expect: spellings\.cpp:105:.* error: .*\[ambit\] a number is no tensor
// expect: spellings\.cpp:106:.* error: .*\[ambit\] a dtype is float32, float64, int32, int64, uint8 or boolean, neither text nor a number
// expect: spellings\.cpp:107:.* error: .*\[ambit\] padding is a padding_mode, .*, not text: {\.padding = same}
// expect: spellings\.cpp:108:.* error: .*\[ambit\] windows, strides and dilations are {height, width}: {\.strides = {2, 2}}
// expect: spellings\.cpp:109:.* error: .*\[ambit\] windows, strides and dilations are {height, width}
// expect: spellings\.cpp:109:.* error: .*\[ambit\] the option is \.strides = {2, 2}
// expect: spellings\.cpp:110:.* error: .*\[ambit\] a shape is one argument, in braces: get_variable\(.*, {3, 4}\)
// expect: spellings\.cpp:111:.* error: .*\[ambit\] what fills a variable is an option: get_variable\(.*, {3, 4}, {\.initializer = zeros\(\)}\)
// expect: spellings\.cpp:112:.* error: .*\[ambit\] a dtype is an option
// expect: spellings\.cpp:113:.* error: .*\[ambit\] a dtype is float32, float64
// expect: spellings\.cpp:113:.* error: .*\[ambit\] the option is \.initializer = zeros
// expect: spellings\.cpp:113:.* error: .*\[ambit\] the option is \.regularizer = l2_regularizer
// expect: spellings\.cpp:114:.* error: .*\[ambit\] an initializer is neither a number nor text: {\.initializer = zeros\(\)}
// expect: spellings\.cpp:115:.* error: .*\[ambit\] an initializer is neither a number nor text
// expect: spellings\.cpp:116:.* error: .*\[ambit\] reuse is true, false or auto_reuse
// expect: spellings\.cpp:116:.* error: .*\[ambit\] the option is \.initializer = zeros
// expect: spellings\.cpp:116:.* error: .*\[ambit\] the option is \.regularizer = l2_regularizer
// expect: spellings\.cpp:117:.* error: .*\[ambit\] reuse is an option: variable_scope
// expect: spellings\.cpp:118:.* error: .*\[ambit\] an initializer is called, with or without options: {\.initializer = zeros\(\)}
// expect: spellings\.cpp:118:.* error: .*\[ambit\] this option is true or false: {\.trainable = false}
// expect: spellings\.cpp:118:.* error: .*\[ambit\] a regularizer is neither a number nor text: {\.regularizer = l2_regularizer\(5e-4\)}
// expect: spellings\.cpp:119:.* error: .*\[ambit\] a regularizer is called with its scale
// expect: spellings\.cpp:119:.* error: .*\[ambit\] a constraint is a function of values and a number
// expect: spellings\.cpp:120:.* error: .*\[ambit\] padding is same, valid or explicit_pads\(1\), no number and no mode of pad
// expect: spellings\.cpp:121:.* error: .*\[ambit\] padding is a padding_mode, same or valid, or .*, not text
// expect: spellings\.cpp:121:.* error: .*\[ambit\] an activation is a function, neither text nor a number: {\.activation = relu}
// expect: spellings\.cpp:121:.* error: .*\[ambit\] an initializer is neither a number nor text
// expect: spellings\.cpp:122:.* error: .*\[ambit\] a mode is pad_mode::constant, pad_mode::reflect or pad_mode::symmetric
// expect: spellings\.cpp:123:.* error: .*\[ambit\] a reduction is reduction::mean, reduction::sum or reduction::none
// expect: spellings\.cpp:124:.* error: .*\[ambit\] the activation is an option: dense
// expect: spellings\.cpp:124:.* error: .*\[ambit\] the activation is an option, and a function
// expect: spellings\.cpp:125:.* error: .*\[ambit\] a mode is fan_mode::fan_in, fan_mode::fan_out or fan_mode::fan_avg
// expect: spellings\.cpp:125:.* error: .*\[ambit\] a distribution is truncated_normal, untruncated_normal or uniform
// expect: spellings\.cpp:126:.* error: .*\[ambit\] the rate is an option, the share of elements that become 0: dropout\(s, x, {\.rate = 0\.5}\)
// expect: spellings\.cpp:126:.* error: .*\[ambit\] text is no tensor
// expect: spellings\.cpp:127:.* error: .*\[ambit\] the third argument is an optimizer: minimize\(s, loss, adam{\.learning_rate = 0\.001}\)
// expect: spellings\.cpp:128:.* error: .*\[ambit\] this is a number or a tensor, no text
// expect: spellings\.cpp:128:.* error: .*\[ambit\] say how gradients are clipped: {\.clip = clip_by_global_norm\(5\)}
// expect: spellings\.cpp:129:.* error: .*\[ambit\] an optimizer is missing
// expect: spellings\.cpp:130:.* error: .*\[ambit\] the scope comes first
// expect: spellings\.cpp:131:.* error: .*\[ambit\] the option is \.strides = {2, 2}
// expect: spellings\.cpp:131:.* error: .*\[ambit\] the option is \.dilations = {2, 2}
// expect: spellings\.cpp:132:.* error: .*\[ambit\] the option is \.window = {2, 2}
// expect: spellings\.cpp:132:.* error: .*\[ambit\] axes are an option: reduce_sum\(x, {\.axes = 1}\)
// expect: spellings\.cpp:133:.* error: .*\[ambit\] the option is \.axes = 1, or {0, 1}
// expect: spellings\.cpp:133:.* error: .*\[ambit\] the option is \.keep_dims = true
// expect: spellings\.cpp:133:.* error: .*\[ambit\] the axis is an option: softmax\(x, {\.axis = -1}\)
// expect: spellings\.cpp:133:.* error: .*\[ambit\] parts of a tensor are made by slice
// expect: spellings\.cpp:134:.* error: .*\[ambit\] the options are \.use_bias = false and \.biases = zeros
// expect: spellings\.cpp:134:.* error: .*\[ambit\] the option is \.weights = he_normal
// expect: spellings\.cpp:134:.* error: .*\[ambit\] the option is the share that becomes 0, \.rate = 1 - keep_prob
// expect: spellings\.cpp:135:.* error: .*\[ambit\] the option is \.learning_rate = 0\.001
// expect: spellings\.cpp:135:.* error: .*\[ambit\] the option is \.beta1 = 0\.9
// expect: spellings\.cpp:135:.* error: .*\[ambit\] the option is \.variables = s\.trainable_variables
// expect: spellings\.cpp:136:.* error: .*\[ambit\] the tensors come first, then the axis: concat
// expect: spellings\.cpp:138:.* error: .*\[ambit\] a variable changes in calls that ask for it: operation next = assign\(v, x\)
// reject: static assertion
// reject: no match|no viable|candidate
#include <ambit/graphs.hpp>
#include <ambit/nn/conv.hpp>
#include <ambit/nn/dense.hpp>
#include <ambit/nn/dropout.hpp>
#include <ambit/nn/losses.hpp>
#include <ambit/nn/regularizers.hpp>
#include <ambit/optim/adam.hpp>
#include <ambit/optim/minimize.hpp>
using namespace ambit;

struct net {
    constexpr tensor operator()(scope& s, tensor x, tensor y) const {
        variable w = s.get_variable("w", {4}, {.trainable = false});
        const tensor image = reshape(x, {1, 2, 4, 1});
#ifndef AMBIT_MISTAKE
        x = where(logical_and(x > 0, logical_not(equal(x, y))), x, y);
        x = where(logical_or(x > 0, equal(w, 0)), x, constant(s, 1.0));
        x = x + reduce_sum(conv2d(image, s.get_variable("k", {2, 2, 1, 1}), {.strides = {2, 2}, .padding = same}));
        x = x + s.get_variable("a", {4}, {.initializer = zeros(), .dtype = float32});
        x = pad(x, {{0, 0}, {1, 1}}, {.mode = pad_mode::reflect});
        x = mean_squared_error(x, x, {.reduction = reduction::none});
        x = dense(s, "f", x, 4, {.activation = relu, .weights = variance_scaling({.mode = fan_mode::fan_avg})});
        x = dropout(s, x, {.rate = 0.5});
        const operation train = minimize(s, reduce_sum(x), adam{}, {.clip = clip_by_norm(5)});
        const auto below = s.variable_scope("below", {.reuse = auto_reuse});
        return x;
#else
        const variable k = s.get_variable("k", {2, 2, 1, 1});
        if (x) x = x * 2;
        while (w) x = x * 2;
        x = x > 0 ? x : y;
        x = where(x > 0 && y > 0, x, y);
        x = where(x > 0 || !(y > 0), x, y);
        x = where(x == 0, x, y);
        x = where(x != y, x, y);
        x = x + relu(1.0);
        x = cast(x, "float32");
        x = x + reduce_sum(conv2d(image, k, {.strides = {2, 2}, .padding = "SAME"}));
        x = x + reduce_sum(conv2d(image, k, {.strides = 2, .padding = same}));
        x = x + reduce_sum(conv2d(image, k, {2, 2}));
        x = x + s.get_variable("a", 2, 4);
        x = x + s.get_variable("b", {2, 4}, zeros());
        x = x + s.get_variable("c", {2, 4}, float32);
        x = x + s.get_variable("d", {2, 4}, {.initialiser = ones(), .dtype = "float32", .regulariser = 0});
        x = x + s.get_variable("e", {2, 4}, {.initializer = "zeros"});
        x = x + s.get_variable("f", {2, 4}, {.initializer = 0.0});
        { const auto below = s.variable_scope("below", {.reuse = "true", .initialiser = ones(), .regulariser = 0}); }
        { const auto again = s.variable_scope("again", true); }
        x = x + s.get_variable("g", {2, 4}, {.initializer = zeros, .trainable = "no", .regularizer = 0.1});
        x = x + s.get_variable("h", {2, 4}, {.regularizer = l2_regularizer, .constraint = "positive"});
        x = x + reduce_sum(max_pool(image, {.window = {2, 2}, .padding = pad_mode::reflect}));
        x = x + reduce_sum(conv(s, "i", image, 2, {1}, {.padding = "same", .activation = "relu", .biases = "zeros"}));
        x = x + reduce_sum(pad(x, {{1, 1}, {1, 1}}, {.mode = "REFLECT"}));
        x = x + mean_squared_error(x, y, {.reduction = "mean"});
        x = x + dense(s, "j", x, 4, relu) + dense(s, "k", x, 4, "relu");
        x = x + dense(s, "l", x, 4, {.weights = variance_scaling({.mode = "fan_in", .distribution = "uniform"})});
        x = x + dropout(s, x, 0.5) + relu("x");
        const operation train = minimize(s, reduce_sum(x), "adam");
        const operation train1 = minimize(s, reduce_sum(x), adam{.learning_rate = "0.1"}, {.clip = 5.0});
        const operation train2 = minimize(s, reduce_sum(x));
        const operation train3 = minimize(reduce_sum(x), adam{});
        x = x + reduce_sum(conv2d(image, k, {.stride = {2, 2}, .padding = same, .dilation_rate = 2}));
        x = x + reduce_sum(max_pool(image, {.ksize = {2, 2}})) + reduce_sum(x, 1);
        x = x + reduce_mean(x, {.axis = 1, .keepdims = true}) + softmax(x, -1) + x[0];
        x = x + dense(s, "m", x, 4, {.bias = false, .kernel_initializer = zeros()}) + dropout(s, x, {.keep_prob = 0.5});
        const operation train4 = minimize(s, reduce_sum(x), adam{.lr = 0.1, .beta_1 = 0.8}, {.var_list = {w}});
        x = x + reduce_sum(concat(1, {x, x}));
        variable v = s.get_variable("n", {2, 4});
        v = x;
        return x;
#endif
    }
};
static_assert(expect_valid<net, input<float, 2, 4>, input<float, 2, 4>>());
