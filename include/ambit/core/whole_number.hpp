// SPDX-License-Identifier: BSL-1.0
// What is counted or numbered, as a parameter or an option: units of a layer, an axis.
//
//     constexpr tensor one_hot(const tensor& indices, whole_number depth);
//     one_hot(labels, 10.0);                                         // refused at this line, and not taken for 10
#pragma once

#include <ambit/core/namespaces.hpp>
#include <ambit/core/refuses.hpp>

#include <concepts>
#include <cstdint>

namespace AMBIT_NAMESPACE::core_parts {

/// An integer that no floating-point number becomes.
struct whole_number {
    constexpr whole_number(std::int64_t number) : value(number) {}  // NOLINT: implicit
    template <std::floating_point Number>
    AMBIT_REFUSES("this is counted or numbered, by an integer: 2, and neither 2.0 nor 1.5")
    constexpr whole_number(Number number) : value(static_cast<std::int64_t>(number)) {}
    constexpr operator std::int64_t() const { return value; }  // NOLINT: implicit

    std::int64_t value;
};

}  // namespace ambit::core_parts
