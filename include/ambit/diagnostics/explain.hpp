// SPDX-License-Identifier: BSL-1.0
// Turns the reports of a model into compile errors. Each mistake is a type that spells its kind and facts,
//
//     variable_exists<text{"conv1/weights"}, text{"first at filter.cpp:5, in conv1, opened at …"}, …>
//
// and a static_assert on a member of it, which both compilers print with all arguments. The assertion stands
// in the body of a static member function, one for each mistake: in a class body clang 16 reports only the
// last of several.
#pragma once

#include <ambit/core/text.hpp>
#include <ambit/diagnostics/words.hpp>

#include <array>
#include <cstddef>
#include <string_view>
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

    constexpr const report& operator[](int index) const { return all[index]; }
    constexpr const report_detail& detail(int index) const { return details[index]; }
    constexpr std::string_view text(const report_detail& d) const {
        return {characters + d.text_begin, static_cast<std::size_t>(d.text_length)};
    }
};

/// What a compiler prints of a refused model: kinds of mistakes, with their facts as arguments.
namespace refused {

// `is_allowed` depends on the facts, else the compilers would evaluate the assertion without naming them.
#define AMBIT_CARRIER(kind) \
    template <text... Facts> struct kind { static constexpr bool is_allowed = sizeof...(Facts) > 4096; };
AMBIT_MISTAKES(AMBIT_CARRIER)
#undef AMBIT_CARRIER

// clang 16 shortens text past 36 characters: a longer line becomes several arguments.
#ifdef __clang__
inline constexpr std::size_t longest_piece = 36;
#else
inline constexpr std::size_t longest_piece = 4096;
#endif

/// Where the first piece of a line ends: behind a comma if there is one, else behind a parenthesis, else behind
/// a slash or a space; inside of brackets only if nothing else will do.
constexpr std::size_t first_piece(std::string_view line) {
    if (line.size() <= longest_piece) return line.size();
    std::size_t comma = 0, parenthesis = 0, other = 0, inside = 0;
    int depth = 0;
    for (std::size_t i = 0; i < longest_piece; ++i) {
        if (line[i] == '[') ++depth;
        if (line[i] == ']') --depth;
        if (line[i] == ' ' && depth == 0 && i > 0 && line[i - 1] == ',') comma = i + 1;
        if (line[i] == '(') parenthesis = i + 1;
        if (line[i] == '/' || line[i] == ' ') (depth == 0 ? other : inside) = i + 1;
    }
    return comma > 0 ? comma : parenthesis > 0 ? parenthesis : other > 0 ? other : inside > 0 ? inside : longest_piece;
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
    static constexpr text<size + 1> all = [] {
        const short_text words = facts_of(Source::mistakes, Number);
        text<size + 1> copied;
        for (std::size_t i = 0; i < size; ++i) copied.characters[i] = words.view()[i];
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
        for (piece_of_text& it : found) {
            it = piece_at(all.view(), begin);
            begin = it.next;
        }
        return found;
    }();

    template <std::size_t Piece> static constexpr auto piece() {
        constexpr piece_of_text it = places[Piece];
        text<it.end - it.begin + 1> copied;
        for (std::size_t i = it.begin; i < it.end; ++i) copied.characters[i - it.begin] = all.characters[i];
        // clang 16 prints text as text only if its terminator was written, not left from the initialization.
        copied.characters[it.end - it.begin] = '\0';
        return copied;
    }

    template <template <text...> class Kind, std::size_t... Piece>
    static auto carried(std::index_sequence<Piece...>) -> Kind<piece<Piece>()...>;
    template <template <text...> class Kind>
    using carrier = decltype(carried<Kind>(std::make_index_sequence<pieces>{}));
};

// Return types are deduced from here on: that makes the compilers instantiate each function where it is used,
// and so name the user's line; otherwise clang 16 does it at the end of the file, and g++ 12 without saying
// why.

/// Mistake `Number` of a model. Written out for each kind: an assertion inside of a macro would be reported
/// with notes about the macro.
template <class Model, int Number> struct mistake_of {
    template <template <text...> class Kind>
    using with = typename facts<Model, Number>::template carrier<Kind>;

    static auto refuse() {
        constexpr mistake kind = Model::mistakes[Number].kind;
        if constexpr (kind == mistake::module_call)
            static_assert(with<module_call>::is_allowed, AMBIT_SENTENCE(module_call));
        else if constexpr (kind == mistake::module_result)
            static_assert(with<module_result>::is_allowed, AMBIT_SENTENCE(module_result));
        else if constexpr (kind == mistake::module_not_constant) {
            static_assert(with<module_not_constant>::is_allowed, AMBIT_SENTENCE(module_not_constant));
            // An error of its own, which names the line that stopped it.
            [[maybe_unused]] constexpr bool the_module_runs_in_the_compiler = Model::runs_to_its_end();
        } else if constexpr (kind == mistake::variable_exists)
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
        else if constexpr (kind == mistake::variable_unread)
            static_assert(with<variable_unread>::is_allowed, AMBIT_SENTENCE(variable_unread));
        else if constexpr (kind == mistake::variable_untrained)
            static_assert(with<variable_untrained>::is_allowed, AMBIT_SENTENCE(variable_untrained));
        else if constexpr (kind == mistake::operations_unasked)
            static_assert(with<operations_unasked>::is_allowed, AMBIT_SENTENCE(operations_unasked));
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
        else
            static_assert(kind == mistake::none, "[ambit] a kind of mistake is missing in this list");
    }
};

template <class Model, int... Number> constexpr auto refuse_each(std::integer_sequence<int, Number...>) {
    const bool refused[] = {true, (static_cast<void>(&mistake_of<Model, Number>::refuse), true)...};
    return refused[0];
}

}  // namespace refused

/// Reports that a function makes, `Make()`, where a call and not a model is at fault.
template <auto Make> struct made_reports {
    static constexpr int counts[3] = {Make().size(), Make().details(), Make().characters().size()};
    static constexpr frozen_reports<counts[0], counts[1], counts[2]> mistakes{Make()};
};

/// Whether `Make()` reports nothing. (clang 16 takes no temporary `reports` in the condition of an `if
/// constexpr`.)
template <auto Make> inline constexpr bool reports_nothing = made_reports<Make>::counts[0] == 0;

/// Instantiates a compile error for each mistake of `Source::mistakes`; true, so that it can stand in an
/// initializer. With -DAMBIT_BACKTRACE the compiler also prints the chain of calls that led to the first one;
/// clang leaves out its middle unless it gets -fconstexpr-backtrace-limit=0.
template <class Source> constexpr auto explain() {
#ifdef AMBIT_BACKTRACE
    if constexpr (Source::mistakes.size > 0 && requires { Source::runs_without_mistakes(); })
        if constexpr (Source::mistakes[0].kind != mistake::module_not_constant)
            static_assert(Source::runs_without_mistakes());
#endif
    // The rule is one mistake: then the compiler's chain is one level shorter.
    if constexpr (Source::mistakes.size == 1) return static_cast<void>(&refused::mistake_of<Source, 0>::refuse), true;
    else return refused::refuse_each<Source>(std::make_integer_sequence<int, Source::mistakes.size>{});
}

}  // namespace ambit
