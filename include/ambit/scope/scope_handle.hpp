// SPDX-License-Identifier: BSL-1.0
// A scope that was open once, as TensorFlow 1's `with tf.variable_scope(...) as foo` leaves it behind: it outlives the
// scope, jumps back to its prefix, flag and defaults, and knows what was made below it. An open scope is one, too.
//
//     scope_handle generator = open.handle();
//     auto again = s.variable_scope(generator, {.reuse = true});
//     minimize(s, loss, adam{}, {.variables = generator.trainable_variables()});
#pragma once

#include <ambit/diagnostics/list_error.hpp>
#include <ambit/scope/variable.hpp>
#include <ambit/scope/variable_store.hpp>

#include <cstddef>
#include <source_location>
#include <string_view>

namespace AMBIT_NAMESPACE {

class operation;
template <class Member> class collection_ref;

class scope_handle {
public:
    using location = std::source_location;

    constexpr scope_handle(scope_parts::variable_store* store, int record) : store_(store), record_(record) {}

    /// The prefix of its variables: `image_filters/conv1`; empty for the root.
    constexpr core_parts::short_text name() const {
        return store_->all_names().path(store_->scopes().scope_at(record_).prefix);
    }
    /// The name scope that it opened: `image_filters/conv1_1/`. `name_scope` takes it.
    constexpr core_parts::short_text original_name_scope() const {
        return store_->scopes().original_op_prefix(record_);
    }
    constexpr reuse_mode reuse() const { return store_->scopes().scope_at(record_).reuse; }

    /// From here to the end of the scope, `get_variable` shares and never creates. It cannot be undone.
    constexpr void reuse_variables() { store_->scopes().reuse_variables(record_); }
    template <std::same_as<bool> Flag>
    AMBIT_REFUSES("reuse is set by s.reuse_variables(), and never unset: it ends with its scope")
    constexpr void reuse_variables(Flag) {
        reuse_variables();
    }

    // ---- defaults ---------------------------------------------------------------------------------------------------
    // For what is asked for and opened here from now on; scopes that were opened before keep what they inherited.

    constexpr void set_initializer(const initializer_option& initializer) {
        store_->scopes().set_initializer(record_, initializer);
    }
    constexpr void set_regularizer(const ambit::regularizer& regularizer) {
        store_->scopes().set_regularizer(record_, regularizer);
    }
    constexpr void set_dtype(dtype type) { store_->scopes().set_dtype(record_, type); }
    /// In the place of all getters, those of the scopes around included; `nullptr` removes them.
    constexpr void set_custom_getter(ambit::custom_getter getter) {
        store_->scopes().set_custom_getter(record_, getter);
    }
    constexpr void set_custom_getter(std::nullptr_t) { store_->scopes().remove_custom_getters(record_); }

    // ---- collections ------------------------------------------------------------------------------------------------
    // What lies below this scope, by name and in whole components; below the root lies everything. A prefix, if there
    // is one, leads further down from here: in `encoder`, "conv1" has encoder/conv1/weights and not
    // encoder/conv1_2/weights.

    constexpr core_parts::buffer<ambit::variable> global_variables(std::string_view prefix = {}) const {
        return variables_in(collections::global_variables, prefix);
    }
    constexpr core_parts::buffer<ambit::variable> trainable_variables(std::string_view prefix = {}) const {
        return variables_in(collections::trainable_variables, prefix);
    }
    constexpr core_parts::buffer<ambit::variable> local_variables(std::string_view prefix = {}) const {
        return variables_in(collections::local_variables, prefix);
    }

    /// Members of a collection in order of adding: `variable`s, `tensor`s or `operation`s. Defined with the graph
    /// builder.
    template <class Member>
    constexpr core_parts::buffer<Member> get_collection(std::string_view collection,
                                                        std::string_view prefix = {}) const;
    constexpr core_parts::buffer<tensor> losses(std::string_view prefix = {}) const;
    constexpr core_parts::buffer<tensor> regularization_losses(std::string_view prefix = {}) const;
    constexpr core_parts::buffer<operation> updates(std::string_view prefix = {}) const;

    /// Adds to a collection of one's own or a built-in one, whichever scope this is. A variable that is added to
    /// `losses` is read; anything else that a built-in collection does not hold is `collection_member`.
    constexpr void add_to_collection(std::string_view collection, const ambit::variable& member,
                                     const location& at = location::current()) const;
    constexpr void add_to_collection(std::string_view collection, const tensor& member,
                                     const location& at = location::current()) const;
    constexpr void add_to_collection(std::string_view collection, const operation& member,
                                     const location& at = location::current()) const;
    constexpr void add_loss(const tensor& loss, const location& at = location::current()) const;

    /// A collection as it is whenever it is looked at, of the whole graph; changing it changes the graph's
    /// (graph/collect.hpp).
    template <class Member> constexpr collection_ref<Member> get_collection_ref(std::string_view collection) const;

    constexpr scope_parts::variable_store* store() const { return store_; }
    constexpr graph_parts::graph_builder* builder() const { return store_->builder(); }
    constexpr int record() const { return record_; }

protected:
    /// What variables are in a collection: first those that belong to it by how they were made, in that order, then
    /// those that were added.
    constexpr core_parts::buffer<ambit::variable> variables_in(std::string_view collection,
                                                               std::string_view prefix) const {
        const scope_parts::variable_collection built_in = scope_parts::variable_collection_of(collection);
        const bool is_users = built_in == scope_parts::variable_collection::other;
        store_->admit_collected();  // before the order is asked for: it has all that are known
        core_parts::buffer<int> order;
        if (!is_users) order = store_->order_of_creation(store_->scopes().scope_at(record_).prefix, prefix);
        core_parts::buffer<ambit::variable> found;
        const auto take = [&, is_wanted = below(prefix)](int id) {
            if (is_wanted(store_->variable_at(id).name)) found.push_back({store_, id});
        };
        const int count = is_users ? 0 : store_->variable_count();
        for (int i = 0; i < count; ++i)
            if (const int id = order.empty() ? i : order[i]; store_->variable_at(id).belongs_to(built_in)) take(id);
        const scope_parts::collection_table& added = store_->collected();
        for (int i = 0; i < added.size(); ++i)
            if (const int id = added.id_in(i, collection, scope_parts::collection_table::member_kind::variable);
                id >= 0)
                take(id);
        return found;
    }

    /// Whether a name is looked for: it lies below this scope, at or below the prefix there.
    class place_below {
    public:
        constexpr place_below(const scope_parts::variable_store* store, int scope, std::string_view prefix)
            : store_(store), scope_(scope), prefix_(store->find_below(scope, prefix)) {}
        constexpr bool operator()(int name) const {
            return prefix_ != core_parts::names::none && store_->is_below(name, prefix_) &&
                   (name != scope_ || scope_ == core_parts::names::root);
        }

    private:
        const scope_parts::variable_store* store_;
        int scope_, prefix_;
    };
    constexpr place_below below(std::string_view prefix) const {
        return {store_, store_->scopes().scope_at(record_).prefix, prefix};
    }

    scope_parts::variable_store* store_;
    int record_;
};

}  // namespace ambit
