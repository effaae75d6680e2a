// SPDX-License-Identifier: BSL-1.0
// What `variable("name", value)` and `get_variable("name", value)` take as a value: a number, or nested `std::array`s of
// numbers.
//
//     flat_value(std::array{std::array{1.f, 2.f}, std::array{3.f, 4.f}}).spec() == spec(float32, {2, 2})
#pragma once

#include <ambit/core/buffer.hpp>
#include <ambit/core/tensor_spec.hpp>
#include <ambit/scope/initializer.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>

namespace ambit::scope_parts {

template <class T> struct is_variable_value : std::bool_constant<tensor_element<T>> {};
template <class T, std::size_t Size>
struct is_variable_value<std::array<T, Size>>
    : std::bool_constant<(Size > 0) && is_variable_value<T>::value> {};

class variable_store;

/// What gives a variable its shape and dtype besides its contents: a value, or another variable.
struct given_value {
    tensor_spec spec;
    bool is_variable = false;
    int variable = -1;  // its id,
    const variable_store* store = nullptr;  // in its store
};

template <class T>
concept variable_value = is_variable_value<T>::value;

/// A value in row-major order. int64 is exact up to 2^53: values are kept as doubles until they are written.
class flat_value {
public:
    template <variable_value Value> constexpr explicit flat_value(const Value& value) {
        append(value);
        describe(value);
    }

    constexpr const tensor_spec& spec() const { return given_.spec; }
    constexpr const given_value& given() const { return given_; }

    /// Lives no longer than this.
    constexpr ambit::initializer initializer() const {
        if (spec().extents.rank() == 0) return constant(values_[0]);
        return constant(std::span<const double>(values_.begin(), static_cast<std::size_t>(values_.size())));
    }

private:
    template <tensor_element T> constexpr void append(T value) {
        values_.push_back(static_cast<double>(value));
    }
    template <class T, std::size_t Size> constexpr void append(const std::array<T, Size>& value) {
        for (const T& inner : value) append(inner);
    }

    template <tensor_element T> constexpr void describe(T) { given_.spec.type = dtype_of<T>; }
    template <class T, std::size_t Size> constexpr void describe(const std::array<T, Size>& value) {
        given_.spec.extents.append(static_cast<std::int64_t>(Size));
        describe(value[0]);
    }

    buffer<double> values_;
    given_value given_;
};

}  // namespace ambit::scope_parts

namespace ambit {

/// A value as an initializer: it gives shape and dtype.
template <scope_parts::variable_value Value> constexpr scope_parts::flat_value from_value(const Value& value) {
    return scope_parts::flat_value(value);
}

}  // namespace ambit
