// SPDX-License-Identifier: BSL-1.0
// Turns the reports of a model into compile errors. Where a static_assert takes a text that a program has made (C++26),
// it says what the exception says. Elsewhere each mistake is a type that spells its kind and facts,
//
//     variable_exists<fixed_string{"conv1/weights"}, fixed_string{"first at filter.cpp:5, in conv1, opened at …"}, …>
//
// and the assertion's own words are what to do. clang prints the type within the error, as the condition that does not
// hold; g++ in front of it, as what is being instantiated, so that -Wfatal-errors and -fmax-errors=1 keep it too. The
// assertions stand in the body of a function, one for each mistake: in a class body clang 16 reports only the last of
// several.
#pragma once

#include <ambit/core/fixed_string.hpp>
#include <ambit/diagnostics/words.hpp>

#include <array>
#include <cstddef>
#include <initializer_list>
#include <string_view>
#include <type_traits>
#include <utility>

namespace AMBIT_NAMESPACE::mistake_parts {

/// The reports of a graph in fixed arrays, so that they can be a constexpr variable.
template <int Reports, int Details, int Characters> struct frozen_reports {
    static constexpr int size = Reports;
    report all[static_cast<std::size_t>(Reports > 0 ? Reports : 1)] = {};
    report_detail details[static_cast<std::size_t>(Details > 0 ? Details : 1)] = {};
    char characters[static_cast<std::size_t>(Characters > 0 ? Characters : 1)] = {};

    constexpr frozen_reports() = default;
    constexpr explicit frozen_reports(const auto& from) {
        for (int i = 0; i < Reports; ++i) all[i] = from[i];
        for (int i = 0; i < Details; ++i) details[i] = from.detail(i);
        for (int i = 0; i < Characters; ++i) characters[i] = from.characters()[i];
    }

    constexpr const report& operator[](int index) const { return all[index]; }
    constexpr const report_detail& detail(int index) const { return details[index]; }
    constexpr std::string_view text(const report_detail& d) const {
        return {characters + d.text_begin, static_cast<std::size_t>(d.text_length)};
    }
};

}  // namespace ambit::mistake_parts

