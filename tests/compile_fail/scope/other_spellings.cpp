// SPDX-License-Identifier: BSL-1.0
// Scopes and variables asked for as dictionaries, other libraries and other languages have it: a sentence each.
// expect: other_spellings\.cpp:34:.* error: .*\[ambit\] a scope is asked by a function
// expect: other_spellings\.cpp:35:.* error: .*\[ambit\] the function is s\.get_variable\("w", {3, 4}\)
// expect: other_spellings\.cpp:36:.* error: .*\[ambit\] a variable begins with what is known while the model is built
// expect: other_spellings\.cpp:37:.* error: .*\[ambit\] a variable that begins as another one
// expect: other_spellings\.cpp:38:.* error: .*\[ambit\] a shape is in braces, .*no std::vector
// expect: other_spellings\.cpp:39:.* error: .*\[ambit\] a variable has a name and a shape, in braces
// expect: other_spellings\.cpp:40:.* error: .*\[ambit\] a variable has a name and a shape, in braces
// expect: other_spellings\.cpp:41:.* error: .*\[ambit\] a shape comes before the options
// expect: other_spellings\.cpp:41:.* error: .*\[ambit\] the shape comes before the options
// expect: other_spellings\.cpp:42:.* error: .*\[ambit\] the name comes first
// expect: other_spellings\.cpp:43:.* error: .*\[ambit\] a scope reuses: auto shared = s\.variable_scope
// expect: other_spellings\.cpp:44:.* error: .*\[ambit\] an initializer is called, .*{\.initializer = random_normal
// expect: other_spellings\.cpp:45:.* error: .*\[ambit\] an initializer is called, .*{\.initializer = random_uniform
// expect: other_spellings\.cpp:46:.* error: .*\[ambit\] an initializer is called, with its value
// expect: other_spellings\.cpp:47:.* error: .*\[ambit\] a scope has one name: variable_scope\("foo/bar"\)
// expect: other_spellings\.cpp:48:.* error: .*\[ambit\] a name is text, in double quotes: s\.variable_scope\("layer"\)
// expect: other_spellings\.cpp:49:.* error: .*\[ambit\] a name is text, in double quotes
// expect: other_spellings\.cpp:50:.* error: .*\[ambit\] a scope is opened by the one around it
// expect: other_spellings\.cpp:51:.* error: .*\[ambit\] reuse is set by s\.reuse_variables\(\), and never unset
// expect: other_spellings\.cpp:52:.* error: .*\[ambit\] the innermost open scope is s\.current\(\)
// reject: no match|no viable|candidate|not declared|undeclared|too few|ambiguous|invalid use|cannot convert
#include <ambit/graphs.hpp>

#include <vector>

using namespace ambit;

struct net {
    constexpr tensor operator()(scope& s, tensor x) const {
        variable w = s.get_variable("w", {2, 4});
#ifdef AMBIT_MISTAKE
        w = s["w"];
        w = s.get("w");
        w = s.get_variable("v1", x);
        w = s.get_variable("v2", w);
        w = s.get_variable("v3", std::vector<int>{3, 4});
        w = s.get_variable(3, 4);
        w = s.get_variable();
        w = s.get_variable("v4", {.shape = {3, 4}});
        w = s.get_variable("v5", {3, 4}, {.name = "v"});
        w = s.get_variable("v6", {3, 4}, {.reuse = true});
        w = s.get_variable("v7", {3, 4}, {.initializer = random_normal});
        w = s.get_variable("v8", {3, 4}, {.initializer = random_uniform});
        w = s.get_variable("v9", {3, 4}, {.initializer = constant});
        auto scope1 = s.variable_scope("foo", "bar");
        auto scope2 = s.variable_scope(3);
        auto scope3 = s.variable_scope('a');
        scope scope4("foo");
        s.reuse_variables(true);
        s.get_variable_scope();
        return x;
#else
        auto foo = s.variable_scope("foo", {.reuse = s.reuse(), .initializer = random_normal()});
        foo.get_variable("v", same_as(w));
        foo.get_variable("u", w.shape(), {.initializer = constant(0.5)});
        foo.reuse_variables();
        auto shared = foo.variable_scope(s.current(), {.reuse = foo.reuse()});
        return x * shared.get_variable("v", {2, 4});
#endif
    }
};
static_assert(expect_valid<net, input<float, 2, 4>>());
