// SPDX-License-Identifier: BSL-1.0
// The names of a module's outputs, for messages. C++20 does not list members; compilers print their addresses.
//
//     struct outputs { tensor logits, auxiliary; };
//     member_name<outputs>(1) == "auxiliary"
#pragma once

#include <ambit/core/short_text.hpp>
#include <ambit/core/spelling.hpp>
#include <ambit/diagnostics/words.hpp>
#include <ambit/graph/outputs.hpp>
#include <ambit/scope/path.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>

namespace AMBIT_NAMESPACE::graph_parts {

template <class T> struct example {
    T value;
};
template <class T> inline constexpr example<T> example_of{};

/// clang 16 takes the address of a member as a template argument only inside of a struct.
template <class T> struct address {
    const T* to;
};
template <std::size_t K, class First, class... Rest>
constexpr auto address_of(const First& first, const Rest&... rest) {
    if constexpr (K == 0) return address<First>{&first};
    else return address_of<K - 1>(rest...);
}

/// Both compilers end with the member's name and brackets.
template <module_outputs Outputs, std::size_t K> constexpr std::string_view name_of_member() {
    constexpr auto member =
        with_members(example_of<Outputs>.value, [](const auto&... each) { return address_of<K>(each...); });
    constexpr std::string_view spelled = spelling_of_value<member>::value;
    std::size_t end = spelled.size();
    while (end > 0 && !is_letter_or_digit(spelled[end - 1]) && spelled[end - 1] != '_') --end;
    std::size_t begin = end;
    while (begin > 0 && (is_letter_or_digit(spelled[begin - 1]) || spelled[begin - 1] == '_')) --begin;
    return spelled.substr(begin, end - begin);
}

/// The name of output `k`; empty for those of an array, and for one that is returned alone.
template <module_outputs Outputs> constexpr std::string_view member_name(std::size_t k) {
    if constexpr (plain_struct<Outputs> && array_size<Outputs> == 0) {
        return [&]<std::size_t... I>(std::index_sequence<I...>) {
            return std::array{name_of_member<Outputs, I>()...}[k];
        }(std::make_index_sequence<output_count<Outputs>>{});
    } else {
        return {};
    }
}

/// An output in words: `net::outputs::auxiliary`, `element 3 of std::array<ambit::tensor, 16>`.
template <module_outputs Outputs> constexpr short_text words_of_output(std::size_t k) {
    short_text words;
    if (const std::string_view name = member_name<Outputs>(k); !name.empty()) {
        words += spelling_of<Outputs>::value;
        words += "::";
        words += name;
    } else if (array_size<Outputs> > 0) {
        words += "element ";
        append_number(words, static_cast<std::int64_t>(k));
        words += " of the array that the module returns";
    } else {
        words += "the tensor that the module returns";
    }
    return words;
}

}  // namespace ambit::graph_parts
