// SPDX-License-Identifier: BSL-1.0
// What functions do with a list of variables that a user hands over: it is a set of this graph's, and not an empty one.
//
//     minimize(s, loss, adam{}, {.variables = {weights, biases}});
//
//     if (!is_list_of_own(builder, variables, "minimize", at)) return builder.nothing();
//     for (const variable& v : each_once(builder, variables)) …
#pragma once

#include <ambit/core/list_view.hpp>
#include <ambit/core/refuses.hpp>
#include <ambit/graph/builder.hpp>

#include <array>
#include <cstddef>
#include <initializer_list>
#include <string_view>

namespace AMBIT_NAMESPACE::graph_parts {

constexpr buffer<variable> list_of(const variable* first, std::size_t count) {
    buffer<variable> list;
    list.append(first, static_cast<int>(count));
    return list;
}

/// What an option takes that is a list of variables. Without a constructor that takes nothing, so that `{}` is a list
/// of none, as everywhere.
class variables_option {
public:
    constexpr variables_option(const buffer<variable>& list) : list_(list) {}  // NOLINT: implicit, all of them
    constexpr variables_option(std::initializer_list<variable> list) : list_(list_of(list.begin(), list.size())) {}
    template <std::size_t Count>
    constexpr variables_option(const std::array<variable, Count>& list) : list_(list_of(list.data(), Count)) {}
    AMBIT_REFUSES("the variables are a list: {.variables = {weights}}")
    constexpr variables_option(const variable& v) : variables_option{{v}} {}

    static constexpr variables_option not_said() {
        variables_option nothing(std::initializer_list<variable>{});
        nothing.is_said_ = false;
        return nothing;
    }
    constexpr explicit operator bool() const { return is_said_; }
    constexpr const buffer<variable>& operator*() const { return list_; }

private:
    buffer<variable> list_;
    bool is_said_ = true;
};

/// Whether a list can be worked on; one that is empty, or has a variable of another graph, is reported in the name of
/// the function that was called.
constexpr bool is_list_of_own(graph_builder& builder, list_view<variable> list, std::string_view function,
                              const place& at) {
    if (list.empty()) {
        // Another mistake may have kept its variables from being made.
        if (builder.mistakes().empty()) builder.refuse_call(mistake::no_variables, function, {}, at);
        return false;
    }
    for (const variable& v : list) {
        if (v.builder() == &builder) continue;
        builder.refuse_call(mistake::foreign_tensor, function, "a variable of the list is of another graph", at);
        return false;
    }
    return true;
}

/// The trainable variables that the module which runs has made or asked for: others of its registry are not its
/// business, and not looked at.
constexpr buffer<variable> met_trainable_variables(graph_builder& builder) {
    using scope_parts::collection_table;
    scope_parts::variable_store& store = builder.variables();
    buffer<variable> met;
    const auto take = [&](int id) {
        if (store.variable_at(id).is_met) met.push_back({&store, id});
    };
    for (int id = 0; id < store.variable_count(); ++id)
        if (store.variable_at(id).belongs_to(scope_parts::variable_collection::trainable)) take(id);
    for (int i = 0; i < store.collected().size(); ++i)
        if (const int id =
                store.collected().id_in(i, collections::trainable_variables, collection_table::member_kind::variable);
            id >= 0)
            take(id);
    return met;
}

/// The variables of a list in its order, none of them twice and none that a mistake kept from being made.
constexpr buffer<variable> each_once(const graph_builder& builder, list_view<variable> list) {
    buffer<variable> kept;
    buffer<bool> is_kept;
    is_kept.resize(builder.variable_count(), false);
    for (const variable& v : list) {
        if (v.id() < 0 || is_kept[v.id()]) continue;
        is_kept[v.id()] = true;
        kept.push_back(v);
    }
    return kept;
}

}  // namespace ambit::graph_parts
