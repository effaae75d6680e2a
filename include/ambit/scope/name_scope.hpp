// SPDX-License-Identifier: BSL-1.0
// A scope for the names of ops alone; names of variables do not change.
//
//     auto layer = s.name_scope("layer");
//     tensor y = x + s.get_variable("bias", {10});       // the op is layer/add, the variable bias
//
// As in TensorFlow 1 a taken name counts up (`layer_1/`), and a name with a trailing slash leads back to a name scope
// as often as wanted: `s.name_scope(layer.name())`. `s.name_scope("")` is the top.
#pragma once

#include <ambit/scope/scope_stack.hpp>

#include <source_location>

namespace AMBIT_NAMESPACE {

/// Open until the end of its block. The variable scope around it stays the one to ask for variables.
class name_scope {
public:
    constexpr name_scope(scope_parts::scope_stack* scopes, int record) : scopes_(scopes), record_(record) {}
    name_scope(const name_scope&) = delete;
    name_scope& operator=(const name_scope&) = delete;
    constexpr ~name_scope() { close_at({}); }

    /// `layer/`, which `name_scope` takes to come back; empty for the top.
    constexpr core_parts::short_text name() const { return scopes_->op_prefix(record_); }

    /// Ends it before its block does.
    constexpr void close(const std::source_location& at = std::source_location::current()) { close_at(at); }

private:
    constexpr void close_at(const core_parts::place& at) {
        if (is_open_) scopes_->close_scope(record_, at);
        is_open_ = false;
    }

    scope_parts::scope_stack* scopes_;
    int record_;
    bool is_open_ = true;
};

}  // namespace ambit
