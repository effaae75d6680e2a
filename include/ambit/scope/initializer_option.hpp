// SPDX-License-Identifier: BSL-1.0
// What `.initializer` of a scope or of a variable takes: an initializer, which fills any shape, or a value or another
// variable, which give shape and dtype as well.
//
//     auto foo = s.variable_scope("foo", {.initializer = from_value(std::array{1.f, 2.f})});
//     variable v = foo.get_variable("v");                              // float32[2]: 1, 2
//     variable copy = s.get_variable("copy", same_as(weights));        // begins with what `weights` begins with
#pragma once

#include <ambit/core/refuses.hpp>
#include <ambit/scope/initializer.hpp>
#include <ambit/scope/option.hpp>
#include <ambit/scope/variable_value.hpp>

#include <concepts>
#include <initializer_list>
#include <type_traits>

namespace AMBIT_NAMESPACE {

class variable;

/// The initial value of a variable that is there already, whatever is assigned to it later.
class initial_value_of {
public:
    constexpr explicit initial_value_of(const variable& other);
    constexpr const scope_parts::given_value& given() const { return given_; }

private:
    scope_parts::given_value given_;
};

/// As an initializer: shape, dtype and initial value of another variable, random ones included. It takes a variable,
/// not a name, so the other one is made first, and there are no circles.
constexpr initial_value_of same_as(const variable& other);

class initializer_option {
public:
    constexpr initializer_option() = default;
    constexpr initializer_option(const initializer& said)
        : value_(said), is_said_(true) {}  // NOLINT: implicit, all of them
    constexpr initializer_option(const scope_parts::option<initializer>& said)
        : value_(*said), is_said_(static_cast<bool>(said)) {}
    /// What `from_value` and `same_as` return lives to the end of the full expression.
    constexpr initializer_option(const scope_parts::flat_value& said)
        : value_(said.initializer()), is_said_(true), given_(&said.given()) {}
    constexpr initializer_option(const initial_value_of& said) : is_said_(true), given_(&said.given()) {}
    template <class Other>
        requires(std::is_arithmetic_v<Other> || core_parts::text_like<Other>)
    AMBIT_REFUSES("an initializer is neither a number nor text: {.initializer = zeros()}, {.initializer = constant(0.5)}")
    constexpr initializer_option(Other) {}
    AMBIT_REFUSES("the values of a list are those of a constant: {.initializer = constant({1, 2, 3})}")
    constexpr initializer_option(std::initializer_list<double>) {}
    AMBIT_REFUSES("a list of values has all rows one after the other: {.initializer = constant({1, 2, 3, 4})}")
    constexpr initializer_option(std::initializer_list<std::initializer_list<double>>) {}
    template <class... Options>
    AMBIT_REFUSES("an initializer is called, with or without options: {.initializer = zeros()}")
    constexpr initializer_option(initializer (*)(Options...)) {}
    // Of a name that is a function template's, too, no options are deduced.
    AMBIT_REFUSES("an initializer is called, with or without options: {.initializer = random_normal()}")
    constexpr initializer_option(initializer (*)(random_normal_options)) {}
    AMBIT_REFUSES("an initializer is called, with or without options: {.initializer = random_uniform()}")
    constexpr initializer_option(initializer (*)(random_uniform_options)) {}
    template <class = void>
    AMBIT_REFUSES("an initializer is called, with its value: {.initializer = constant(0.5)}")
    constexpr initializer_option(initializer (*)(double)) {}

    constexpr explicit operator bool() const { return is_said_; }
    constexpr const initializer& operator*() const { return value_; }

    /// What gives shape and dtype, or null.
    constexpr const scope_parts::given_value* given() const { return given_; }

private:
    initializer value_{};
    bool is_said_ = false;
    const scope_parts::given_value* given_ = nullptr;
};

}  // namespace ambit
