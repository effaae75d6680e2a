// SPDX-License-Identifier: BSL-1.0
// Runs a case in constant evaluation and again at run time. A case is a constexpr function that answers 0, or
// the line of the first expectation that does not hold.
//
//     constexpr int reuse_is_inherited() {
//         EXPECT(child.reuse() == reuse_mode::reuse);
//         return 0;
//     }
//     TEST_CASE("reuse is inherited") { IN_BOTH_WORLDS(reuse_is_inherited); }
#pragma once

#include <catch2/catch.hpp>

#define EXPECT(...) \
    if (!(__VA_ARGS__)) return __LINE__

// Through a volatile pointer, so that the second call is none that the compiler has done before. tests/unit/registry runs
// the same cases on registries.
#ifndef IN_BOTH_WORLDS
#define IN_BOTH_WORLDS(function)             \
    do {                                     \
        STATIC_REQUIRE(function() == 0);     \
        int (*volatile run)() = &function;   \
        REQUIRE(run() == 0);                 \
    } while (false)
#endif
