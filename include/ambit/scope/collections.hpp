// SPDX-License-Identifier: BSL-1.0
// Variables, tensors and operations gathered under a name while a module runs, for code elsewhere that asks for all of
// them.
//
//     s.add_to_collection(collections::losses, penalty);
//     for (const tensor& loss : encoder.losses()) total = total + loss;        // those made below encoder/
#pragma once

#include <ambit/core/buffer.hpp>

#include <cstddef>
#include <string_view>

namespace AMBIT_NAMESPACE {

/// The names of the built-in collections. What variables belong to follows from how they were made.
namespace collections {
inline constexpr std::string_view global_variables = "global_variables";  ///< all that models share and save
inline constexpr std::string_view trainable_variables = "trainable_variables";  ///< those that optimizers change
inline constexpr std::string_view local_variables = "local_variables";  ///< those of one model
inline constexpr std::string_view losses = "losses";
inline constexpr std::string_view regularization_losses = "regularization_losses";  ///< one for each variable, once
inline constexpr std::string_view updates = "updates";  ///< what a training step runs besides, batch statistics
}  // namespace collections

}  // namespace ambit

namespace AMBIT_NAMESPACE::scope_parts {

/// The collections that variables belong to by how they were made.
enum class variable_collection : int { other, global, trainable, local };

constexpr variable_collection variable_collection_of(std::string_view name) {
    using enum variable_collection;
    if (name == collections::global_variables) return global;
    if (name == collections::trainable_variables) return trainable;
    return name == collections::local_variables ? local : other;
}

/// What is in which collection, in order of adding. Members are ids: of variables or of nodes.
class collection_table {
public:
    enum class member_kind : int { variable, tensor, operation };

    /// What is wrong with a member of this kind, empty if nothing is: each built-in collection has one kind of members.
    static constexpr std::string_view refusal(std::string_view collection, member_kind kind) {
        const bool of_variables = variable_collection_of(collection) != variable_collection::other;
        const bool of_tensors = collection == collections::losses || collection == collections::regularization_losses;
        if (of_variables && kind != member_kind::variable) return "this collection holds variables";
        if (of_tensors && kind != member_kind::tensor) return "this collection holds tensors: add_loss(loss)";
        if (collection == collections::updates && kind != member_kind::operation)
            return "this collection holds operations, as assign returns them";
        return {};
    }

    struct member {
        int name_begin = 0;  // of the collection, in the table's characters
        int name_length = 0;
        member_kind kind = member_kind::tensor;
        int id = 0;
    };

    constexpr void add(std::string_view collection, member_kind kind, int id) {
        members_.push_back({characters_.size(), static_cast<int>(collection.size()), kind, id});
        characters_.append(collection.data(), static_cast<int>(collection.size()));
    }

    constexpr int size() const { return members_.size(); }

    /// The id of a member if it is of this collection and kind, else -1.
    constexpr int id_in(int index, std::string_view collection, member_kind kind) const {
        const member& entry = members_[index];
        const std::string_view name(characters_.begin() + entry.name_begin,
                                    static_cast<std::size_t>(entry.name_length));
        return entry.kind == kind && name == collection ? entry.id : -1;
    }

    /// A variable and its collection; -1 for a member of another kind.
    struct variable_member {
        std::string_view collection;
        int id = -1;
    };
    constexpr variable_member variable_in(int index) const {
        const member& m = members_[index];
        const std::string_view name(characters_.begin() + m.name_begin, static_cast<std::size_t>(m.name_length));
        return {name, m.kind == member_kind::variable ? m.id : -1};
    }

    constexpr bool has(std::string_view collection, member_kind kind, int id) const {
        for (int i = 0; i < members_.size(); ++i)
            if (members_[i].id == id && id_in(i, collection, kind) == id) return true;
        return false;
    }

    constexpr bool is_variable(int index, int id) const {
        return members_[index].kind == member_kind::variable && members_[index].id == id;
    }

    /// Takes a member out where it stands first; answers whether it was there.
    constexpr bool remove(std::string_view collection, member_kind kind, int id) {
        for (int i = 0; i < members_.size(); ++i) {
            if (id_in(i, collection, kind) != id) continue;
            for (int j = i + 1; j < members_.size(); ++j) members_[j - 1] = members_[j];
            members_.pop_back();
            return true;
        }
        return false;
    }

    /// Forgets what was added after the first `count`.
    constexpr void keep_first(int count) {
        if (count >= members_.size()) return;
        characters_.truncate(members_[count].name_begin);
        members_.truncate(count);
    }

private:
    buffer<member> members_;
    buffer<char> characters_;
};

}  // namespace ambit::scope_parts
