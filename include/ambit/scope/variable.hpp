// SPDX-License-Identifier: BSL-1.0
// A variable of a model: a name, a shape and a dtype that the store keeps. Using it as a tensor reads it at that
// point of the program; two uses of one name are the same variable, and `==` says so.
//
//     variable weights = s.get_variable("weights", {784, 10});
//     tensor logits = matmul(images, weights);                      // read here
#pragma once

#include <ambit/core/refuses.hpp>
#include <ambit/scope/variable_store.hpp>

#include <concepts>
#include <type_traits>

namespace AMBIT_NAMESPACE {

class tensor;

class variable {
public:
    constexpr variable() = default;
    constexpr variable(scope_parts::variable_store* store, int id) : store_(store), id_(id) {}

    /// The public name, `conv1/weights:0`; empty for one that a mistake kept from being made.
    constexpr core_parts::short_text name() const {
        core_parts::short_text text;
        if (id_ < 0) return text;
        text = store_->all_names().path(store_->variable_at(id_).name);
        text += ":0";
        return text;
    }
    constexpr const ambit::shape& shape() const { return spec().extents; }
    constexpr ambit::dtype dtype() const { return spec().type; }

    /// Whether optimizers change it, and whether it belongs to one model alone.
    constexpr bool is_trainable() const { return id_ >= 0 && store_->variable_at(id_).trainable; }
    constexpr bool is_local() const { return id_ >= 0 && store_->variable_at(id_).local; }

    /// Reads the variable. Defined with the graph builder (graph/builder.hpp).
    constexpr operator tensor() const;
    template <std::same_as<bool> Truth>
    AMBIT_REFUSES("a variable has no value while the model is built: choose elements with where(t, a, b), branch with cond")
    constexpr explicit operator Truth() const { return false; }  // no loop is endless
    template <class Number>
        requires(std::is_arithmetic_v<Number> && !std::same_as<Number, bool>)
    AMBIT_REFUSES("a variable has no value while the model is built: a model gives it, net.get<\"w\">()")
    constexpr explicit operator Number() const { return {}; }  // [ambit] it has no value while the model is built

    template <class Value>
        requires(!std::same_as<Value, variable>)
    AMBIT_REFUSES("a variable changes in calls that ask for it: operation next = assign(v, x), assign_add or assign_sub")
    constexpr variable& operator=(const Value&) {
        return *this;
    }

    template <class Value>
    AMBIT_REFUSES("a variable changes in calls that ask for it: operation next = assign_add(v, x)")
    constexpr variable& operator+=(const Value&) {
        return *this;
    }
    template <class Value>
    AMBIT_REFUSES("a variable changes in calls that ask for it: operation next = assign_sub(v, x)")
    constexpr variable& operator-=(const Value&) {
        return *this;
    }
    template <class Value>
    AMBIT_REFUSES("a variable changes in calls that ask for it: operation next = assign(v, v * x)")
    constexpr variable& operator*=(const Value&) {
        return *this;
    }
    AMBIT_REFUSES("a variable changes in calls that ask for it: operation next = assign_add(v, 1)")
    constexpr variable& operator++() { return *this; }

    template <class Value>
    AMBIT_REFUSES("the op is assign(v, x), an operation, which calls ask for")
    constexpr variable& assign(const Value&) {
        return *this;
    }

    /// The same variable, which reads as `value` from here on: for custom getters, which may put an op between a
    /// variable and its users. Defined with the graph builder.
    constexpr variable seen_as(const tensor& value) const;

    /// Identity, as in TensorFlow 1: the same variable of the same graph.
    friend constexpr bool operator==(const variable& a, const variable& b) {
        return a.store_ == b.store_ && a.id_ == b.id_ && a.id_ >= 0;
    }

    constexpr scope_parts::variable_store* store() const { return store_; }
    /// Of its graph; null for a variable that was never set.
    constexpr graph_parts::graph_builder* builder() const { return store_ != nullptr ? store_->builder() : nullptr; }
    constexpr int id() const { return id_; }
    constexpr const tensor_spec& spec() const { return store_->spec_of(id_); }

private:
    scope_parts::variable_store* store_ = nullptr;
    int id_ = -1;
    int seen_as_ = -1;  // a node, if it is not to be read itself
};

constexpr initial_value_of::initial_value_of(const variable& other)
    : given_{other.store() != nullptr ? other.spec() : tensor_spec{}, true, other.id(), other.store()} {}
constexpr initial_value_of same_as(const variable& other) { return initial_value_of(other); }

}  // namespace ambit
