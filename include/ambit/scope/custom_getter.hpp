// SPDX-License-Identifier: BSL-1.0
// A function of the user that stands before every `get_variable` of a scope: it may change what is asked for, put an op
// between a variable and its users, or only look.
//
//     constexpr variable frozen(const variable_getter& next, variable_call call) {
//         call.options.trainable = false;
//         return next(call);
//     }
//     auto encoder = s.variable_scope("encoder", {.custom_getter = frozen});
//
// Getters of nested scopes form a chain: the innermost is called first, and its `next` is the one around it. At the end
// stands get_variable itself, with the reuse flag of the call and the defaults of the scope that was asked.
#pragma once

#include <ambit/core/place.hpp>
#include <ambit/core/shape.hpp>
#include <ambit/scope/options.hpp>
#include <ambit/scope/variable.hpp>

#include <optional>
#include <string_view>

namespace AMBIT_NAMESPACE {

/// One call of `get_variable` on its way through the getters.
struct variable_call {
    std::string_view path;  ///< the whole path, from the root
    std::optional<ambit::shape> extents;  ///< nothing: any shape
    variable_options options = {};
    core_parts::place at = {};
    reuse_mode reuse = reuse_mode::create;  ///< of the scope that was asked; the rest of the chain goes by this one
};

/// The rest of the chain.
class variable_getter {
public:
    constexpr variable_getter(scope_parts::variable_store* store, int scope, int link)
        : store_(store), scope_(scope), link_(link) {}

    constexpr variable operator()(const variable_call& call) const {
        if (link_ >= 0) {
            const scope_parts::defaults_table::getter_link link = store_->scopes().defaults().getter(link_);
            return link.function({store_, scope_, link.next}, call);
        }
        const ambit::shape* const extents = call.extents ? &*call.extents : nullptr;
        return {store_, store_->get_path(scope_, call.path, extents, call.options, call.reuse, call.at)};
    }

private:
    scope_parts::variable_store* store_;
    int scope_;
    int link_;
};

}  // namespace ambit
