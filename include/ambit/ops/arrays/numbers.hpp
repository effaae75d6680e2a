// SPDX-License-Identifier: BSL-1.0
// Numbers of any type, as `range` and `constant` take them.
#pragma once

#include <ambit/graph/option_ranges.hpp>
#include <ambit/math/number.hpp>

#include <concepts>
#include <string_view>
#include <type_traits>

namespace AMBIT_NAMESPACE::op_parts {

/// A number of any arithmetic type but bool.
struct range_number : number {
    template <class Number>
        requires(std::is_arithmetic_v<Number> && !std::same_as<Number, bool>)
    constexpr range_number(Number value) : number(value) {}  // NOLINT: implicit

    /// Whole numbers between -2^53 and 2^53, where doubles are all; of others any.
    constexpr void expect_exact(option_ranges& ranges, std::string_view option) const {
        if (is_whole()) ranges.expect(outside(option, *this, range_of::doubles_of(int64)));
    }
};

template <class Number>
concept constant_number = std::is_arithmetic_v<Number>;

}  // namespace ambit::op_parts
