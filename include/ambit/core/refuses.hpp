// SPDX-License-Identifier: BSL-1.0
// A declaration that is there to be refused: what a beginner is likely to write gets a sentence, at the line where it
// was written, in place of a list of candidates that do not fit.
//
//     template <std::size_t Size>
//     AMBIT_REFUSES("padding is same, valid or explicit_pads(1), not text: {.padding = same}")
//     constexpr padding_option(const char (&)[Size]) {}
//
// It has a body and is constexpr, so that a module goes on behind it and nothing else is said of that line.
//
// A member of an options struct that other libraries have, beside the one that is meant here:
//
//     window_extents strides = {};
//     AMBIT_NO_OPTION(stride, "the option is .strides = {2, 2}")
#pragma once

#define AMBIT_REFUSES(sentence) __attribute__((unavailable("[ambit] " sentence)))

// A class of its own for each, so that they share one address and take no memory.
#define AMBIT_NO_OPTION(name, sentence)                                    \
    struct no_##name {                                                     \
        constexpr no_##name() = default;                                   \
        template <class... Values>                                         \
            requires(sizeof...(Values) > 0)                                \
        AMBIT_REFUSES(sentence) constexpr no_##name(const Values&...) {}   \
    };                                                                     \
    [[no_unique_address]] no_##name name = {};
