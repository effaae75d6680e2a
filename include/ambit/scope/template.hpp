// SPDX-License-Identifier: BSL-1.0
// A function that creates its variables on the first call and shares them on every later one, from wherever it is
// called.
//
//     auto affine = make_template("affine", [](scope& s, tensor x) {
//         return matmul(x, s.get_variable("weights", {4, 4})) + s.get_variable("biases", {4});
//     });
//     tensor y1 = affine(s, x1);        // creates affine/weights and affine/biases below s
//     tensor y2 = affine(s, x2);        // the same two
#pragma once

#include <ambit/core/throw_or_end.hpp>
#include <ambit/scope/scope.hpp>

#include <source_location>
#include <string_view>
#include <type_traits>
#include <utility>

namespace AMBIT_NAMESPACE {

struct template_options {
    std::string_view unique_name = {};  ///< exactly this scope, instead of the next free one of the template's name
};

}  // namespace ambit

namespace AMBIT_NAMESPACE::refused_parts {

// Not constexpr on purpose: there is no store to report to. The compiler names this function and who called it.
inline void a_template_has_no_handle_before_its_first_call() {
    throw_or_end(
        model_error(mistake::foreign_handle,
                    "[ambit] foreign_handle: a template has no handle before its first call: call it first, or make it "
                    "with make_template(s, name, function)"));
}

}  // namespace ambit::refused_parts

namespace AMBIT_NAMESPACE::scope_parts {

/// The scope that a template is called from, and the line.
struct scope_and_line {
    constexpr scope_and_line(scope& s,
                             const std::source_location& at = std::source_location::current())  // NOLINT
        : where(s), line(at) {}
    scope& where;
    std::source_location line;
};

}  // namespace ambit::scope_parts

namespace AMBIT_NAMESPACE {

/// What `make_template` returns; `name` and `unique_name` are the caller's and outlive it.
template <class Function> class scope_template {
public:
    constexpr scope_template(std::string_view name, Function function, const template_options& options)
        : name_(options.unique_name.empty() ? name : options.unique_name),
          is_unique_(!options.unique_name.empty()),
          function_(std::move(function)) {}

    /// Fixes where its variables are now, as the first call would.
    constexpr void fix_scope(scope& s, const std::source_location& at = std::source_location::current()) {
        store_ = s.store();
        record_ = store_->scopes().reserve_scope(s.handle().record(), name_, !is_unique_, at);
    }

    /// Calls `function(scope, arguments…)` in the template's scope; its ops get a name scope of that name.
    template <class... Arguments>
    constexpr auto operator()(scope_parts::scope_and_line from, Arguments&&... arguments) {
        mistake_parts::mistake_log& log = from.where.store()->log();
        const int told = log.mistakes().size();
        if (record_ < 0) fix_scope(from.where, from.line);
        const name_scope ops(&from.where.store()->scopes(), open_ops(from));
        auto own = from.where.variable_scope(handle(), {.reuse = was_called_}, from.line);
        log.keep_first_reports(told + 1);  // one mistake a call
        if constexpr (std::is_void_v<std::invoke_result_t<Function&, scope&, Arguments...>>) {
            function_(own, std::forward<Arguments>(arguments)...);
            was_called_ = true;
        } else {
            auto result = function_(own, std::forward<Arguments>(arguments)...);
            was_called_ = true;  // not before: after an exception the next call creates
            return result;
        }
    }

    /// Where its variables are. There is none before the first call, unless `make_template` was given a scope.
    constexpr scope_handle handle() const {
        if (record_ < 0) refused_parts::a_template_has_no_handle_before_its_first_call();
        return {store_, record_};
    }

private:
    constexpr int open_ops(const scope_parts::scope_and_line& from) {
        scope_parts::scope_stack& scopes = from.where.store()->scopes();
        if (from.where.store() == store_)
            return scopes.open_call_scope(from.where.record(), record_, !was_called_, from.line);
        // Of another graph, which is refused when its scope is opened there.
        const core_parts::short_text name = store_->all_names().component(store_->scopes().scope_at(record_).prefix);
        return scopes.open_name_scope(from.where.record(), name, from.line);
    }

    std::string_view name_;
    bool is_unique_;
    bool was_called_ = false;
    Function function_;
    scope_parts::variable_store* store_ = nullptr;
    int record_ = -1;
};

/// Its variables are in the next free scope of this name below the scope of the first call.
template <class Function>
constexpr auto make_template(std::string_view name, Function function, const template_options& options = {}) {
    return scope_template<Function>(name, std::move(function), options);
}

/// The same below `s`, fixed now (TensorFlow's `create_scope_now_`).
template <class Function>
constexpr auto make_template(scope& s, std::string_view name, Function function, const template_options& options = {},
                             const std::source_location& at = std::source_location::current()) {
    scope_template<Function> made(name, std::move(function), options);
    made.fix_scope(s, at);
    return made;
}

}  // namespace ambit
