// SPDX-License-Identifier: BSL-1.0
// An option that is one of a few names. The class that is made of it says in words what it takes in place of text, of
// numbers and of names of another kind:
//
//     class pad_mode_option : public core_parts::choice<pad_mode> {
//     public:
//         using choice::choice;
//         template <core_parts::mistaken_for<pad_mode> Other>
//         AMBIT_REFUSES("a mode is pad_mode::constant, pad_mode::reflect or pad_mode::symmetric")
//         constexpr pad_mode_option(Other) : choice(pad_mode::constant) {}
//     };
#pragma once

#include <ambit/core/namespaces.hpp>
#include <ambit/core/refuses.hpp>

#include <concepts>
#include <string_view>
#include <type_traits>

namespace AMBIT_NAMESPACE::core_parts {

/// Text as a parameter by value has it. Not what converts to text: that may convert to all.
template <class T>
concept text_like = std::same_as<T, const char*> || std::same_as<T, std::string_view>;

/// What is written by mistake where a `Wanted` stands: text, a number, or a name of another kind.
template <class T, class Wanted>
concept mistaken_for = !std::same_as<T, Wanted> && (std::is_arithmetic_v<T> || std::is_enum_v<T> || text_like<T>);

template <class Name> class choice {
public:
    constexpr choice(Name chosen) : chosen_(chosen) {}  // NOLINT: implicit, as all options
    constexpr operator Name() const { return chosen_; }

private:
    Name chosen_;
};

}  // namespace ambit::core_parts
