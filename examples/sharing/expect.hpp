// SPDX-License-Identifier: BSL-1.0
// What a tutorial asserts: an error of the compiler if it does not hold; at run time told and checked once more.
//
//     constexpr void nested_names() {
//         …
//         EXPECT(v.name() == "foo/bar/v:0");
//     }
//     static_assert(holds(nested_names));                        // every line of it, in the compiler
//     int main() { return tell({{"Nested names", nested_names}}); }  // and here; 1 if something fails
#pragma once

#include <initializer_list>
#include <iostream>
#include <string_view>
#include <type_traits>

#define EXPECT(...) examples::expect(static_cast<bool>(__VA_ARGS__), #__VA_ARGS__)

namespace examples {

// Not constexpr on purpose: the compiler stops here and names the line that called.
inline void this_expectation_does_not_hold() {}

inline int failures = 0;

inline void tell_one(bool is_met, std::string_view claim) {
    std::cout << (is_met ? "  holds  " : "  FAILS  ") << claim << '\n';
    if (!is_met) ++failures;
}

constexpr void expect(bool is_met, std::string_view claim) {
    if (!std::is_constant_evaluated()) tell_one(is_met, claim);
    else if (!is_met) this_expectation_does_not_hold();
}

using snippet = void (*)();

constexpr bool holds(snippet run) {
    run();
    return true;
}

struct chapter {
    std::string_view title;
    snippet run;
};

/// What `main` returns.
inline int tell(std::initializer_list<chapter> chapters) {
    for (const chapter& c : chapters) {
        std::cout << c.title << '\n';
        c.run();
        std::cout << '\n';
    }
    if (failures > 0) std::cout << failures << " of these do not hold\n";
    return failures > 0 ? 1 : 0;
}

}  // namespace examples
