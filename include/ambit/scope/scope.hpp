// SPDX-License-Identifier: BSL-1.0
// Nested names. A scope prefixes the variables that are asked for in it and says whether they are created or shared.
//
//     auto conv1 = s.variable_scope("conv1");                       // open until the end of the block
//     variable weights = conv1.get_variable("weights", {5, 5, 3, 8});   // conv1/weights
//     conv1.reuse_variables();                                      // from here on: share, never create
//
// A scope is used while it is the innermost open one. It is neither copied nor moved: its lifetime is its block.
#pragma once

#include <ambit/scope/custom_getter.hpp>
#include <ambit/scope/name_scope.hpp>
#include <ambit/scope/numbered_name.hpp>
#include <ambit/scope/scope_handle.hpp>
#include <ambit/scope/variable_value.hpp>

#include <concepts>
#include <source_location>
#include <string_view>

namespace AMBIT_NAMESPACE {

namespace refused_parts {
struct reuse_as_argument {
    template <std::same_as<bool> Flag>
    AMBIT_REFUSES("reuse is an option: variable_scope(\"foo\", {.reuse = true})")
    constexpr reuse_as_argument(Flag flag) : reuse(flag) {}
    AMBIT_REFUSES("reuse is an option: variable_scope(\"foo\", {.reuse = auto_reuse})")
    constexpr reuse_as_argument(scope_parts::auto_reuse_t flag) : reuse(flag) {}
    template <core_parts::text_like Text>
    AMBIT_REFUSES("a scope has one name: variable_scope(\"foo/bar\"), or {.default_name = \"dense\"} in its place")
    constexpr reuse_as_argument(Text) {}
    scope_parts::reuse_option reuse;
};
}  // namespace refused_parts

class scope : public scope_handle {
    /// A location that `{}` does not make: in `get_variable("scalar", {})` that is a shape.
    struct unbraced_location {
        constexpr unbraced_location(const std::source_location& at) : where(at) {}
        core_parts::place where;
    };

public:
    using location = std::source_location;

    /// The root scope of a store: what a module is called with.
    constexpr explicit scope(scope_parts::variable_store& store)
        : scope_handle(&store, scope_parts::scope_stack::root_scope) {}
    template <core_parts::text_like Text>
    AMBIT_REFUSES("a scope is opened by the one around it: auto foo = s.variable_scope(\"foo\")")
    constexpr explicit scope(Text) : scope_handle(nullptr, scope_parts::scope_stack::root_scope) {}

    scope(const scope&) = delete;  // [ambit] a scope is its block: pass it on as scope&, or keep its handle()
    scope& operator=(const scope&) = delete;
    constexpr ~scope() { close_at({}); }

    // ---- scopes -----------------------------------------------------------------------------------------------------

    /// Opens a scope below this one. Ops get a name scope of the same name, counted up when it is taken (`conv1_1`).
    /// Without a name, `""`, the scope gets the next free `.default_name`.
    [[nodiscard("a scope ends with its object: auto layer = s.variable_scope(...)")]]
    constexpr scope variable_scope(std::string_view name, const scope_options& options = {},
                                   const location& at = location::current()) {
        return {store_, store_->scopes().open_scope(record_, name, options, at)};
    }

    /// `variable_scope({.default_name = "dense"})`: `dense`, `dense_1`, … They start again with the scope around them.
    [[nodiscard("a scope ends with its object: auto layer = s.variable_scope(...)")]]
    constexpr scope variable_scope(const scope_options& options,
                                   const location& at = location::current()) {
        return {store_, store_->scopes().open_scope(record_, {}, options, at)};
    }

    constexpr scope variable_scope(std::string_view name, const refused_parts::reuse_as_argument& said,
                                   const location& at = location::current()) {
        return {store_, store_->scopes().open_scope(record_, name, {.reuse = said.reuse}, at)};
    }

    template <class Number>
        requires std::is_arithmetic_v<Number>
    AMBIT_REFUSES("a name is text, in double quotes: s.variable_scope(\"layer\"), with a number name(\"layer\", 3)")
    constexpr scope variable_scope(Number) {
        return variable_scope({.default_name = "scope"});
    }

    AMBIT_REFUSES("a name scope has a name: auto block = s.name_scope(\"block\"), or {.default_name = \"block\"}")
    constexpr ambit::name_scope name_scope() { return name_scope("scope"); }

    AMBIT_REFUSES("a scope has a name: auto layer = s.variable_scope(\"layer\"), or {.default_name = \"layer\"}")
    constexpr scope variable_scope() { return variable_scope({.default_name = "scope"}); }

