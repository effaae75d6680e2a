// SPDX-License-Identifier: BSL-1.0
// The variables of a static model, a registry or a dynamic model, as files see them.
//
//     const held_variables all = variables_of(net);
//     all.variables[0].path; all.targets[0].data;
#pragma once

#include <ambit/checkpoint/rule_check.hpp>
#include <ambit/checkpoint/rules.hpp>
#include <ambit/core/later.hpp>
#include <ambit/core/standard.hpp>
#include <ambit/graph/frozen_graph.hpp>
#include <ambit/model/model.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <type_traits>
#include <vector>

namespace AMBIT_NAMESPACE::checkpoint_parts {

/// A variable in memory, and how often it was written.
struct held_variable {
    std::byte* data = nullptr;
    std::uint64_t* generation = nullptr;
};

/// In the order of `variables`; local ones have no memory here.
struct held_variables {
    std::span<const variable_info> variables;
    std::vector<held_variable> targets;
    std::string_view of = "model";
    std::vector<variable_info> known;  // of a registry, whose variables hold their paths
};

template <storage Storage, class Module, class... Inputs>
held_variables variables_of(const stored_model<Storage, Module, Inputs...>& model) {
    if (model.parameters().memory() == nullptr) model_parts::raise_moved_from();
    later<held_variables, Module> result;
    result.variables = model.variables;
    const auto& addresses = model.parameters().variables();
    const auto& generations = model.parameters().generations();
    for (std::size_t v = 0; v < addresses.size(); ++v) result.targets.push_back({addresses[v], generations[v]});
    return result;
}

template <class Variables> held_variables registered(const Variables& all, std::string_view of) {
    later<held_variables, Variables> result;
    result.of = of;
    for (const auto& v : all) {
        variable_info& info = result.known.emplace_back();
        info.path = v->path();
        info.extents = v->shape();
        info.dtype = v->dtype();
        info.trainable = v->is_trainable() ? 1 : 0;
        info.role = v->role();
        info.local = v->is_local() ? 1 : 0;
        result.targets.push_back({v->data(), v->generation_address()});
    }
    result.variables = result.known;
    return result;
}
/// A registry, or a dynamic model. (Templates, so that their headers are for those who have one.)
template <class Registry>
    requires requires(const Registry& of) { of.contents()->in_order(); }
held_variables variables_of(const Registry& of) {
    return registered(of.contents()->in_order(), "registry");
}
template <class Model>
    requires requires(const Model& of) { of.variables_in_memory().front()->generation_address(); }
held_variables variables_of(const Model& of) {
    return registered(of.variables_in_memory(), "model");
}

template <class Net>
concept holds_variables = requires(const Net& net) { checkpoint_parts::variables_of(net); };

/// The rules are some; of a model of the compiler, those that it knows name its variables.
template <class Net, file_is Way, class... Rules> constexpr void check_rules() {
    static_assert((!std::is_same_v<Rules, int> && ...),
                  "[ambit] of two literals, rename is a function of C: rename<\"in the file\", \"in the model\">");
    static_assert(
        ((rule_argument<Rules> || std::is_same_v<Rules, int>)&&...),
        "[ambit] rules are rename<\"in the file\", \"in the model\">, prefix, transposed, permuted, only, "
        "except, ignored, layouts, allow_missing and its like, or checkpoint_rules that these make of values");
    if constexpr (requires { typename Net::graph::run; })
        static_assert(refused_parts::no_mistakes_in<told_of_rules<typename Net::graph, Way, Rules...>>);
}

}  // namespace ambit::checkpoint_parts

namespace AMBIT_NAMESPACE::refused_parts {

/// A model without a file. It is converted, so that functions of a program that take a model alone come first.
struct model_alone {
    template <class Net>
        requires(checkpoint_parts::holds_variables<Net> || model_parts::one_of_models<Net>)
    model_alone(const Net&) {}
};

}  // namespace ambit::refused_parts
