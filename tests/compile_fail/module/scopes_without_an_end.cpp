// SPDX-License-Identifier: BSL-1.0
// Loops that look at no shape: one that only opens scopes, and one that only asks for variables.
// expect: error: .*\[ambit\] module_not_constant: 
// expect: module_not_constant<.*"module opens"
// expect: module_not_constant<.*"module asks"
// expect: a_loop_without_an_end_or_else_define_a_larger_AMBIT_MOST_OPS
// expect(clang): scopes_without_an_end\.cpp:20:
// expect: scopes_without_an_end\.cpp:26:
// allow: ambit::core_parts
// allow: basic_string_view
// others: 2
// errors: 4
// flags: -DAMBIT_MOST_OPS=500
#include <ambit/graphs.hpp>
using namespace ambit;

constexpr bool goes_on(int i);
struct opens {
    constexpr tensor operator()(scope& s, tensor x) const {
        for (int i = 0; goes_on(i); ++i) auto block = s.variable_scope({}, {.default_name = "block"});
        return x;
    }
};
struct asks {
    constexpr tensor operator()(scope& s, tensor x) const {
        for (int i = 0; goes_on(i); ++i) s.variable("w", {2});
        return x;
    }
};
#ifdef AMBIT_MISTAKE
constexpr bool goes_on(int) { return true; }
#else
constexpr bool goes_on(int i) { return i < 300; }
#endif
static_assert(expect_valid<opens, input<float, 2>>());
static_assert(expect_valid<asks, input<float, 2>>());
