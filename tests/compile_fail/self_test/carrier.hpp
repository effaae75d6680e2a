// SPDX-License-Identifier: BSL-1.0
// A mistake as the library reports it: an assertion on a member of a carrier type, in the body of an ordinary
// static member function. The self-tests show that `-fsyntax-only` instantiates it, and what both compilers
// print.
#pragma once

#include <cstddef>

template <std::size_t Size> struct text {
    char characters[Size] = {};
    constexpr text(const char (&literal)[Size]) {
        for (std::size_t i = 0; i < Size; ++i) characters[i] = literal[i];
    }
};

template <text Name, bool Broken> struct widgets_fit { static constexpr bool holds = !Broken; };

template <text Name, bool Broken> struct report {
    static void explain() {
        static_assert(widgets_fit<Name, Broken>::holds, "[ambit] widgets_fit: take a larger box");
    }
};

template <text Name, bool Broken> struct box {
    static constexpr int size = (static_cast<void>(&report<Name, Broken>::explain), 1);
};
