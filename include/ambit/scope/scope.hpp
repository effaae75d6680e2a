// SPDX-License-Identifier: BSL-1.0
// Nested names. A scope prefixes the variables that are asked for in it and says whether they are created or shared.
//
//     auto conv1 = s.variable_scope("conv1");                       // open until the end of the block
//     variable weights = conv1.get_variable("weights", {5, 5, 3, 8});   // conv1/weights
//     conv1.reuse_variables();                                      // from here on: share, never create
//
// A scope is used while it is the innermost open one. It is neither copied nor moved: its lifetime is its block.
#pragma once

#include <ambit/scope/variable.hpp>
#include <ambit/scope/variable_store.hpp>

#include <source_location>
#include <string_view>

namespace ambit {

/// A scope that was open once: it outlives the scope and jumps back to its prefix, flag and defaults.
class scope_handle {
public:
    constexpr scope_handle(variable_store* store, int record) : store_(store), record_(record) {}

    constexpr short_text name() const { return store_->all_names().path(store_->scope_at(record_).prefix); }
    constexpr reuse_mode reuse() const { return store_->scope_at(record_).reuse; }
    constexpr void reuse_variables() { store_->reuse_variables(record_); }

    constexpr variable_store* store() const { return store_; }
    constexpr int record() const { return record_; }

private:
    variable_store* store_;
    int record_;
};

class scope {
    /// A location that `{}` does not make: in `get_variable("scalar", {})` that is a shape.
    struct line_of_call {
        constexpr line_of_call(const std::source_location& at) : where(at) {}
        place where;
    };

public:
    using location = std::source_location;

    /// The root scope of a store: what a module is called with.
    constexpr explicit scope(variable_store& store) : store_(&store), record_(variable_store::root_scope) {}

    scope(const scope&) = delete;
    scope& operator=(const scope&) = delete;
    constexpr ~scope() { close(); }

    /// Opens a scope below this one. Ops get a name scope of the same name, counted up when it is taken (`conv1_1`).
    [[nodiscard]] constexpr scope variable_scope(std::string_view name, const scope_options& options = {},
                                                 const location& at = location::current()) {
        return {store_, store_->open_scope(record_, name, options, at)};
    }

    /// Jumps to where the handle was taken, whatever scope is open now.
    [[nodiscard]] constexpr scope variable_scope(const scope_handle& handle, const scope_options& options = {},
                                                 const location& at = location::current()) {
        return {store_, handle.store() == store_ ? store_->open_scope_again(record_, handle.record(), options, at)
                                                 : store_->refuse_foreign_handle(record_, options, at)};
    }

    /// Returns the variable of this name if the scope reuses and it exists; refuses otherwise. Any shape will do.
    constexpr variable get_variable(std::string_view name, line_of_call at = location::current()) {
        return {store_, store_->get(record_, name, nullptr, {}, at.where)};
    }

    /// Creates the variable, or returns the one of this name if the scope reuses.
    constexpr variable get_variable(std::string_view name, const shape& extents, const variable_options& options = {},
                                    const location& at = location::current()) {
        return {store_, store_->get(record_, name, &extents, options, at)};
    }

    /// As above, for callers that share a variable without knowing its shape.
    constexpr variable get_variable(std::string_view name, any_shape_t, const variable_options& options = {},
                                    const location& at = location::current()) {
        return {store_, store_->get(record_, name, nullptr, options, at)};
    }

    /// From here to the end of the scope, `get_variable` shares and never creates. It cannot be undone.
    constexpr void reuse_variables() { store_->reuse_variables(record_); }

    /// The prefix of its variables: `image_filters/conv1`; empty for the root.
    constexpr short_text name() const { return store_->all_names().path(store_->scope_at(record_).prefix); }
    constexpr reuse_mode reuse() const { return store_->scope_at(record_).reuse; }
    constexpr scope_handle handle() const { return {store_, record_}; }

    /// The innermost scope that is open on this graph.
    constexpr scope_handle current() const { return {store_, store_->innermost_scope()}; }

    /// Ends the scope before its block does.
    constexpr void close() {
        if (record_ != variable_store::root_scope && is_open_) store_->close_scope(record_);
        is_open_ = false;
    }

    constexpr variable_store* store() const { return store_; }

private:
    constexpr scope(variable_store* store, int record) : store_(store), record_(record) {}

    variable_store* store_;
    int record_;
    bool is_open_ = true;
};

}  // namespace ambit