/// What a compiler prints of a refused model: kinds of mistakes, with their facts as arguments.
namespace AMBIT_NAMESPACE::refused_parts {

/// What g++ names behind the words of an assertion, when all is said.
struct the_mistake_above {
    static constexpr bool is_allowed = false;
};

// `is_allowed` depends on the facts, else the compilers would evaluate the assertion without naming them.
#define AMBIT_CARRIER(carried)                                                      \
    template <fixed_string... Facts> struct carried {                               \
        static constexpr mistake kind = mistake::carried;                           \
        static constexpr bool is_allowed = sizeof...(Facts) > 4096;                 \
        template <template <fixed_string...> class> using with = the_mistake_above; \
    };
AMBIT_MISTAKES(AMBIT_CARRIER)
#undef AMBIT_CARRIER

// clang shortens text past 36 characters: a longer line becomes several arguments.
#ifdef __clang__
inline constexpr std::size_t longest_piece = 36;
#else
inline constexpr std::size_t longest_piece = 4096;
#endif

/// Where the first piece of a line ends: behind a comma if there is one, else behind a parenthesis, else behind a space
/// or a slash, inside of brackets only if nothing else will do; a longer word ends between its parts.
constexpr std::size_t first_piece(std::string_view line) {
    if (line.size() <= longest_piece) return line.size();
    std::size_t comma = 0, parenthesis = 0, other = 0, inside = 0, part = 0;
    int depth = 0;
    for (std::size_t i = 0; i < longest_piece; ++i) {
        const char c = line[i];
        if (c == '[') ++depth;
        if (c == ']') --depth;
        if (c == ' ' && depth == 0 && i > 0 && line[i - 1] == ',') comma = i + 1;
        if (c == '(') parenthesis = i + 1;
        if (c == '/' || c == ' ') (depth == 0 ? other : inside) = i + 1;
        if (c == '_' || c == '-' || c == '.' || c == ':') part = i + 1;
    }
    for (const std::size_t end : {comma, parenthesis, other, inside, part})
        if (end > 0) return end;
    return longest_piece;
}

/// clang prints text with letters beyond ASCII as a list of numbers.
constexpr char printed(char c) {
#ifdef __clang__
    if (static_cast<unsigned char>(c) > '~') return '?';
#endif
    return c;
}

/// The piece that begins at `begin`, and where the next one begins.
struct piece_of_text {
    std::size_t begin = 0, end = 0, next = 0;
};
constexpr piece_of_text piece_at(std::string_view facts, std::size_t begin) {
    // Not `find`: g++ with -fsanitize=undefined does not evaluate it.
    std::size_t end = begin;
    while (end < facts.size() && facts[end] != '\n') ++end;
    const std::string_view line = facts.substr(begin, end - begin);
    const std::size_t length = first_piece(line);
    return {begin, begin + length, begin + length + (length == line.size() ? 1 : 0)};
}

template <class Source, int Number> struct facts {
    static constexpr std::size_t size = facts_of(Source::mistakes, Number).view().size();
    static constexpr fixed_string<size + 1> all = [] {
        const short_text words = facts_of(Source::mistakes, Number);
        fixed_string<size + 1> copied;
        for (std::size_t i = 0; i < size; ++i) copied.characters[i] = printed(words.view()[i]);
        return copied;
    }();
    static constexpr std::size_t pieces = [] {
        std::size_t count = 0;
        for (std::size_t begin = 0; begin < size; begin = piece_at(all.view(), begin).next) ++count;
        return count;
    }();

    static constexpr std::array<piece_of_text, pieces> places = [] {
        std::array<piece_of_text, pieces> found{};
        std::size_t begin = 0;
        for (piece_of_text& piece : found) {
            piece = piece_at(all.view(), begin);
            begin = piece.next;
        }
        return found;
    }();

    template <std::size_t Piece> static constexpr auto piece() {
        constexpr piece_of_text piece = places[Piece];
        fixed_string<piece.end - piece.begin + 1> copied;
        for (std::size_t i = piece.begin; i < piece.end; ++i) copied.characters[i - piece.begin] = all.characters[i];
        // clang 16 prints text as text only if its terminator was written, not left from the initialization.
        copied.characters[piece.end - piece.begin] = '\0';
        return copied;
    }

    template <template <fixed_string...> class Kind, std::size_t... Piece>
    static auto carried(std::index_sequence<Piece...>) -> Kind<piece<Piece>()...>;
    template <template <fixed_string...> class Kind>
    using carrier = decltype(carried<Kind>(std::make_index_sequence<pieces>{}));
};

/// Mistake `Number` of a source, whose carrier clang names in the condition that fails.
template <class Source, int Number> struct mistake_at {
    static constexpr mistake kind = Source::mistakes[Number].kind;
    template <template <fixed_string...> class Kind>
    using with = typename facts<Source, Number>::template carrier<Kind>;
};

/// Its carrier, which g++ names as what it instantiates.
template <class Source, int Number> constexpr auto carrier_of() {
    constexpr mistake kind = Source::mistakes[Number].kind;
#define AMBIT_CARRIER(carried)              \
    if constexpr (kind == mistake::carried) \
        return std::type_identity<typename facts<Source, Number>::template carrier<carried>>{};
    AMBIT_MISTAKES(AMBIT_CARRIER)
#undef AMBIT_CARRIER
}

// Return types are deduced from here on: that makes the compilers instantiate each function where it is used,
// and so name the user's line; otherwise clang 16 does it at the end of the file, and g++ 12 without saying
// why.

/// The compile error of a mistake. Written out for each kind: an assertion inside of a macro would be reported with
/// notes about the macro.
template <class Mistake> struct refusal {
    template <template <fixed_string...> class Kind> using with = typename Mistake::template with<Kind>;

    static auto refuse() {
        constexpr mistake kind = Mistake::kind;
        if constexpr (kind == mistake::module_call)
            static_assert(with<module_call>::is_allowed, AMBIT_SENTENCE(module_call));
        else if constexpr (kind == mistake::module_result)
            static_assert(with<module_result>::is_allowed, AMBIT_SENTENCE(module_result));
        else if constexpr (kind == mistake::module_value)
            static_assert(with<module_value>::is_allowed, AMBIT_SENTENCE(module_value));
        else if constexpr (kind == mistake::module_not_constant)
            static_assert(with<module_not_constant>::is_allowed, AMBIT_SENTENCE(module_not_constant));
        else if constexpr (kind == mistake::compiler_limit)
            static_assert(with<compiler_limit>::is_allowed, AMBIT_SENTENCE(compiler_limit));
        else if constexpr (kind == mistake::variable_exists)
            static_assert(with<variable_exists>::is_allowed, AMBIT_SENTENCE(variable_exists));
        else if constexpr (kind == mistake::variable_missing)
            static_assert(with<variable_missing>::is_allowed, AMBIT_SENTENCE(variable_missing));
        else if constexpr (kind == mistake::shape_mismatch)
            static_assert(with<shape_mismatch>::is_allowed, AMBIT_SENTENCE(shape_mismatch));
        else if constexpr (kind == mistake::dtype_mismatch)
            static_assert(with<dtype_mismatch>::is_allowed, AMBIT_SENTENCE(dtype_mismatch));
        else if constexpr (kind == mistake::invalid_name)
            static_assert(with<invalid_name>::is_allowed, AMBIT_SENTENCE(invalid_name));
        else if constexpr (kind == mistake::invalid_shape)
            static_assert(with<invalid_shape>::is_allowed, AMBIT_SENTENCE(invalid_shape));
        else if constexpr (kind == mistake::shape_needed)
            static_assert(with<shape_needed>::is_allowed, AMBIT_SENTENCE(shape_needed));
        else if constexpr (kind == mistake::initializer_unfit)
            static_assert(with<initializer_unfit>::is_allowed, AMBIT_SENTENCE(initializer_unfit));
        else if constexpr (kind == mistake::scope_out_of_order)
            static_assert(with<scope_out_of_order>::is_allowed, AMBIT_SENTENCE(scope_out_of_order));
        else if constexpr (kind == mistake::foreign_handle)
            static_assert(with<foreign_handle>::is_allowed, AMBIT_SENTENCE(foreign_handle));
        else if constexpr (kind == mistake::cell_elsewhere)
            static_assert(with<cell_elsewhere>::is_allowed, AMBIT_SENTENCE(cell_elsewhere));
        else if constexpr (kind == mistake::collection_member)
            static_assert(with<collection_member>::is_allowed, AMBIT_SENTENCE(collection_member));
        else if constexpr (kind == mistake::op_shape)
            static_assert(with<op_shape>::is_allowed, AMBIT_SENTENCE(op_shape));
        else if constexpr (kind == mistake::op_dtype)
            static_assert(with<op_dtype>::is_allowed, AMBIT_SENTENCE(op_dtype));
        else if constexpr (kind == mistake::op_option)
            static_assert(with<op_option>::is_allowed, AMBIT_SENTENCE(op_option));
        else if constexpr (kind == mistake::foreign_tensor)
            static_assert(with<foreign_tensor>::is_allowed, AMBIT_SENTENCE(foreign_tensor));
        else if constexpr (kind == mistake::variable_unknown)
            static_assert(with<variable_unknown>::is_allowed, AMBIT_SENTENCE(variable_unknown));
        else if constexpr (kind == mistake::input_shape)
            static_assert(with<input_shape>::is_allowed, AMBIT_SENTENCE(input_shape));
        else if constexpr (kind == mistake::input_dtype)
            static_assert(with<input_dtype>::is_allowed, AMBIT_SENTENCE(input_dtype));
        else if constexpr (kind == mistake::input_count)
            static_assert(with<input_count>::is_allowed, AMBIT_SENTENCE(input_count));
        else if constexpr (kind == mistake::value_shape)
            static_assert(with<value_shape>::is_allowed, AMBIT_SENTENCE(value_shape));
        else if constexpr (kind == mistake::value_dtype)
            static_assert(with<value_dtype>::is_allowed, AMBIT_SENTENCE(value_dtype));
        else if constexpr (kind == mistake::output_shape)
            static_assert(with<output_shape>::is_allowed, AMBIT_SENTENCE(output_shape));
        else if constexpr (kind == mistake::output_dtype)
            static_assert(with<output_dtype>::is_allowed, AMBIT_SENTENCE(output_dtype));
        else if constexpr (kind == mistake::output_overlap)
            static_assert(with<output_overlap>::is_allowed, AMBIT_SENTENCE(output_overlap));
        else if constexpr (kind == mistake::output_unknown)
            static_assert(with<output_unknown>::is_allowed, AMBIT_SENTENCE(output_unknown));
        else if constexpr (kind == mistake::parameters_lack)
            static_assert(with<parameters_lack>::is_allowed, AMBIT_SENTENCE(parameters_lack));
        else if constexpr (kind == mistake::variable_unlisted)
            static_assert(with<variable_unlisted>::is_allowed, AMBIT_SENTENCE(variable_unlisted));
        else if constexpr (kind == mistake::variable_uses)
            static_assert(with<variable_uses>::is_allowed, AMBIT_SENTENCE(variable_uses));
        else if constexpr (kind == mistake::parameter_count)
            static_assert(with<parameter_count>::is_allowed, AMBIT_SENTENCE(parameter_count));
        else if constexpr (kind == mistake::arena_size)
            static_assert(with<arena_size>::is_allowed, AMBIT_SENTENCE(arena_size));
        else if constexpr (kind == mistake::memory_size)
            static_assert(with<memory_size>::is_allowed, AMBIT_SENTENCE(memory_size));
        else if constexpr (kind == mistake::variable_unread)
            static_assert(with<variable_unread>::is_allowed, AMBIT_SENTENCE(variable_unread));
        else if constexpr (kind == mistake::variable_untrained)
            static_assert(with<variable_untrained>::is_allowed, AMBIT_SENTENCE(variable_untrained));
        else if constexpr (kind == mistake::operations_unasked)
            static_assert(with<operations_unasked>::is_allowed, AMBIT_SENTENCE(operations_unasked));
        else if constexpr (kind == mistake::moved_from)
            static_assert(with<moved_from>::is_allowed, AMBIT_SENTENCE(moved_from));
        else if constexpr (kind == mistake::no_variables)
            static_assert(with<no_variables>::is_allowed, AMBIT_SENTENCE(no_variables));
        else if constexpr (kind == mistake::gradient_loss)
            static_assert(with<gradient_loss>::is_allowed, AMBIT_SENTENCE(gradient_loss));
        else if constexpr (kind == mistake::gradient_missing)
            static_assert(with<gradient_missing>::is_allowed, AMBIT_SENTENCE(gradient_missing));
        else if constexpr (kind == mistake::not_differentiable)
            static_assert(with<not_differentiable>::is_allowed, AMBIT_SENTENCE(not_differentiable));
        else if constexpr (kind == mistake::loop_state)
            static_assert(with<loop_state>::is_allowed, AMBIT_SENTENCE(loop_state));
        else if constexpr (kind == mistake::loop_assignment)
            static_assert(with<loop_assignment>::is_allowed, AMBIT_SENTENCE(loop_assignment));
        else if constexpr (kind == mistake::body_value)
            static_assert(with<body_value>::is_allowed, AMBIT_SENTENCE(body_value));
        else if constexpr (kind == mistake::models_differ)
            static_assert(with<models_differ>::is_allowed, AMBIT_SENTENCE(models_differ));
        else if constexpr (kind == mistake::batch_dependence)
            static_assert(with<batch_dependence>::is_allowed, AMBIT_SENTENCE(batch_dependence));
        else if constexpr (kind == mistake::rule_unknown)
            static_assert(with<rule_unknown>::is_allowed, AMBIT_SENTENCE(rule_unknown));
        else if constexpr (kind == mistake::rules_clash)
            static_assert(with<rules_clash>::is_allowed, AMBIT_SENTENCE(rules_clash));
        else if constexpr (kind == mistake::rule_unfit)
            static_assert(with<rule_unfit>::is_allowed, AMBIT_SENTENCE(rule_unfit));
        else if constexpr (kind == mistake::frozen_stale)
            static_assert(with<frozen_stale>::is_allowed, AMBIT_SENTENCE(frozen_stale));
        else if constexpr (kind == mistake::weights_written)
            static_assert(with<weights_written>::is_allowed, AMBIT_SENTENCE(weights_written));
        else static_assert(kind == mistake::none, "[ambit] a kind of mistake is missing in this list");
    }
};

/// The same with the text of the exception.
template <class Source, int Number> struct told_refusal {
    struct message {
        static constexpr std::size_t length = message_of(Source::mistakes, Number).view().size();
        static constexpr std::array<char, length> characters = [] {
            const short_text words = message_of(Source::mistakes, Number);
            std::array<char, length> copied{};
            for (std::size_t i = 0; i < length; ++i) copied[i] = words.view()[i];
            return copied;
        }();
        static constexpr std::size_t size() { return length; }
        static constexpr const char* data() { return characters.data(); }
    };
#if defined(__cpp_static_assert) && __cpp_static_assert >= 202306L
    static auto refuse() { static_assert(false, message{}); }
#endif
};

#if defined(__cpp_static_assert) && __cpp_static_assert >= 202306L
template <class Source, int Number> using refusal_of = told_refusal<Source, Number>;
#elif defined(__clang__)
template <class Source, int Number> using refusal_of = refusal<mistake_at<Source, Number>>;
#else
template <class Source, int Number> using refusal_of = refusal<typename decltype(carrier_of<Source, Number>())::type>;
#endif

/// What a source does once more when the compiler has refused it: with -DAMBIT_BACKTRACE the chain of calls to its
/// first mistake.
template <class Source> constexpr auto look_again() {
#ifdef AMBIT_BACKTRACE
    if constexpr (Source::mistakes[0].kind != mistake::module_not_constant &&
                  requires { Source::runs_without_mistakes(); })
        static_assert(Source::runs_without_mistakes());
#endif
}

/// Reports that a function makes, `Make()`, where a call and not a model is at fault.
template <auto Make> struct made_reports {
    static constexpr int counts[3] = {Make().size(), Make().details(), Make().characters().size()};
    static constexpr frozen_reports<counts[0], counts[1], counts[2]> mistakes{Make()};
};

struct nothing_reported {
    static constexpr frozen_reports<0, 0, 0> mistakes{};
};

/// Whether `Make()` reports nothing. (clang 16 takes no temporary `reports` in the condition of an `if
/// constexpr`.)
template <auto Make> inline constexpr bool reports_nothing = made_reports<Make>::counts[0] == 0;

/// True; where it is used there is a compile error for each mistake of `Source::mistakes`. With -DAMBIT_BACKTRACE the
/// compiler also prints the chain of calls that led to the first one; clang leaves out its middle unless it gets
/// -fconstexpr-backtrace-limit=0. A variable and not a function: the chain that compilers print is one level shorter.
template <class Source, class Numbers = std::make_integer_sequence<int, Source::mistakes.size>>
inline constexpr bool no_mistakes_in = true;
template <class Source, int First, int... Number>
inline constexpr bool no_mistakes_in<Source, std::integer_sequence<int, First, Number...>> =
    // In this order: clang 16 would go through a fold from its end.
    std::initializer_list<bool>{(static_cast<void>(&refusal_of<Source, First>::refuse), true),
                                (static_cast<void>(&refusal_of<Source, Number>::refuse), true)...,
                                (static_cast<void>(&look_again<Source>), true)}
        .size() > 0;

}  // namespace ambit::refused_parts
