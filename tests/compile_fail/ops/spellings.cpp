// SPDX-License-Identifier: BSL-1.0
// What C++ decides at once, numbers and text where tensors and options stand: a sentence each, at the user's own line.
// expect: spellings\.cpp:43:.* error: .*\[ambit\] a tensor has no value while the model is built: choose elements with where\(t, a, b\), branch with cond
// expect: spellings\.cpp:44:.* error: .*\[ambit\] a variable has no value while the model is built
// expect: spellings\.cpp:45:.* error: .*\[ambit\] a tensor has no value while the model is built
// expect: spellings\.cpp:46:.* error: .*\[ambit\] && decides while the model is built, and a tensor has no value then: use logical_and\(a, b\)
// expect: spellings\.cpp:47:.* error: .*\[ambit\] ! decides .*: use logical_not\(a\)
// expect: spellings\.cpp:47:.* error: .*\[ambit\] \|\| decides .*: use logical_or\(a, b\)
// expect: spellings\.cpp:48:.* error: .*\[ambit\] a number is no tensor: compare elements with equal\(x, 0\), not with x == 0; make one with constant\(s, 0\.5\)
// expect: spellings\.cpp:48:.* error: .*\[ambit\] a bool is no tensor: compare elements with equal\(a, b\), not with a == b
// expect: spellings\.cpp:49:.* error: .*\[ambit\] a bool is no tensor
// expect: spellings\.cpp:50:.* error: .*\[ambit\] a number is no tensor
// expect: spellings\.cpp:51:.* error: .*\[ambit\] a dtype is float32, float64, int32, int64, uint8 or boolean, not text
// expect: spellings\.cpp:52:.* error: .*\[ambit\] padding is same or valid, not text: {\.padding = same}
// expect: spellings\.cpp:53:.* error: .*\[ambit\] windows, strides and dilations are {height, width}: {\.strides = {2, 2}}
// expect: spellings\.cpp:54:.* error: .*\[ambit\] windows, strides and dilations are {height, width}
// expect: spellings\.cpp:54:.* error: .*\[ambit\] padding is same or valid, no number
// expect: spellings\.cpp:55:.* error: .*\[ambit\] a shape is one argument, in braces: get_variable\(.*, {3, 4}\)
// expect: spellings\.cpp:56:.* error: .*\[ambit\] what fills a variable is an option: get_variable\(.*, {3, 4}, {\.initializer = zeros\(\)}\)
// expect: spellings\.cpp:57:.* error: .*\[ambit\] a dtype is an option
// expect: spellings\.cpp:58:.* error: .*\[ambit\] a dtype is float32, float64
// expect: spellings\.cpp:59:.* error: .*\[ambit\] an initializer is neither a number nor text: {\.initializer = zeros\(\)}
// expect: spellings\.cpp:60:.* error: .*\[ambit\] an initializer is neither a number nor text
// expect: spellings\.cpp:61:.* error: .*\[ambit\] reuse is true, false or auto_reuse
// reject: static assertion
// reject: no match|no viable|candidate
#include <ambit/core.hpp>
using namespace ambit;

struct net {
    constexpr tensor operator()(scope& s, tensor x, tensor y) const {
        variable w = s.get_variable("w", {4});
        const tensor image = reshape(x, {1, 2, 4, 1});
#ifndef AMBIT_MISTAKE
        x = where(logical_and(x > 0, logical_not(equal(x, y))), x, y);
        x = where(logical_or(x > 0, equal(w, 0)), x, constant(s, 1.0));
        x = x + reduce_sum(conv2d(image, s.get_variable("k", {2, 2, 1, 1}), {.strides = {2, 2}, .padding = same}));
        x = x + s.get_variable("a", {4}, {.initializer = zeros(), .dtype = float32});
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
        x = x + s.get_variable("d", {2, 4}, {.dtype = "float32"});
        x = x + s.get_variable("e", {2, 4}, {.initializer = "zeros"});
        x = x + s.get_variable("f", {2, 4}, {.initializer = 0.0});
        const auto below = s.variable_scope("below", {.reuse = "true"});
        return x;
#endif
    }
};
static_assert(expect_valid<net, input<float, 2, 4>, input<float, 2, 4>>());
