// SPDX-License-Identifier: BSL-1.0
// One of a closed list of static models, chosen by name when the program runs. A call is one indirect call more than a
// call of the model itself.
//
//     using reader = any_model<model<small, input<float, 1, 784>>, model<large, input<float, 1, 784>>>;
//     reader net(options.net, seed{1});                   // "small" or "large"; a model_error names the nearest
//     auto logits = net(image);
//     save(net, "net.safetensors");  std::cout << net.name() << '\n' << summary(net);
//     net.visit([](auto& chosen) { chosen.template set<"biases">(0.5f); });
//
// A model is called as its module, without namespaces. One whose module is made of values has a name given to it:
// `any_model<named_model<"wide", model<configured<mlp{.hidden = 500}>, …>>, named_model<"narrow", …>>`.
//
// All of them have the same inputs and outputs: as many, of the same specs, in the same order. Those with `any_size`
// begin with their largest batch, too: net(name, largest_batch{32}, seed{1}).
#pragma once

#include <ambit/core/fixed_string.hpp>
#include <ambit/core/spelling.hpp>
#include <ambit/diagnostics/nearest_name.hpp>
#include <ambit/model/graph_facts.hpp>
#include <ambit/model/model.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>

namespace AMBIT_NAMESPACE {

/// A model of an `any_model` under a name of its own.
template <fixed_string Name, class Model> struct named_model {};

}  // namespace ambit

namespace AMBIT_NAMESPACE::model_parts {

/// `small` of `nets::small`; empty if the spelling ends as no name does, as `configured<…>`.
constexpr std::string_view last_name_of(std::string_view spelling) {
    std::size_t begin = spelling.size();
    while (begin > 0 && (is_letter_or_digit(spelling[begin - 1]) || spelling[begin - 1] == '_')) --begin;
    return spelling.substr(begin);
}

/// The model and the name of an element of the list.
template <class Listed> struct listed_model;
template <storage Storage, class Module, class... Inputs>
struct listed_model<stored_model<Storage, Module, Inputs...>> {
    using type = stored_model<Storage, Module, Inputs...>;
    static constexpr std::string_view name = last_name_of(spelling_of<Module>::value);
};
template <fixed_string Name, class Model> struct listed_model<named_model<Name, Model>> {
    using type = Model;
    static constexpr fixed_string kept = Name;
    static constexpr std::string_view name = kept.view();
};

/// Inputs and outputs of a model.
template <class Model> struct signature_of_model;
template <storage Storage, class Module, class... Inputs>
struct signature_of_model<stored_model<Storage, Module, Inputs...>> {
    using graph = graph_of<Module, Inputs...>;
    static constexpr std::array<tensor_spec, sizeof...(Inputs)> inputs{Inputs::spec...};
    static constexpr const auto& outputs = specs_of_outputs<graph>;
    static constexpr bool has_mistakes = graph::mistakes.size > 0;
};

/// Tells the first difference of two lists of specs.
constexpr void report_specs(reports& mistakes, detail_tag which, std::string_view first, std::string_view other,
                            std::span<const tensor_spec> had, std::span<const tensor_spec> asked) {
    std::size_t k = 0;
    while (k < had.size() && k < asked.size() && had[k] == asked[k]) ++k;
    if (k == had.size() && k == asked.size()) return;
    mistakes.begin(mistake::models_differ);
    mistakes.add(detail_tag::name, other);
    short_text line("the first of the list is ");
    line += first;
    mistakes.add(detail_tag::rule, line);
    if (k < had.size() && k < asked.size()) {
        mistakes.add(which, static_cast<std::int64_t>(k));
        mistakes.add(detail_tag::had, asked[k]);
        mistakes.add(detail_tag::asked, had[k]);
    } else {
        mistakes.add(detail_tag::given, static_cast<std::int64_t>(asked.size()));
        mistakes.add(detail_tag::wanted, static_cast<std::int64_t>(had.size()));
    }
}

/// What keeps models from being one list.
template <class First, class... Others> constexpr reports differences_of() {
    reports mistakes;
    constexpr std::array<std::string_view, 1 + sizeof...(Others)> names{listed_model<First>::name,
                                                                        listed_model<Others>::name...};
    for (std::size_t i = 0; i < names.size(); ++i) {
        bool is_taken = false;
        for (std::size_t before = 0; before < i; ++before) is_taken = is_taken || names[before] == names[i];
        if (!names[i].empty() && !is_taken) continue;
        mistakes.begin(mistake::models_differ);
        mistakes.add(detail_tag::name, names[i]);
        mistakes.add(detail_tag::rule, names[i].empty()
                                           ? "the module is made of values: named_model<\"name\", model<...>>"
                                           : "two models of the list have this name");
    }
    using first = signature_of_model<typename listed_model<First>::type>;
    [[maybe_unused]] const auto compare = [&]<class Other>(std::type_identity<Other>) {
        using other = signature_of_model<typename listed_model<Other>::type>;
        if constexpr (!first::has_mistakes && !other::has_mistakes) {
            const int before = mistakes.size();
            report_specs(mistakes, detail_tag::input, names[0], listed_model<Other>::name, first::inputs,
                         other::inputs);
            if (mistakes.size() == before)
                report_specs(mistakes, detail_tag::output, names[0], listed_model<Other>::name, first::outputs,
                             other::outputs);
        }
    };
    (compare(std::type_identity<Others>{}), ...);
    return mistakes;
}

}  // namespace ambit::model_parts

