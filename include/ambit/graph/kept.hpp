// SPDX-License-Identifier: BSL-1.0
// What the compiler evaluates once and keeps: the graph of a module, its layout, a plan. And whether it could: a limit
// of the compiler is then a mistake with a flag to raise, in place of the compiler's own words.
//
//     struct laid_out { static constexpr layout keep(); };
//     if constexpr (is_kept<laid_out>) use(kept<laid_out>());
#pragma once

#include <ambit/core/build.hpp>

#include <string_view>
#include <type_traits>

namespace AMBIT_NAMESPACE::refused_parts {
// Not constexpr on purpose: clang, where it finds no constant, asks once more for a value that is none.
inline void only_the_compiler_evaluates_this() {}
}  // namespace ambit::refused_parts

namespace AMBIT_NAMESPACE::graph_parts {

constexpr void refuse_run_time() {
    if (!std::is_constant_evaluated()) refused_parts::only_the_compiler_evaluates_this();
}

// What `Made::keep()` returns. It is evaluated once, and a template argument that is no constant says without a word
// that it cannot be: clang remembers the value of a reference, which may be none for the compiler, and no call; g++
// remembers calls that it could evaluate, and would write a variable into the program.
#ifdef __clang__
template <class Made> inline const auto& kept_by = Made::keep();
template <class Made> constexpr const auto& kept() { return kept_by<Made>; }
#else
template <class Made> constexpr auto kept() { return Made::keep(); }
#endif

template <class Made, bool = (static_cast<void>(kept<Made>()), true)> std::true_type was_kept(int);
template <class Made> std::false_type was_kept(long);
template <class Made> inline constexpr bool is_kept = decltype(was_kept<Made>(0))::value;

/// Flags with which the compiler evaluates as much as with the CMake target `ambit::ambit`.
#ifdef __clang__
inline constexpr std::string_view flags_of_large_models = "-fconstexpr-steps=1073741824";
#else
inline constexpr std::string_view flags_of_large_models =
    "-fconstexpr-ops-limit=4294967296 -fconstexpr-loop-limit=67108864";
#endif

}  // namespace ambit::graph_parts
