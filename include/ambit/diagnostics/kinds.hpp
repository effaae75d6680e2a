// SPDX-License-Identifier: BSL-1.0
// The kinds of mistakes (listed with their sentences in mistakes.def), and every detail that a mistake may carry.
#pragma once

#include <string_view>

// Details: text (a name or a sentence), place (file and line), spec (dtype and shape), number.
#define AMBIT_DETAILS(TEXT, PLACE, SPEC, NUMBER)                                                                       \
    TEXT(path)                                                                                                         \
    TEXT(name)                                                                                                         \
    TEXT(op)                                                                                                           \
    TEXT(rule)                                                                                                         \
    TEXT(in_scope)                                                                                                     \
    TEXT(first_scope)                                                                                                  \
    TEXT(still_open)                                                                                                   \
    TEXT(did_you_mean)                                                                                                 \
    TEXT(option)                                                                                                       \
    PLACE(at)                                                                                                          \
    PLACE(first_at)                                                                                                    \
    PLACE(again_at)                                                                                                    \
    PLACE(asked_at)                                                                                                    \
    PLACE(opened_at)                                                                                                   \
    PLACE(first_opened_at)                                                                                             \
    SPEC(had)                                                                                                          \
    SPEC(asked)                                                                                                        \
    SPEC(operand)                                                                                                      \
    NUMBER(input)                                                                                                      \
    NUMBER(output)                                                                                                     \
    NUMBER(given)                                                                                                      \
    NUMBER(wanted)                                                                                                     \
    NUMBER(position)

namespace ambit {

/// A kind of mistake; its name is the stable tag of every message.
enum class mistake : int {
    none,
#define AMBIT_MISTAKE(name, sentence) name,
#include <ambit/diagnostics/mistakes.def>
#undef AMBIT_MISTAKE
};

/// What a detail of a mistake is about.
enum class detail_tag : int {
#define AMBIT_ENUMERATE(name) name,
    AMBIT_DETAILS(AMBIT_ENUMERATE, AMBIT_ENUMERATE, AMBIT_ENUMERATE, AMBIT_ENUMERATE)
#undef AMBIT_ENUMERATE
};

/// `variable_exists`
constexpr std::string_view name_of(mistake kind) {
    switch (kind) {
        case mistake::none: return "none";
#define AMBIT_MISTAKE(name, sentence) \
    case mistake::name: return #name;
#include <ambit/diagnostics/mistakes.def>
#undef AMBIT_MISTAKE
    }
    return "none";
}

/// What to do about it, in one sentence.
constexpr std::string_view advice_for(mistake kind) {
    switch (kind) {
        case mistake::none: return "";
#define AMBIT_MISTAKE(name, sentence) \
    case mistake::name: return sentence;
#include <ambit/diagnostics/mistakes.def>
#undef AMBIT_MISTAKE
    }
    return "";
}

/// `first_at`
constexpr std::string_view name_of(detail_tag tag) {
    switch (tag) {
#define AMBIT_NAME(name) \
    case detail_tag::name: return #name;
        AMBIT_DETAILS(AMBIT_NAME, AMBIT_NAME, AMBIT_NAME, AMBIT_NAME)
#undef AMBIT_NAME
    }
    return "";
}

}  // namespace ambit
