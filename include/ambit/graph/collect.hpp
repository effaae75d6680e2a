// SPDX-License-Identifier: BSL-1.0
// How a scope puts tensors and variables into collections and finds them again (scope/collections.hpp).
#pragma once

#include <ambit/graph/builder.hpp>

#include <string_view>
#include <type_traits>

namespace AMBIT_NAMESPACE {

template <class Member>
constexpr core_parts::buffer<Member> scope_handle::get_collection(std::string_view collection,
                                                                  std::string_view prefix) const {
    using kind = scope_parts::collection_table::member_kind;
    constexpr bool of_variables = std::is_same_v<Member, ambit::variable>;
    constexpr bool of_tensors = std::is_same_v<Member, tensor>;
    static_assert(of_variables || of_tensors || std::is_same_v<Member, operation>,
                  "[ambit] collections hold tensors, variables and operations: get_collection<tensor>(name)");
    if constexpr (of_variables) {
        return variables_in(collection, prefix);
    } else {
        graph_builder* const builder = store_->builder();
        const auto is_wanted = below(prefix);
        core_parts::buffer<Member> found;
        found.reserve(1);  // the first of none is `Member{}`, which ops refuse
        for (int i = 0; i < builder->variables().collected().size(); ++i) {
            const int id =
                builder->variables().collected().id_in(i, collection, of_tensors ? kind::tensor : kind::operation);
            if (id >= 0 && is_wanted(builder->node_at(id).name)) found.push_back({builder, id});
        }
        return found;
    }
}

constexpr core_parts::buffer<tensor> scope_handle::losses(std::string_view prefix) const {
    return get_collection<tensor>(collections::losses, prefix);
}
constexpr core_parts::buffer<tensor> scope_handle::regularization_losses(std::string_view prefix) const {
    return get_collection<tensor>(collections::regularization_losses, prefix);
}
constexpr core_parts::buffer<operation> scope_handle::updates(std::string_view prefix) const {
    return get_collection<operation>(collections::updates, prefix);
}

constexpr void scope_handle::add_to_collection(std::string_view collection, const ambit::variable& member,
                                               const location& at) const {
    if (collection == collections::losses || collection == collections::regularization_losses)
        return add_to_collection(collection, tensor(member), at);
    graph_builder* const builder = store_->builder();
    if (builder->may_collect(member, collection, at)) builder->variables().collect(collection, member.id(), at);
}
constexpr void scope_handle::add_to_collection(std::string_view collection, const tensor& member,
                                               const location& at) const {
    using enum scope_parts::collection_table::member_kind;
    graph_builder* const builder = store_->builder();
    if (builder->may_collect(member, collection, at) && builder->variables().expect_member(collection, tensor, at))
        builder->variables().collected().add(collection, tensor, member.id());
}
constexpr void scope_handle::add_to_collection(std::string_view collection, const operation& member,
                                               const location& at) const {
    using enum scope_parts::collection_table::member_kind;
    graph_builder* const builder = store_->builder();
    if (builder->may_collect(member, collection, at) && builder->variables().expect_member(collection, operation, at))
        builder->variables().collected().add(collection, operation, member.id());
}
constexpr void scope_handle::add_loss(const tensor& loss, const location& at) const {
    add_to_collection(collections::losses, loss, at);
}

/// A collection of the whole graph as it is whenever it is looked at, like the list that TensorFlow 1's
/// `get_collection_ref` returns.
///
///     auto penalties = s.get_collection_ref<tensor>("penalties");
///     penalties.push_back(reduce_sum(x));                        // s.get_collection<tensor>("penalties") has it
template <class Member> class collection_ref {
public:
    using location = std::source_location;

    constexpr collection_ref(const scope_handle& root, std::string_view collection) : root_(root), name_(collection) {}

    constexpr core_parts::buffer<Member> members() const { return root_.template get_collection<Member>(name_); }
    constexpr int size() const { return members().size(); }
    constexpr bool empty() const { return members().empty(); }
    constexpr Member operator[](int index) const { return members()[index]; }

    constexpr void push_back(const Member& member, const location& at = location::current()) {
        root_.add_to_collection(name_, member, at);
    }

    /// Takes a member out where it stands first; answers whether it was there. A variable that leaves the trainable
    /// ones is trained no more; one cannot leave the global or local ones, `collection_member`.
    constexpr bool remove(const Member& member, const location& at = location::current()) {
        graph_builder* const builder = root_.builder();
        if (!builder->may_collect(member, name_, at)) return false;
        if constexpr (std::is_same_v<Member, variable>)
            return builder->variables().leave_collection(name_, member.id(), at);
        else return builder->variables().collected().remove(name_, kind, member.id());
    }

    constexpr void clear(const location& at = location::current()) {
        for (const Member& member : members()) remove(member, at);
    }

private:
    static constexpr auto kind = std::is_same_v<Member, tensor> ? scope_parts::collection_table::member_kind::tensor
                                                                : scope_parts::collection_table::member_kind::operation;
    scope_handle root_;
    core_parts::short_text name_;
};

template <class Member>
constexpr collection_ref<Member> scope_handle::get_collection_ref(std::string_view collection) const {
    return {{store_, scope_parts::scope_stack::root_scope}, collection};
}

}  // namespace ambit
