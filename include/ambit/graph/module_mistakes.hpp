// SPDX-License-Identifier: BSL-1.0
// What is wrong with a type that should be a module, for the compiler's text: how it is called, what it returns, that
// it does not run in the compiler.
//
//     module_call<"module layer", "its call operator takes 2 tensors, the model has 1 input">
#pragma once

#include <ambit/core/short_text.hpp>
#include <ambit/core/spelling.hpp>
#include <ambit/diagnostics/report.hpp>
#include <ambit/diagnostics/words.hpp>
#include <ambit/graph/kept.hpp>
#include <ambit/graph/module.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>
#include <utility>

namespace AMBIT_NAMESPACE::graph_parts {

/// A module that takes its scope by value gets it from here.
struct scope_by_value {
    operator scope() const;
};

template <class Module, class Scope, class Tensor, std::size_t... I>
constexpr bool is_called(std::index_sequence<I...>) {
    return requires {
        std::declval<Module>()(std::declval<Scope>(), (static_cast<void>(I), std::declval<Tensor>())...);
    };
}

/// How many tensors a module takes: the count nearest to `Wanted`, fewer first; -1 if none up to 16 will do.
template <class Module, std::size_t Wanted, std::size_t Away = 1> constexpr int tensors_taken() {
    if constexpr (Away > 16) {
        return -1;
    } else if constexpr (Away <= Wanted && callable_with<Module, Wanted - (Away <= Wanted ? Away : 0)>) {
        return static_cast<int>(Wanted - Away);
    } else if constexpr (callable_with<Module, Wanted + Away>) {
        return static_cast<int>(Wanted + Away);
    } else {
        return tensors_taken<Module, Wanted, Away + 1>();
    }
}

constexpr void append_count(short_text& line, std::int64_t count, std::string_view one) {
    append_number(line, count);
    line += ' ';
    line += one;
    if (count != 1) line += 's';
}

/// What keeps a type from being called as a module.
template <class Module, std::size_t Inputs> constexpr short_text rule_of_call() {
    constexpr auto each = std::make_index_sequence<Inputs>{};
    short_text line;
    if constexpr (constexpr int taken = tensors_taken<Module, Inputs>(); taken >= 0) {
        line += "its call operator takes ";
        append_count(line, taken, "tensor");
        line += ", the model has ";
        append_count(line, Inputs, "input");
    } else if constexpr (is_called<Module&, scope&, const tensor&>(each)) {
        line += "its call operator is not const";
    } else if constexpr (is_called<const Module&, scope&, tensor&>(each) || is_called<Module&, scope&, tensor&>(each)) {
        line += "its call operator takes tensor&, not tensor";
    } else if constexpr (is_called<Module&, scope_by_value, const tensor&>(each)) {
        line += "its call operator takes scope, not scope&";
    } else {
        line += "it has no call operator that takes scope& and ";
        append_count(line, Inputs, "tensor");
    }
    return line;
}

/// What keeps a result from being one of a module.
template <class Result> constexpr short_text rule_of_result() {
    short_text line("it returns ");
    line += spelling_of<Result>::value;
    if constexpr (plain_struct<Result>) {
        constexpr std::size_t members = member_count<Result>();
        if constexpr (members > max_outputs) {
            line += ", which has more than 16 members";
        } else if constexpr (members == 0) {
            line += ", which has no members";
        } else {
            line += ", whose member ";
            append_number(line, first_other_member<Result, members>() + 1);
            line += " is no tensor";
        }
    }
    return line;
}

/// Whether a model can make its module: `Module{}`.
template <class Module>
concept made_by_default = requires { Module{}; };

/// Runs in the place of a module that cannot: reports why, and returns inert tensors, which silence all they reach.
/// `Stopped` is why, if it is a module.
template <class Module, std::size_t Inputs, mistake Stopped = mistake::module_not_constant> struct refused_module {
    static constexpr auto outputs() {
        if constexpr (module<Module, Inputs>) return std::type_identity<outputs_of<Module, Inputs>>{};
        else return std::type_identity<tensor>{};
    }
    using result = typename decltype(outputs())::type;

    constexpr result operator()(scope& s, const auto&...) const {
        auto& builder = *s.builder();
        reports& mistakes = builder.log().begin_report(kind());
        mistakes.add(detail_tag::module, spelling_of<Module>::value);
        if constexpr (!callable_with<Module, Inputs>) mistakes.add(detail_tag::rule, rule_of_call<Module, Inputs>());
        else if constexpr (!module<Module, Inputs>)
            mistakes.add(detail_tag::rule, rule_of_result<outputs_of<Module, Inputs>>());
        else if constexpr (!made_by_default<Module>) mistakes.add(detail_tag::rule, "it has no default constructor");
        else if constexpr (Stopped == mistake::compiler_limit) mistakes.add(detail_tag::rule, flags_of_large_models);
        const tensor inert = builder.inert({{}, dtype::float32});
        return [&]<std::size_t... I>(std::index_sequence<I...>) {
            if constexpr (std::same_as<result, tensor>) return inert;
            else return result{(static_cast<void>(I), any_output{inert.id(), &builder})...};
        }(std::make_index_sequence<output_count<result>>{});
    }

    static constexpr mistake kind() {
        if constexpr (!callable_with<Module, Inputs>) return mistake::module_call;
        else if constexpr (!module<Module, Inputs>) return mistake::module_result;
        else if constexpr (!made_by_default<Module>) return mistake::module_value;
        else return Stopped;
    }
};

}  // namespace ambit::graph_parts
