// SPDX-License-Identifier: BSL-1.0
// Values in braces where an initializer is asked for, and options where a shape is.
// expect: initial_values\.cpp:19:.* error: .*\[ambit\] the values of a list are those of a constant: {
// expect: initial_values\.cpp:20:.* error: .*\[ambit\] the values of a list are those of a constant
// expect: initial_values\.cpp:21:.* error: .*\[ambit\] a list of values has all rows one after
// expect: initial_values\.cpp:22:.* error: .*\[ambit\] the values of a list are those of a constant
// expect: initial_values\.cpp:23:.* error: .*\[ambit\] the values of a list are those of a constant
// expect: initial_values\.cpp:24:.* error: .*\[ambit\] a shape comes before the options: get_variable\("w", {3, 4}
// expect: initial_values\.cpp:25:.* error: .*\[ambit\] a variable has a shape, or a value: s\.variable\("v", {2, 3}
// reject: no match|no viable|candidate|not declared|undeclared|too few|ambiguous|cannot convert
#include <ambit/graphs.hpp>
#include <ambit/nn/dense.hpp>
#include <ambit/ops/all.hpp>
using namespace ambit;

struct net {
    constexpr tensor operator()(scope& s, tensor x) const {
#ifdef AMBIT_MISTAKE
        variable a = s.get_variable("a", {3}, {.initializer = {1, 2, 3}});
        variable b = s.get_variable("b", {1}, {.initializer = {0.5}});
        variable c = s.get_variable("c", {2, 2}, {.initializer = {{1, 2}, {3, 4}}});
        { auto inner = s.variable_scope("inner", {.initializer = {1, 2}}); }
        x = dense(s, "d", x, 3, {.biases = {1, 2, 3}});
        variable e = s.get_variable("e", {.initializer = zeros()});
        variable f = s.variable("f", {.trainable = false});
#else
        variable a = s.get_variable("a", {3}, {.initializer = constant({1, 2, 3})});
        variable b = s.get_variable("b", {1}, {.initializer = {constant(0.5)}});
        variable c = s.get_variable("c", {2, 2}, {.initializer = constant({1, 2, 3, 4})});
        { auto inner = s.variable_scope("inner", {.initializer = {}}); }
        x = dense(s, "d", x, 3, {.biases = constant({1, 2, 3})});
        variable e = s.get_variable("e", {}, {.initializer = zeros()});
        variable f = s.variable("f", {}, {.trainable = false});
#endif
        return x * a + b + reduce_sum(c) + e + f;
    }
};
static_assert(expect_valid<net, input<float, 2, 3>>());