    /// Jumps to where the handle was taken, whatever scope is open now.
    [[nodiscard("a scope ends with its object: auto layer = s.variable_scope(...)")]]
    constexpr scope variable_scope(const scope_handle& handle, const scope_options& options = {},
                                   const location& at = location::current()) {
        return {store_, handle.store() == store_
                            ? store_->scopes().open_scope_again(record_, handle.record(), options, at)
                            : store_->scopes().refuse_foreign_handle(record_, options, at)};
    }

    /// Opens a scope for the names of ops alone; this scope stays the one to ask for variables.
    [[nodiscard("a name scope ends with its object: auto names = s.name_scope(...)")]]
    constexpr ambit::name_scope name_scope(std::string_view name,
                                           const location& at = location::current()) {
        return {&store_->scopes(), store_->scopes().open_name_scope(record_, name, at)};
    }

    /// Without a name, `""`, it gets the next free `.default_name`.
    [[nodiscard("a name scope ends with its object: auto names = s.name_scope(...)")]]
    constexpr ambit::name_scope name_scope(std::string_view name, const name_scope_options& options,
                                           const location& at = location::current()) {
        return {&store_->scopes(),
                store_->scopes().open_name_scope(record_, name.empty() ? options.default_name : name, at)};
    }
    [[nodiscard("a name scope ends with its object: auto names = s.name_scope(...)")]]
    constexpr ambit::name_scope name_scope(const name_scope_options& options,
                                           const location& at = location::current()) {
        return name_scope({}, options, at);
    }

    /// The name scope that is open, as `name_scope` takes it, and an op as its whole name: `foo/bar/`; empty for the
    /// top.
    constexpr core_parts::short_text current_name_scope() const { return store_->scopes().open_op_prefix(); }

    /// The whole name that an op of this name would get here, `foo/add_1`; no op gets it from now on but by its whole
    /// name, `foo/add_1/`.
    constexpr core_parts::short_text unique_op_name(std::string_view name, const unique_name_options& options = {},
                                        const location& at = location::current()) {
        return store_->scopes().unique_name(name, options, at);
    }

    constexpr scope_handle handle() const { return *this; }

    /// The innermost scope that is open on this graph.
    constexpr scope_handle current() const { return {store_, store_->scopes().innermost_scope()}; }

    /// The scope that a module is called with: below it lies everything.
    constexpr scope_handle root() const { return {store_, scope_parts::scope_stack::root_scope}; }

    /// Ends the scope before its block does.
    constexpr void close(const location& at = location::current()) { close_at(at); }

    // ---- variables --------------------------------------------------------------------------------------------------

    /// Returns the variable of this name if the scope reuses and it exists; refuses otherwise. Any shape will do.
    constexpr ambit::variable get_variable(std::string_view name, unbraced_location at = location::current()) {
        return get(name, nullptr, {}, at.where);
    }

    /// Creates the variable, or returns the one of this name if the scope reuses.
    constexpr ambit::variable get_variable(std::string_view name, const shape& extents,
                                           const variable_options& options = {},
                                           const location& at = location::current()) {
        return get(name, &extents, options, at);
    }

    template <std::integral... Extents>
        requires(sizeof...(Extents) > 1)
    AMBIT_REFUSES("a shape is one argument, in braces: get_variable(\"w\", {3, 4})")
    constexpr ambit::variable get_variable(const char* name, Extents... extents) {
        const shape asked{extents...};
        return get(name, &asked, {}, location::current());
    }
    template <core_parts::text_like Text>
    AMBIT_REFUSES("the name comes first: get_variable(\"w\", {3, 4})")
    constexpr ambit::variable get_variable(const shape& extents, Text name) {
        return get(name, &extents, {}, location::current());
    }
    template <std::same_as<char> Character, class... More>
    AMBIT_REFUSES("a name is text, in double quotes: get_variable(\"w\", {3, 4})")
    constexpr ambit::variable get_variable(Character name, const shape& extents, const More&...) {
        return get({&name, 1}, &extents, {}, location::current());
    }
    template <std::same_as<initializer> Initializer>
    AMBIT_REFUSES("what fills a variable is an option: get_variable(\"w\", {3, 4}, {.initializer = zeros()})")
    constexpr ambit::variable get_variable(const char* name, const shape& extents, const Initializer& given) {
        return get(name, &extents, {.initializer = given}, location::current());
    }
    template <std::same_as<dtype> Dtype>
    AMBIT_REFUSES("a dtype is an option: get_variable(\"w\", {3, 4}, {.dtype = float64})")
    constexpr ambit::variable get_variable(const char* name, const shape& extents, Dtype given) {
        return get(name, &extents, {.dtype = given}, location::current());
    }

