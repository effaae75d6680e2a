// SPDX-License-Identifier: BSL-1.0
// A value in a graph: the result of an op, an input, or a variable as it was read. Copy it freely.
#pragma once

#include <ambit/core/tensor_spec.hpp>
#include <ambit/scope/variable.hpp>

#include <concepts>
#include <source_location>
#include <type_traits>

namespace ambit {

class graph_builder;

class tensor {
public:
    constexpr tensor() = default;
    constexpr tensor(graph_builder* builder, int id) : builder_(builder), id_(id) {}

    constexpr ambit::shape shape() const;
    constexpr ambit::dtype dtype() const;
    constexpr tensor_spec spec() const;

    /// `conv1/add:0`, and without the `:0`.
    constexpr short_text name() const;
    constexpr short_text op_name() const;

    /// Identity, as in TensorFlow 1: the same value of the same graph. Elementwise comparison is `equal`.
    friend constexpr bool operator==(const tensor& a, const tensor& b) {
        return a.builder_ == b.builder_ && a.id_ == b.id_;
    }

    constexpr graph_builder* builder() const { return builder_; }
    constexpr int id() const { return id_; }

private:
    graph_builder* builder_ = nullptr;
    int id_ = -1;
};

/// An operand of an operator: a tensor, a variable, or a number, which takes the dtype of the other side. It knows the
/// line where it became one, since an operator has no argument for that.
class operand {
public:
    using location = std::source_location;

    constexpr operand(const tensor& value, const location& at = location::current())  // NOLINT: implicit, all of them
        : value_(value), at_(at) {}
    constexpr operand(const variable& read, const location& at = location::current());  // reads it
    template <class Number>
        requires(std::is_arithmetic_v<Number> && !std::same_as<Number, bool>)
    constexpr operand(Number literal, const location& at = location::current())
        : at_(at), literal_(static_cast<double>(literal)), is_literal_(true), is_whole_(std::integral<Number>) {}

    constexpr bool is_literal() const { return is_literal_; }
    constexpr bool is_whole() const { return is_whole_; }
    constexpr double literal() const { return literal_; }
    constexpr const tensor& value() const { return value_; }
    constexpr const location& at() const { return at_; }

private:
    tensor value_;
    location at_;
    double literal_ = 0;
    bool is_literal_ = false;
    bool is_whole_ = false;
};

}  // namespace ambit
