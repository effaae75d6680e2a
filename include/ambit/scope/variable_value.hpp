// SPDX-License-Identifier: BSL-1.0
// What `variable("name", value)` and `get_variable("name", value)` take as a value: a number, or nested `std::array`s
// of numbers.
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

namespace AMBIT_NAMESPACE::scope_parts {

template <class T> struct is_variable_value : std::bool_constant<tensor_element<T>> {};
template <class T, std::size_t Size>
struct is_variable_value<std::array<T, Size>> : std::bool_constant<(Size > 0) && is_variable_value<T>::value> {};

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

/// The shape and dtype of a value.
template <variable_value Value> constexpr tensor_spec spec_of_value(const Value& value) {
    if constexpr (tensor_element<Value>) {
        return {{}, dtype_of<Value>};
    } else {
        tensor_spec spec = spec_of_value(value[0]);
        shape extents{static_cast<std::int64_t>(value.size())};
        for (int axis = 0; axis < spec.extents.rank(); ++axis) extents.append(spec.extents[axis]);
        return {extents, spec.type};
    }
}

/// A value in row-major order. It is kept as doubles; an int64 that no double is, is refused with the initializer.
class flat_value {
public:
    template <variable_value Value> constexpr explicit flat_value(const Value& value) {
        append(value);
        given_.spec = spec_of_value(value);
    }

    constexpr const tensor_spec& spec() const { return given_.spec; }
    constexpr const given_value& given() const { return given_; }

    /// Lives no longer than this.
    constexpr ambit::initializer initializer() const {
        ambit::initializer kept = constant_list(values_);
        if (spec().extents.rank() == 0) kept = constant<double>(values_[0]);
        kept.second = rounding_;
        return kept;
    }

private:
    template <tensor_element T> constexpr void append(T value) {
        const number given(value);
        values_.push_back(given.real());
        if (given.rounding() > rounding_) rounding_ = given.rounding();
    }
    template <class T, std::size_t Size> constexpr void append(const std::array<T, Size>& value) {
        for (const T& inner : value) append(inner);
    }

    buffer<double> values_;
    double rounding_ = 0;  // the worst
    given_value given_;
};

}  // namespace ambit::scope_parts

namespace AMBIT_NAMESPACE {

/// A value as an initializer: it gives shape and dtype.
template <scope_parts::variable_value Value> constexpr scope_parts::flat_value from_value(const Value& value) {
    return scope_parts::flat_value(value);
}

}  // namespace ambit
