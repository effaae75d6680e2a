// SPDX-License-Identifier: BSL-1.0
// What `variable("name", value)` takes as a value: a number, or nested `std::array`s of numbers.
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

namespace ambit {

namespace detail {
template <class T> struct is_variable_value : std::bool_constant<tensor_element<T>> {};
template <class T, std::size_t Size>
struct is_variable_value<std::array<T, Size>>
    : std::bool_constant<(Size > 0) && is_variable_value<T>::value> {};
}  // namespace detail

template <class T>
concept variable_value = detail::is_variable_value<T>::value;

/// A value in row-major order. int64 is exact up to 2^53: values are kept as doubles until they are written.
class flat_value {
public:
    template <variable_value Value> constexpr explicit flat_value(const Value& value) {
        append(value);
        describe(value);
    }

    constexpr const tensor_spec& spec() const { return spec_; }

    /// Lives no longer than this.
    constexpr ambit::initializer initializer() const {
        if (spec_.extents.rank() == 0) return constant(values_[0]);
        return constant(std::span<const double>(values_.begin(), static_cast<std::size_t>(values_.size())));
    }

private:
    template <tensor_element T> constexpr void append(T value) {
        values_.push_back(static_cast<double>(value));
    }
    template <class T, std::size_t Size> constexpr void append(const std::array<T, Size>& value) {
        for (const T& inner : value) append(inner);
    }

    template <tensor_element T> constexpr void describe(T) { spec_.type = dtype_of<T>; }
    template <class T, std::size_t Size> constexpr void describe(const std::array<T, Size>& value) {
        spec_.extents.append(static_cast<std::int64_t>(Size));
        describe(value[0]);
    }

    buffer<double> values_;
    tensor_spec spec_;
};

}  // namespace ambit
