// SPDX-License-Identifier: BSL-1.0
// Static models and a registry on one set of weights.
//
//     mount(reg, "tower_0", trainer);     // the registry shows the model's variables as tower_0/hidden/weights, …
//     bind(server, reg, "tower_0");       // the model uses those of the registry from here on
//
// Nothing is copied: what one of them writes, all of them read. Local variables stay each model's own.
#pragma once

#include <ambit/model/model.hpp>
#include <ambit/registry/registry.hpp>
#include <ambit/scope/path.hpp>

#include <array>
#include <concepts>
#include <cstddef>
#include <memory>
#include <source_location>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace AMBIT_NAMESPACE::registry_parts {

/// `tower_0/hidden/weights`; a trailing slash of the prefix says nothing.
inline std::string path_below(std::string_view prefix, std::string_view path) {
    if (!prefix.empty() && prefix.back() == '/') prefix.remove_suffix(1);
    return prefix.empty() ? std::string(path) : std::string(prefix) + '/' + std::string(path);
}

/// Throws all of these mistakes as one, which has the kind and the facts of the first.
inline void raise_all(const reports& mistakes) {
    if (mistakes.empty()) return;
    std::string text = to_string(mistakes, 0);
    for (int i = 1; i < mistakes.size(); ++i) text += '\n' + to_string(mistakes, i);
    throw_or_end(model_error(mistakes[0].kind, text, facts_for_programs(mistakes, 0)));
}

/// What the registry is to know of a variable of a static model.
template <class Graph> variable_facts facts_of_static(int v, std::string path, const place& made) {
    const frozen_variable& frozen = Graph::value.variables[v];
    variable_facts facts;
    facts.path = std::move(path);
    facts.spec = frozen.spec;
    facts.role = frozen.role;
    facts.trainable = frozen.trainable != 0;
    facts.uses = frozen.uses;
    facts.made = made;
    facts.initial = frozen.initializer;
    const double* const list = Graph::value.values.elements + frozen.first_value;
    facts.list.assign(list, list + frozen.value_count);
    facts.begins_as = std::string(Graph::value.path(frozen.begins_as));  // as the model's own
    return facts;
}

/// What keeps a registry from showing a path below a prefix.
inline void report_mount(reports& mistakes, const registry_contents& contents, std::string_view path, const place& at) {
    const variable_pointer* const there = contents.find(path);
    if (there != nullptr) {
        mistakes.begin(mistake::variable_exists);
        mistakes.add(detail_tag::path, path);
        mistakes.add(detail_tag::first_at, (*there)->made());
        mistakes.add(detail_tag::again_at, at);
        mistakes.settle_last();
    } else if (!is_legal_name(path, name_position::at_root)) {
        mistakes.begin(mistake::invalid_name);
        mistakes.add(detail_tag::name, path);
        mistakes.add(detail_tag::asked_at, at);
        mistakes.settle_last();
    }
}

}  // namespace ambit::registry_parts

namespace AMBIT_NAMESPACE {

/// Shows the variables of a static model below a prefix of the registry, without copying: their memory lives as long as
/// the model or the registry holds it, and counts for no byte limit. Throws a `model_error` that names every path that
/// is taken or illegal, and changes nothing then.
template <storage Storage, class Module, class... Inputs>
void mount(const registry& reg, std::string_view prefix, const stored_model<Storage, Module, Inputs...>& net,
           const std::source_location& at = std::source_location::current()) {
    using graph = typename stored_model<Storage, Module, Inputs...>::graph;
    registry_parts::registry_contents& contents = *reg.contents();
    reports mistakes;
    std::vector<registry_parts::variable_pointer> mounted;
    for (std::size_t v = 0; v < parameters<graph>::count; ++v) {
        if (!parameters<graph>::is_shared(v)) continue;
        std::string path = registry_parts::path_below(prefix, graph::value.path(static_cast<int>(v)));
        registry_parts::report_mount(mistakes, contents, path, at);
        mounted.push_back(std::make_shared<registered_variable>(
            registry_parts::facts_of_static<graph>(static_cast<int>(v), std::move(path), at)));
        mounted.back()->use(net.parameters().memory(), net.parameters().variables()[v],
                            net.parameters().generations()[v]);
    }
    registry_parts::raise_all(mistakes);
    contents.add(mounted);
}

/// Lets a static model use the variables of a registry below a prefix: each of its own, local ones aside, must be there
/// with its shape and dtype. Throws a `model_error` that names every one that is not, and changes nothing then. The
/// model keeps them, whatever becomes of the registry.
///
/// Its arguments are taken as they are, since std::bind takes them so: it is looked up where one is a std::string.
template <storage Storage, class Module, class... Inputs, class Registry, std::convertible_to<std::string_view> Prefix>
    requires std::same_as<std::remove_cvref_t<Registry>, registry>
void bind(stored_model<Storage, Module, Inputs...>& net, Registry&& reg, Prefix&& prefix,
          const std::source_location& at = std::source_location::current()) {
    using graph = typename stored_model<Storage, Module, Inputs...>::graph;
    reports mistakes;
    const auto held = std::make_shared<std::vector<registry_parts::variable_pointer>>();
    std::array<std::byte*, parameters<graph>::count> addresses{};
    std::array<std::uint64_t*, parameters<graph>::count> generations{};
    for (std::size_t v = 0; v < parameters<graph>::count; ++v) {
        if (!parameters<graph>::is_shared(v)) continue;
        const std::string path = registry_parts::path_below(prefix, graph::value.path(static_cast<int>(v)));
        const tensor_spec& asked = graph::value.variables[static_cast<int>(v)].spec;
        const registry_parts::variable_pointer* const there = reg.contents()->find(path);
        if (there != nullptr && !(*there)->is_local() && (*there)->spec() == asked) {
            held->push_back(*there);
            addresses[v] = (*there)->data();
            generations[v] = (*there)->generation_address();
            continue;
        }
        reg.report_unfit(mistakes, path, asked, at);
    }
    registry_parts::raise_all(mistakes);
    // The list of what is held, as bytes: whoever holds it holds all of them.
    net.share(parameters<graph>(std::shared_ptr<std::byte[]>(held, reinterpret_cast<std::byte*>(held.get())), addresses,
                                generations));
}

template <model_parts::one_of_models Any>
void mount(const registry& reg, std::string_view prefix, const Any& any,
           const std::source_location& at = std::source_location::current()) {
    any.visit([&](const auto& model) { mount(reg, prefix, model, at); });
}
template <model_parts::one_of_models Any, class Registry, std::convertible_to<std::string_view> Prefix>
    requires std::same_as<std::remove_cvref_t<Registry>, registry>
void bind(Any& any, Registry&& reg, Prefix&& prefix,
          const std::source_location& at = std::source_location::current()) {
    any.visit([&](auto& model) { bind(model, reg, prefix, at); });
}

}  // namespace ambit
