// SPDX-License-Identifier: BSL-1.0
// The kinds of mistakes as values, and every detail that a mistake may carry.
//
//     name_of(mistake::variable_exists) == "variable_exists"
//     sentence_of(mistake::variable_exists) == "[ambit] variable_exists: set reuse on the scope, …"
#pragma once

#include <ambit/core/build.hpp>
#include <ambit/diagnostics/mistakes.hpp>

#include <string_view>

namespace AMBIT_NAMESPACE {

/// A kind of mistake; its name is the stable tag of every message.
enum class mistake : int {
    none,
#define AMBIT_ENUMERATE(kind) kind,
    AMBIT_MISTAKES(AMBIT_ENUMERATE)
    AMBIT_THROWN_MISTAKES(AMBIT_ENUMERATE)
#undef AMBIT_ENUMERATE
};

}  // namespace ambit

namespace AMBIT_NAMESPACE::mistake_parts {

/// What a detail of a mistake is about.
enum class detail_tag : int {
    module,        ///< its type
    path,          ///< of a variable
    name,          ///< as it was asked for
    scope,         ///< the prefix of its variables
    op,            ///< its name
    operand,       ///< name and spec
    input,         ///< its position
    output,        ///< its position
    given,         ///< how many arguments
    wanted,        ///< how many arguments
    had,           ///< what is there: a spec, or a dtype in words
    asked,         ///< what was asked for: a spec
    rule,          ///< the rule that was broken, in words
    at,            ///< a place, and four that say what happened there
    first_at,
    again_at,
    asked_at,
    created_at,
    in_scope,      ///< the op scope of the place before it: it tells two calls of one helper apart
    opened_at,     ///< the place where the scope before it was opened
    closed_at,     ///< and where it was closed
    still_open,    ///< a scope
    did_you_mean   ///< a path
};

}  // namespace ambit::mistake_parts

namespace AMBIT_NAMESPACE {

/// `variable_exists`
[[gnu::cold]] constexpr std::string_view name_of(mistake kind) {
    switch (kind) {
        case mistake::none: return "none";
#define AMBIT_NAME(kind) \
    case mistake::kind: return #kind;
            AMBIT_MISTAKES(AMBIT_NAME)
            AMBIT_THROWN_MISTAKES(AMBIT_NAME)
#undef AMBIT_NAME
    }
    return "none";
}

}  // namespace ambit

namespace AMBIT_NAMESPACE::mistake_parts {

/// Kind and what to do about it; empty for `none`.
constexpr std::string_view sentence_of(mistake kind) {
    switch (kind) {
        case mistake::none: return "";
#define AMBIT_NAME(kind) \
    case mistake::kind: return AMBIT_SENTENCE(kind);
            AMBIT_MISTAKES(AMBIT_NAME)
            AMBIT_THROWN_MISTAKES(AMBIT_NAME)
#undef AMBIT_NAME
    }
    return "";
}

/// What to do about a kind; empty for `none`.
[[gnu::cold]] constexpr std::string_view advice_of(mistake kind) {
    switch (kind) {
        case mistake::none: return "";
#define AMBIT_NAME(kind) \
    case mistake::kind: return AMBIT_ADVICE_##kind;
            AMBIT_MISTAKES(AMBIT_NAME)
            AMBIT_THROWN_MISTAKES(AMBIT_NAME)
#undef AMBIT_NAME
    }
    return "";
}

}  // namespace ambit::mistake_parts