namespace AMBIT_NAMESPACE {

template <class... Models> class any_model {
    static_assert(sizeof...(Models) > 0, "[ambit] models_differ: a list has one model or more");
    static_assert(refused_parts::no_mistakes_in<refused_parts::made_reports<&model_parts::differences_of<Models...>>>);
    using list = std::variant<typename model_parts::listed_model<Models>::type...>;
    using first_model = std::variant_alternative_t<0, list>;

public:
    /// What marks it for save, load, summary, mount and bind: they do what they do with the chosen one.
    using chosen_of = list;

    /// In the order of the list.
    static constexpr std::array<std::string_view, sizeof...(Models)> names{model_parts::listed_model<Models>::name...};

    /// The model of this name. Throws a `model_error` of kind `model_unknown`, with the nearest name, if there is none.
    any_model(std::string_view name, seed s) : models_(make(index_of(name), s)) {}
    /// The same of models with `any_size`, for batches of up to `most`.
    any_model(std::string_view name, largest_batch most, seed s) : models_(make(index_of(name), most, s)) {}

    any_model(any_model&&) = default;
    any_model& operator=(any_model&&) = default;

    /// The same of the list, with variables of its own, equal to these.
    any_model copy() const {
        return [&]<std::size_t... K>(std::index_sequence<K...>) {
            constexpr std::array<list (*)(const list&), sizeof...(K)> table{
                [](const list& all) { return list(std::in_place_index<K>, std::get_if<K>(&all)->copy()); }...};
            return any_model(table[index()](models_));
        }(std::index_sequence_for<Models...>{});
    }

    std::size_t index() const noexcept { return models_.index(); }
    std::string_view name() const noexcept { return names[index()]; }

    /// Computes all outputs, as the model does.
    template <class... Arguments>
    auto operator()(const Arguments&... arguments) noexcept(
        (noexcept(std::declval<typename model_parts::listed_model<Models>::type&>()(arguments...)) && ...)) {
        return visit([&](auto& chosen) { return chosen(arguments...); });
    }
    /// Computes some outputs. All models return one struct of outputs, or structs whose outputs have these names
    /// (ambit/model/hana_view.hpp).
    template <auto... Members, class... Arguments>
        requires model_parts::names_members<Members...>
    auto run(const Arguments&... arguments) {
        return visit([&](auto& chosen) { return chosen.template run<Members...>(arguments...); });
    }
    template <fixed_string... Names, class... Arguments>
        requires model_parts::names_outputs<sizeof...(Names)>
    auto run(const Arguments&... arguments) {
        return visit([&](auto& chosen) { return chosen.template run<Names...>(arguments...); });
    }

    template <class... Arguments>
        requires(first_model::call_returns_views)
    AMBIT_REFUSES("results are views, which would outlive the temporary model: give the model a name")
    auto operator()(const Arguments&... arguments) && {
        return static_cast<any_model&>(*this)(arguments...);
    }
    template <auto... Members, class... Arguments>
        requires model_parts::names_members<Members...> && first_model::template run_returns_views<Members...>
    AMBIT_REFUSES("results are views, which would outlive the temporary model: give the model a name")
    auto run(const Arguments&... arguments) && {
        return static_cast<any_model&>(*this).template run<Members...>(arguments...);
    }
    template <fixed_string... Names, class... Arguments>
        requires model_parts::names_outputs<sizeof...(Names)> &&
                 first_model::template run_by_name_returns_views<Names...>
    AMBIT_REFUSES("results are views, which would outlive the temporary model: give the model a name")
    auto run(const Arguments&... arguments) && {
        return visit([&](auto& chosen) { return chosen.template run<Names...>(arguments...); });
    }

    /// Calls a function with the chosen model. It returns the same type for all of them.
    template <class F> auto visit(F&& f) { return visit_one(models_, f, std::index_sequence_for<Models...>{}); }
    template <class F> auto visit(F&& f) const { return visit_one(models_, f, std::index_sequence_for<Models...>{}); }

    /// Those of the chosen one, in order of creation.
    std::span<const variable_info> variables() const {
        return visit([](const auto& chosen) { return std::span<const variable_info>(chosen.variables); });
    }
    std::int64_t parameter_count() const {
        return visit([](const auto& chosen) { return std::int64_t{chosen.parameter_count}; });
    }
    std::int64_t arena_bytes() const {
        return visit([](const auto& chosen) {
            if constexpr (requires { chosen.largest_batch(); }) return chosen.arena_bytes(chosen.largest_batch());
            else return std::int64_t{chosen.arena_bytes};
        });
    }

    void initialize(seed s) {
        visit([&](auto& chosen) { chosen.initialize(s); });
    }
    void reset() {
        visit([](auto& chosen) { chosen.reset(); });
    }

private:
    explicit any_model(list models) : models_(std::move(models)) {}

    template <class Variant, class F, std::size_t... K>
    static auto visit_one(Variant& models, F& f, std::index_sequence<K...>) {
        using result = decltype(f(*std::get_if<0>(&models)));
        constexpr std::array<result (*)(Variant&, F&), sizeof...(K)> table{
            [](Variant& all, F& function) -> result { return function(*std::get_if<K>(&all)); }...};
        return table[models.index()](models, f);
    }

    template <class... Arguments> static list make(std::size_t index, Arguments... arguments) {
        return [&]<std::size_t... K>(std::index_sequence<K...>) {
            constexpr std::array<list (*)(Arguments...), sizeof...(K)> table{
                [](Arguments... of) { return list(std::in_place_index<K>, of...); }...};
            return table[index](arguments...);
        }(std::index_sequence_for<Models...>{});
    }

    static std::size_t index_of(std::string_view name) {
        mistake_parts::nearest_name search(name);
        for (std::size_t i = 0; i < names.size(); ++i) {
            if (names[i] == name) return i;
            search.consider(static_cast<int>(i), names[i]);
        }
        mistake_parts::reports mistakes;
        mistakes.begin(mistake::model_unknown);
        mistakes.add(mistake_parts::detail_tag::name, name);
        core_parts::short_text line("there are ");
        for (std::size_t i = 0; i < names.size(); ++i) {
            if (i > 0) line += ", ";
            line += names[i];
        }
        mistakes.add(mistake_parts::detail_tag::rule, line);
        if (search.best() >= 0)
            mistakes.add(mistake_parts::detail_tag::did_you_mean, names[static_cast<std::size_t>(search.best())]);
        mistake_parts::raise(mistakes, 0);
    }

    list models_;
};

}  // namespace ambit