    template <std::floating_point Number>
    AMBIT_REFUSES("what fills a variable is an option: get_variable(\"w\", {3, 4}, {.initializer = constant(0.5)})")
    constexpr ambit::variable get_variable(const char* name, const shape& extents, Number) {
        return get(name, &extents, {}, location::current());
    }
    template <class Type>
    AMBIT_REFUSES("a dtype is an option: get_variable(\"w\", {3, 4}, {.dtype = float64})")
    constexpr ambit::variable get_variable(const char* name, const shape& extents) {
        return get(name, &extents, {}, location::current());
    }

    template <std::same_as<tensor> Tensor>
    AMBIT_REFUSES("a variable begins with what is known while the model is built; a call gives it others: assign(w, x)")
    constexpr ambit::variable get_variable(const char* name, const Tensor&, const variable_options& = {}) {
        return get(name, nullptr, {}, location::current());
    }
    template <std::same_as<ambit::variable> Variable>
    AMBIT_REFUSES("a variable that begins as another one: get_variable(\"copy\", same_as(w)); of its shape w.shape()")
    constexpr ambit::variable get_variable(const char*, const Variable& other, const variable_options& = {}) {
        return other;
    }
    template <class List>
        requires(std::integral<typename List::value_type> && requires(const List& list) { list.capacity(); })
    AMBIT_REFUSES("a shape is in braces, get_variable(\"w\", {3, 4}), and no std::vector")
    constexpr ambit::variable get_variable(const char* name, const List&, const variable_options& = {}) {
        return get(name, nullptr, {}, location::current());
    }
    template <std::integral... Extents>
    AMBIT_REFUSES("a variable has a name and a shape, in braces: get_variable(\"w\", {3, 4})")
    constexpr ambit::variable get_variable(Extents...) {
        return get("variable", nullptr, {}, location::current());
    }

    // What a dictionary of variables would have.
    AMBIT_REFUSES("a scope is asked by a function, which creates or shares: s.get_variable(\"w\", {3, 4})")
    constexpr ambit::variable operator[](const char* name) { return get(name, nullptr, {}, location::current()); }
    template <core_parts::text_like Text>
    AMBIT_REFUSES("the function is s.get_variable(\"w\", {3, 4})")
    constexpr ambit::variable get(Text name) {
        return get(name, nullptr, {}, location::current());
    }
    AMBIT_REFUSES("the innermost open scope is s.current(); a function is given it as scope& s")
    constexpr scope_handle get_variable_scope() const { return current(); }

    // With a name that is converted, too, so that `{}` stays a shape.
    template <class = void>
    AMBIT_REFUSES("a shape comes before the options: get_variable(\"w\", {3, 4}, {.initializer = zeros()})")
    constexpr ambit::variable get_variable(refused_parts::name_before_options name, const variable_options& options,
                                           const location& at = location::current()) {
        return get(name.text, nullptr, options, at);
    }
    template <class = void>
    constexpr ambit::variable get_variable(std::string_view name, const shape& extents,
                                           const refused_parts::options_with_text&) {
        return get(name, &extents, {}, location::current());
    }

    /// As above, for callers that share a variable without knowing its shape.
    constexpr ambit::variable get_variable(std::string_view name, core_parts::any_shape_t,
                                           const variable_options& options = {},
                                           const location& at = location::current()) {
        return get(name, nullptr, options, at);
    }

    /// With a value, a number or nested `std::array`s of them, that gives shape, dtype and initial values. Where the
    /// variable exists and the scope reuses, the value is ignored, as initializers are.
    template <scope_parts::variable_value Value>
    constexpr ambit::variable get_variable(std::string_view name, const Value& value, variable_options options = {},
                                           const location& at = location::current()) {
        const scope_parts::flat_value flat(value);
        if (options.initializer)
            return {store_, store_->refuse_second_initializer(record_, name, flat.spec(), at)};
        options.initializer = flat;
        return get(name, nullptr, options, at);
    }

    /// With shape, dtype and initial value of another variable: `get_variable("copy", same_as(weights))`.
    constexpr ambit::variable get_variable(std::string_view name, const initial_value_of& other,
                                           variable_options options = {}, const location& at = location::current()) {
        if (options.initializer)
            return {store_, store_->refuse_second_initializer(record_, name, {}, at)};
        options.initializer = other;
        return get(name, nullptr, options, at);
    }

