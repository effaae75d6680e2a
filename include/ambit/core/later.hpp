// SPDX-License-Identifier: BSL-1.0
// For what is part of ambit.hpp and what most programs do not call. The compilers look up what a template says of a
// known type where they read it, and instantiate what of the standard library it names. Of a type that depends on the
// template's parameter they do so where the template is called:
//
//     template <class Caller = void> std::string text_of(int number) {
//         later<std::string, Caller> text = "no. ";
//         return text += std::to_string(number);
//     }
#pragma once

#include <ambit/core/namespaces.hpp>

namespace AMBIT_NAMESPACE::core_parts {

template <class Type, class> struct type_named_later {
    using type = Type;
};

/// `Type`, which depends on the template parameter `Caller`.
template <class Type, class Caller> using later = typename type_named_later<Type, Caller>::type;

}  // namespace ambit::core_parts
