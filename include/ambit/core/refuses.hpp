// SPDX-License-Identifier: BSL-1.0
// A declaration that is there to be refused: what a beginner is likely to write gets a sentence, at the line where it
// was written, in place of a list of candidates that do not fit.
//
//     template <std::size_t Size>
//     AMBIT_REFUSES("padding is same or valid, not text: {.padding = same}")
//     constexpr padding_option(const char (&)[Size]) {}
//
// It has a body and is constexpr, so that a module goes on behind it and nothing else is said of that line.
#pragma once

#define AMBIT_REFUSES(sentence) __attribute__((unavailable("[ambit] " sentence)))
