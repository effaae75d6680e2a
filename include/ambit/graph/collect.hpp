// SPDX-License-Identifier: BSL-1.0
// How a scope puts tensors and variables into collections and finds them again (scope/collections.hpp).
#pragma once

#include <ambit/graph/builder.hpp>

#include <string_view>
#include <type_traits>

namespace ambit {

template <class Member>
constexpr buffer<Member> scope::get_collection(std::string_view collection, std::string_view prefix) const {
    using kind = collection_table::member_kind;
    constexpr bool of_variables = std::is_same_v<Member, ambit::variable>;
    constexpr bool of_tensors = std::is_same_v<Member, tensor>;
    static_assert(of_variables || of_tensors || std::is_same_v<Member, operation>,
                  "[ambit] collections hold tensors, variables and operations: get_collection<tensor>(name)");
    if constexpr (of_variables) {
        if (collection == collections::global_variables) return global_variables(prefix);
        if (collection == collections::trainable_variables) return trainable_variables(prefix);
        if (collection == collections::local_variables) return local_variables(prefix);
    }
    graph_builder* const builder = static_cast<graph_builder*>(store_);
    constexpr kind wanted = of_variables ? kind::variable : of_tensors ? kind::tensor : kind::operation;
    buffer<Member> found;
    for (int i = 0; i < builder->collected().size(); ++i) {
        const int id = builder->collected().id_in(i, collection, wanted);
        if (id < 0) continue;
        const int name = of_variables ? builder->variable_at(id).name : builder->node_at(id).name;
        if (builder->is_below(name, prefix)) found.push_back({builder, id});
    }
    return found;
}

constexpr buffer<tensor> scope::losses(std::string_view prefix) const {
    return get_collection<tensor>(collections::losses, prefix);
}
constexpr buffer<tensor> scope::regularization_losses(std::string_view prefix) const {
    return get_collection<tensor>(collections::regularization_losses, prefix);
}
constexpr buffer<operation> scope::updates(std::string_view prefix) const {
    return get_collection<operation>(collections::updates, prefix);
}

constexpr void scope::add_to_collection(std::string_view collection, const ambit::variable& member) {
    if (member.id() >= 0)
        store_->collected().add(collection, collection_table::member_kind::variable, member.id());
}
constexpr void scope::add_to_collection(std::string_view collection, const tensor& member) {
    graph_builder* const builder = static_cast<graph_builder*>(store_);
    if (builder->may_collect(member, collection))
        builder->collected().add(collection, collection_table::member_kind::tensor, member.id());
}
constexpr void scope::add_to_collection(std::string_view collection, const operation& member) {
    graph_builder* const builder = static_cast<graph_builder*>(store_);
    if (builder->may_collect({member.builder(), member.id()}, collection))
        builder->collected().add(collection, collection_table::member_kind::operation, member.id());
}
constexpr void scope::add_loss(const tensor& loss) { add_to_collection(collections::losses, loss); }

}  // namespace ambit
