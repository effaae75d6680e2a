// SPDX-License-Identifier: BSL-1.0
// With -DAMBIT_BACKTRACE the compiler also shows who called whom up to the first mistake.
// expect: the_first_mistake_of_this_model_is_made_here
// expect: backtrace\.cpp:18:.*get_variable\(
// expect: backtrace\.cpp:23:.*scaled\(
// expect: backtrace\.cpp:30:.*two_layers\(
// expect: variable_exists<.*"gain"
// flags: -DAMBIT_BACKTRACE
// allow: basic_string_view
// allow: ambit::core_parts
// lines: 17
// errors(gcc): 3
// errors(clang): 2
#include <ambit/graphs.hpp>
using namespace ambit;

constexpr tensor scaled(scope& s, std::string_view name, tensor x) {
    return x * s.get_variable(name, {4});
}
constexpr tensor two_layers(scope& s, std::string_view name, tensor x) {
    x = scaled(s, name, x);
#ifdef AMBIT_MISTAKE
    x = scaled(s, name, x);
#endif
    return x;
}

struct net {
    constexpr tensor operator()(scope& s, tensor x) const {
        return two_layers(s, "gain", x);
    }
};
static_assert(expect_valid<net, input<float, 2, 4>>());
// others(gcc): 2
// others(clang): 1
