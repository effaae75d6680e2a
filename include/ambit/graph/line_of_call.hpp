// SPDX-License-Identifier: BSL-1.0
// A place said once. While it lives, mistakes name the line of the call that it was given, whatever lines of the
// library build the ops, variables and scopes:
//
//     constexpr tensor twice(const tensor& x, const location& at = location::current()) {
//         const line_of_call here(x, at);
//         return x + x;                               // refuses bool in the line where twice was called
//     }
//
// Inside of another one it does nothing: the outermost call is the user's. A function that calls back what a user wrote
// (the body of a loop) has none around the call.
#pragma once

#include <ambit/graph/builder.hpp>

namespace AMBIT_NAMESPACE::graph_parts {

class [[nodiscard]] line_of_call {
public:
    /// Of a function that gets a scope, or a tensor; one of no graph is refused by the ops that read it.
    constexpr line_of_call(const scope& s, const place& at) : line_of_call(s.builder(), at) {}
    constexpr line_of_call(const tensor& x, const place& at) : line_of_call(x.builder(), at) {}

    line_of_call(const line_of_call&) = delete;
    line_of_call& operator=(const line_of_call&) = delete;
    constexpr ~line_of_call() {
        if (log_ != nullptr) log_->set_call({});
    }

private:
    constexpr line_of_call(graph_builder* builder, const place& at) {
        if (builder == nullptr || builder->log().is_in_a_call() || at.line <= 0) return;
        log_ = &builder->log();
        log_->set_call(at);
    }

    mistake_log* log_ = nullptr;  // none: the call is inside of another one
};

}  // namespace ambit::graph_parts
