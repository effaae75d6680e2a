// SPDX-License-Identifier: BSL-1.0
// Types and values as the compiler spells them, for messages.
//
//     spelling_of<two_images>::value                        // "two_images"
//     spelling_of_value<&two_images::outputs::first>::value // "&two_images::outputs::first"
#pragma once

#include <ambit/core/build.hpp>

#include <cstddef>
#include <string_view>

namespace AMBIT_NAMESPACE::core_parts {

/// What a compiler says behind `name` at the end of what it calls a function: `… [with T = two_images]`.
constexpr std::string_view spelled_after(std::string_view name, std::string_view function) {
    std::size_t begin = 0, end = function.size();
    while (begin < end && function.substr(begin, name.size()) != name) ++begin;
    while (end > begin && function[end - 1] != ']') --end;
    return function.substr(begin + name.size(), end - 1 - (begin + name.size()));
}

/// A spelling without the build's name (core/build.hpp), which g++ prints and nobody writes.
template <std::size_t Size> struct spelling_without_build {
    char letters[Size + 1] = {};
    std::size_t size = 0;

    constexpr explicit spelling_without_build(std::string_view spelling) {
        constexpr std::string_view before = "ambit::build_";
        for (std::size_t i = 0; i < spelling.size(); ++i) {
            if (spelling.substr(i, before.size()) != before) {
                letters[size++] = spelling[i];
                continue;
            }
            for (const char letter : std::string_view("ambit::")) letters[size++] = letter;
            const std::size_t end = spelling.find(':', i + before.size());
            i = end == std::string_view::npos ? spelling.size() : end + 1;
        }
    }
};

template <class T> struct spelling_of {
    static constexpr auto whole() { return __PRETTY_FUNCTION__; }  // … [with T = two_images], clang: [T = two_images]
    static constexpr std::string_view said = spelled_after("T = ", whole());
    static constexpr spelling_without_build<said.size()> kept{said};
    static constexpr std::string_view value{kept.letters, kept.size};
};

template <auto Value> struct spelling_of_value {
    static constexpr auto whole() { return __PRETTY_FUNCTION__; }
    static constexpr std::string_view said = spelled_after("Value = ", whole());
    static constexpr spelling_without_build<said.size()> kept{said};
    static constexpr std::string_view value{kept.letters, kept.size};
};

}  // namespace ambit::core_parts
