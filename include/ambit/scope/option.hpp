// SPDX-License-Identifier: BSL-1.0
// A member of an options struct that may be left unsaid. What std::optional is, without its layers of constructors,
// each of which is charged to the constant evaluation of every `get_variable`.
//
//     option<bool> trainable = {};
//     if (trainable) use(*trainable);
#pragma once

#include <ambit/core/choice.hpp>

#include <concepts>
#include <type_traits>

namespace AMBIT_NAMESPACE::scope_parts {

/// `T` is cheap to construct and copy. Made from nothing or from a `T`; of what merely converts only functions are
/// taken, so that `{1}` is no option.
template <class T> class option {
public:
    constexpr option() = default;
    template <class U>
        requires(std::same_as<U, T> || (!std::is_arithmetic_v<U> && !text_like<U> && std::convertible_to<U, T>))
    constexpr option(U value) : value_(value), is_said_(true) {}  // NOLINT: implicit, `{.trainable = false}`
    template <class U>
        requires(std::same_as<T, bool> && (std::is_floating_point_v<U> || text_like<U>))
    AMBIT_REFUSES("this option is true or false: {.trainable = false}")
    constexpr option(U) {}

    constexpr explicit operator bool() const { return is_said_; }
    constexpr const T& operator*() const { return value_; }

private:
    T value_{};
    bool is_said_ = false;
};

}  // namespace ambit::scope_parts