    /// A variable of each model alone: never shared, never saved, not trained; `net.reset()` sets it back.
    constexpr ambit::variable get_local_variable(std::string_view name, const shape& extents,
                                                 variable_options options = {},
                                                 const location& at = location::current()) {
        options.local = true;
        return get(name, &extents, options, at);
    }
    template <scope_parts::variable_value Value>
    constexpr ambit::variable get_local_variable(std::string_view name, const Value& value,
                                                 variable_options options = {},
                                                 const location& at = location::current()) {
        options.local = true;
        return get_variable(name, value, options, at);
    }

    /// Always a new variable, named by the name scope; a name that a variable holds counts up (`name1_1`).
    /// `get_variable` never returns it, and the defaults of scopes do not reach it.
    constexpr ambit::variable variable(std::string_view name, const shape& extents,
                                       const variable_options& options = {},
                                       const location& at = location::current()) {
        return {store_, store_->make_variable(record_, name, extents, options, at)};
    }

    AMBIT_REFUSES("a variable has a shape, or a value: s.variable(\"v\", {2, 3}), s.variable(\"step\", 0)")
    constexpr ambit::variable variable(const char* name) { return variable(name, shape{}); }

    template <class = void>
    AMBIT_REFUSES("a variable has a shape, or a value: s.variable(\"v\", {2, 3}), s.variable(\"step\", 0)")
    constexpr ambit::variable variable(refused_parts::name_before_options name, const variable_options&) {
        return variable(name.text, shape{});
    }

    /// The same with a value, a number or nested `std::array`s of them, that gives shape, dtype and initial values.
    /// With `.dtype` the values are converted; each must be a value of it.
    template <scope_parts::variable_value Value>
    constexpr ambit::variable variable(std::string_view name, const Value& value,
                                       variable_options options = {},
                                       const location& at = location::current()) {
        const scope_parts::flat_value flat(value);
        if (options.initializer)
            return {store_, store_->refuse_second_initializer(record_, name, flat.spec(), at)};
        options.initializer = flat.initializer();
        if (options.dtype == dtype::none) options.dtype = flat.spec().type;
        return {store_, store_->make_variable(record_, name, flat.spec().extents, options, at)};
    }

    /// With shape, dtype and initial value of another variable: `variable("copy", same_as(weights))`.
    constexpr ambit::variable variable(std::string_view name, const initial_value_of& other,
                                       variable_options options = {}, const location& at = location::current()) {
        if (options.initializer)
            return {store_, store_->refuse_second_initializer(record_, name, {}, at)};
        options.initializer = other;
        return {store_, store_->make_variable(record_, name, other.given().spec.extents, options, at)};
    }

    /// Without a name: `Variable`, `Variable_1`, …
    template <scope_parts::variable_value Value>
    constexpr ambit::variable variable(const Value& value, const variable_options& options = {},
                                       const location& at = location::current()) {
        return variable("Variable", value, options, at);
    }
    constexpr ambit::variable variable(const initial_value_of& other, const variable_options& options = {},
                                       const location& at = location::current()) {
        return variable("Variable", other, options, at);
    }

    // TensorFlow 1's functions, which found the scope that is open by themselves.
    template <class... More>
    AMBIT_REFUSES("scopes are opened by a scope: auto foo = s.variable_scope(\"foo\")")
    friend constexpr scope variable_scope(scope& s, const char* name, const More&...) {
        return s.variable_scope(name);
    }
    template <class... More>
    AMBIT_REFUSES("variables are asked of a scope: s.get_variable(\"w\", {3, 4})")
    friend constexpr ambit::variable get_variable(scope& s, const char* name, const shape& extents, const More&...) {
        return s.get_variable(name, extents);
    }

private:
    constexpr scope(scope_parts::variable_store* store, int record) : scope_handle(store, record) {}

    constexpr void close_at(const core_parts::place& at) {
        if (record_ != scope_parts::scope_stack::root_scope && is_open_) store_->scopes().close_scope(record_, at);
        is_open_ = false;
    }

    constexpr ambit::variable get(std::string_view name, const shape* extents,
                                  const variable_options& options, const core_parts::place& at) {
        const scope_parts::scope_stack& scopes = store_->scopes();
        const int getter = scopes.defaults().has_getters() ? scopes.defaults_of(record_).getter : -1;
        if (getter < 0) return {store_, store_->get(record_, name, extents, options, at)};
        core_parts::short_text path = this->name();
        if (!path.empty()) path += '/';
        path += name;
        variable_call call{path, {}, options, at, reuse()};
        if (extents != nullptr) call.extents = *extents;
        return variable_getter(store_, record_, getter)(call);
    }

    bool is_open_ = true;
};

}  // namespace ambit
