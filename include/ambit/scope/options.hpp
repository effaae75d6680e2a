// SPDX-License-Identifier: BSL-1.0
// What a scope and a `get_variable` call may say besides a name. All of it has a default; nothing converts from an
// integer, so that `get_variable("v", {1}, …)` is a shape.
#pragma once

#include <ambit/core/dtype.hpp>
#include <ambit/scope/initializer_option.hpp>
#include <ambit/scope/option.hpp>
#include <ambit/scope/regularizer.hpp>
#include <ambit/scope/reuse_rules.hpp>

#include <initializer_list>
#include <string_view>

namespace AMBIT_NAMESPACE {

class variable;
class variable_getter;
struct variable_call;

/// `.regularizer`: `l2_regularizer(5e-4)`, and `.constraint`, for which there is none ready.
class regularizer_option : public scope_parts::option<regularizer> {
public:
    constexpr regularizer_option() = default;
    constexpr regularizer_option(const regularizer& said) : option(said) {}  // NOLINT: implicit, as all options
    template <class Other>
        requires(std::is_arithmetic_v<Other> || core_parts::text_like<Other>)
    AMBIT_REFUSES("a regularizer is neither a number nor text: {.regularizer = l2_regularizer(5e-4)}")
    constexpr regularizer_option(Other) {}
    AMBIT_REFUSES("a regularizer is called with its scale: {.regularizer = l2_regularizer(5e-4)}")
    constexpr regularizer_option(regularizer (*)(double)) {}
};
class constraint_option : public scope_parts::option<constraint> {
public:
    constexpr constraint_option() = default;
    constexpr constraint_option(const constraint& said) : option(said) {}  // NOLINT: implicit, as all options
    template <class Other>
        requires(std::is_arithmetic_v<Other> || core_parts::text_like<Other>)
    AMBIT_REFUSES("a constraint is a function of values and a number, with that number: "
                  "{.constraint = constraint{&kept_small, 0.5}}")
    constexpr constraint_option(Other) {}
};

/// A function that stands before every `get_variable` of a scope (scope/custom_getter.hpp).
using custom_getter = variable (*)(const variable_getter& next, const variable_call& call);

/// `s.variable_scope("conv1", {.reuse = true, .initializer = random_normal()})`. Scopes below inherit all of it; what
/// they or a call say themselves comes first.
struct scope_options {
    scope_parts::reuse_option reuse = {};  ///< `true`, `auto_reuse`; `false` inherits
    initializer_option initializer = {};  ///< of the variables below
    AMBIT_NO_OPTION(initialiser, "the option is .initializer = zeros()")
    dtype_option dtype = ambit::dtype::none;  ///< of the variables below
    scope_parts::option<bool> trainable = {};  ///< of the variables below
    regularizer_option regularizer = {};  ///< of the variables below
    AMBIT_NO_OPTION(regulariser, "the option is .regularizer = l2_regularizer(5e-4)")
    constraint_option constraint = {};  ///< of the variables below
    scope_parts::option<ambit::custom_getter> custom_getter = {};  ///< before those of the scopes around
    std::string_view default_name = {};  ///< a scope without a name: `dense`, `dense_1`, …
    bool auxiliary_name_scope = true;  ///< `false`: ops stay in the name scope that is open; by handle they always do
};

/// `s.name_scope(name, {.default_name = "dense"})`
struct name_scope_options {
    std::string_view default_name = {};  ///< if the name is empty: `dense`, `dense_1`, …
};

/// `s.unique_op_name("add", {.mark_as_used = false})`
struct unique_name_options {
    bool mark_as_used = true;  ///< `false`: only look; the next op may get it
};

namespace refused_parts {
/// A text where names of collections are listed.
struct collection_as_text {
    AMBIT_REFUSES("collections are a list: {.collections = {\"mine\"}}")
    constexpr collection_as_text(const char*) {}
};

/// A name where options follow in place of a shape.
struct name_before_options {
    const char* text;
    constexpr name_before_options(const char* name) : text(name) {}
};

/// As `variable_options`, for that alone; what fits both is taken by those, since functions with this are templates.
struct options_with_text {
    initializer_option initializer = {};
    dtype_option dtype = ambit::dtype::none;
    scope_parts::option<bool> trainable = {};
    regularizer_option regularizer = {};
    constraint_option constraint = {};
    collection_as_text collections;
    bool local = false;
};
}  // namespace refused_parts

/// `s.get_variable("weights", {5, 5, 3, 8}, {.initializer = glorot_uniform()})`. Ignored where the variable exists,
/// but for the dtype, which is checked.
struct variable_options {
    initializer_option initializer = {};  ///< else the scope's; else Glorot uniform or zeros
    AMBIT_NO_OPTION(init, "the option is .initializer = zeros()")
    AMBIT_NO_OPTION(initialiser, "the option is .initializer = zeros()")
    dtype_option dtype = ambit::dtype::none;  ///< else the scope's; else float32
    scope_parts::option<bool> trainable = {};  ///< else the scope's; else yes
    regularizer_option regularizer = {};  ///< else the scope's; else none
    AMBIT_NO_OPTION(regulariser, "the option is .regularizer = l2_regularizer(5e-4)")
    constraint_option constraint = {};  ///< else the scope's; else none
    std::initializer_list<std::string_view> collections = {};  ///< besides the built-in ones
    bool local = false;  ///< of one model, neither shared nor saved
    AMBIT_NO_OPTION(name, "the name comes first: get_variable(\"w\", {3, 4})")
    AMBIT_NO_OPTION(shape, "the shape comes before the options: get_variable(\"w\", {3, 4}, {.initializer = zeros()})")
    AMBIT_NO_OPTION(reuse, "a scope reuses: auto shared = s.variable_scope(\"shared\", {.reuse = true})")
};

}  // namespace ambit
