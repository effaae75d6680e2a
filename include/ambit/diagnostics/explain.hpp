// SPDX-License-Identifier: BSL-1.0
// Turns the reports of a model into compile errors. Each mistake is a type that spells kind and details, for example
//
//     variable_exists<path<text{"conv1/weights"}>, first_at<text{"filter.cpp"}, 5>, again_at<text{"filter.cpp"}, 5>>
//
// and whose member function `refuse` holds a static_assert. Why there: both compilers report an assertion in the body
// of a static member function once for each type; in a class body clang 16 reports only the last of several.
#pragma once

#include <ambit/core/text.hpp>
#include <ambit/diagnostics/report.hpp>

#include <cstddef>
#include <utility>

namespace ambit {

/// The reports of a graph in fixed arrays, so that they can be a constexpr variable.
template <int Reports, int Details, int Characters> struct frozen_reports {
    static constexpr int size = Reports;
    report all[static_cast<std::size_t>(Reports > 0 ? Reports : 1)] = {};
    report_detail details[static_cast<std::size_t>(Details > 0 ? Details : 1)] = {};
    char characters[static_cast<std::size_t>(Characters > 0 ? Characters : 1)] = {};

    constexpr frozen_reports() = default;
    constexpr explicit frozen_reports(const reports& from) {
        for (int i = 0; i < Reports; ++i) all[i] = from[i];
        for (int i = 0; i < Details; ++i) details[i] = from.detail(i);
        for (int i = 0; i < Characters; ++i) characters[i] = from.characters()[i];
    }
};

/// What a compiler prints of a refused model: kinds of mistakes, with their details as arguments.
namespace refused {

#define AMBIT_TEXT(name) \
    template <text... Pieces> struct name {};
#define AMBIT_PLACE(name) \
    template <text File, int Line> struct name {};
#define AMBIT_SPEC(name) \
    template <dtype Type, std::int64_t... Extents> struct name {};
#define AMBIT_NUMBER(name) \
    template <std::int64_t Number> struct name {};
AMBIT_DETAILS(AMBIT_TEXT, AMBIT_PLACE, AMBIT_SPEC, AMBIT_NUMBER)
#undef AMBIT_TEXT
#undef AMBIT_PLACE
#undef AMBIT_SPEC
#undef AMBIT_NUMBER

// `is_allowed` depends on the details, else the compilers would evaluate the assertion without naming them.
#define AMBIT_MISTAKE(kind, sentence)                                                                                  \
    template <class... Details> struct kind {                                                                          \
        static constexpr bool is_allowed = sizeof...(Details) > 4096;                                                  \
        static void refuse() { static_assert(kind<Details...>::is_allowed, "[ambit] " #kind ": " sentence); }          \
    };
#include <ambit/diagnostics/mistakes.def>
#undef AMBIT_MISTAKE

}  // namespace refused

namespace detail {

// clang 16 shortens a text argument past 36 characters: longer text is cut into pieces, at a '/' or ' ' where one is.
inline constexpr int longest_piece = 34;

constexpr int piece_end(const char* all, int begin, int end) {
    if (end - begin <= longest_piece) return end;
    for (int cut = begin + longest_piece; cut > begin; --cut)
        if (all[cut - 1] == '/' || all[cut - 1] == ' ') return cut;
    return begin + longest_piece;
}

constexpr int piece_begin(const char* all, int begin, int end, int piece) {
    for (int i = 0; i < piece; ++i) begin = piece_end(all, begin, end);
    return begin;
}

constexpr int pieces(const char* all, int begin, int end) {
    int count = begin == end ? 1 : 0;
    for (; begin < end; begin = piece_end(all, begin, end)) ++count;
    return count;
}

template <int Size> constexpr auto text_at(const char* characters) {
    text<static_cast<std::size_t>(Size) + 1> result;
    for (int i = 0; i < Size; ++i) result.characters[i] = characters[i];
    return result;
}

/// `Source::mistakes` is a constexpr `frozen_reports`; `Index` counts its details.
template <class Source, int Index> struct detail_type {
    static constexpr const report_detail& it = Source::mistakes.details[Index];
    static constexpr const char* characters = Source::mistakes.characters;
    static constexpr int begin = it.text_begin;
    static constexpr int end = it.text_begin + it.text_length;

    template <int Piece> static constexpr auto piece() {
        constexpr int from = piece_begin(characters, begin, end, Piece);
        constexpr int to = piece_end(characters, from, end);
        return text_at<to - from>(characters + from);
    }

    static constexpr auto make() {
#define AMBIT_TEXT(name)                                                                                               \
    if constexpr (it.tag == detail_tag::name)                                                                          \
        return []<int... Piece>(std::integer_sequence<int, Piece...>) {                                                \
            return refused::name<piece<Piece>()...>{};                                                                 \
        }(std::make_integer_sequence<int, pieces(characters, begin, end)>{});                                          \
    else
#define AMBIT_PLACE(name)                                                                                              \
    if constexpr (it.tag == detail_tag::name)                                                                          \
        return refused::name<text_at<end - begin>(characters + begin), it.line>{};                                     \
    else
#define AMBIT_SPEC(name)                                                                                               \
    if constexpr (it.tag == detail_tag::name)                                                                          \
        return []<int... Axis>(std::integer_sequence<int, Axis...>) {                                                  \
            return refused::name<it.spec.type, it.spec.extents[Axis]...>{};                                            \
        }(std::make_integer_sequence<int, it.spec.extents.rank()>{});                                                  \
    else
#define AMBIT_NUMBER(name)                                                                                             \
    if constexpr (it.tag == detail_tag::name) return refused::name<it.number>{};                                       \
    else
        AMBIT_DETAILS(AMBIT_TEXT, AMBIT_PLACE, AMBIT_SPEC, AMBIT_NUMBER)
        return 0;
#undef AMBIT_TEXT
#undef AMBIT_PLACE
#undef AMBIT_SPEC
#undef AMBIT_NUMBER
    }
};

template <class Source, int Index> struct report_type {
    static constexpr const report& it = Source::mistakes.all[Index];

    template <int... Detail> static constexpr auto make(std::integer_sequence<int, Detail...>) {
#define AMBIT_MISTAKE(name, sentence)                                                                                  \
    if constexpr (it.kind == mistake::name)                                                                            \
        return refused::name<decltype(detail_type<Source, it.first_detail + Detail>::make())...>{};                    \
    else
#include <ambit/diagnostics/mistakes.def>
#undef AMBIT_MISTAKE
        return 0;
    }

    using type = decltype(make(std::make_integer_sequence<int, it.detail_count>{}));
};

template <class Source, int... Index> constexpr bool explain_each(std::integer_sequence<int, Index...>) {
    const bool explained[] = {true, (static_cast<void>(&report_type<Source, Index>::type::refuse), true)...};
    return explained[0];
}

}  // namespace detail

/// Reports that a function makes, `Make()`, where a call and not a model is at fault.
template <auto Make> struct made_reports {
    static constexpr int counts[3] = {Make().size(), Make().details(), Make().characters().size()};
    static constexpr frozen_reports<counts[0], counts[1], counts[2]> mistakes{Make()};
};

/// Whether `Make()` reports nothing. (clang 16 takes no temporary `reports` in the condition of an `if constexpr`.)
template <auto Make> inline constexpr bool reports_nothing = made_reports<Make>::counts[0] == 0;

/// Instantiates a compile error for each mistake of `Source::mistakes`; true, so that it can stand in an initializer.
template <class Source> constexpr bool explain() {
    return detail::explain_each<Source>(std::make_integer_sequence<int, Source::mistakes.size>{});
}

}  // namespace ambit
