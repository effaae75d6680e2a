// SPDX-License-Identifier: BSL-1.0
// The values that an option of an op or a function may have, and the words for one that lies outside: "low is -1, not a
// value of uint8".
//
//     option_fault off = outside("beta2", 1.5, range_of::from_to_below(0, 1));
//     if (off) line += off.text();                             // "beta2 is 1.5: from 0 to below 1"
#pragma once

#include <ambit/math/number.hpp>

#include <cstdint>
#include <string_view>

namespace AMBIT_NAMESPACE::contract_parts {

/// From `low` to `high`, finite; an end that is said to be out is none of the values.
struct option_range {
    double low = -math::infinity;
    double high = math::infinity;
    bool without_low = false;
    bool without_high = false;
    /// In place of the ends: any value of this dtype; `by_double`, of int64 those between -2^53 and 2^53, all doubles.
    dtype of = dtype::none;
    bool by_double = false;

    constexpr bool has(const number& value) const {
        const double x = value.real();
        if (by_double && of == dtype::int64 && !(math::fabs(x) < 0x1p53)) return false;
        if (of != dtype::none) return value.fits(of);
        if (!math::is_finite(x) || x < low || x > high) return false;
        return !(without_low && math::equals(x, low)) && !(without_high && math::equals(x, high));
    }

    constexpr bool has_low() const { return low > -math::infinity; }
    constexpr bool has_high() const { return high < math::infinity; }

    constexpr void append_to(short_text& line) const {
        if (of != dtype::none) {
            line += "a value of ";
            line += name_of(of);
            if (by_double && of == dtype::int64) line += " between -2^53 and 2^53";
        } else if (!has_low() && !has_high()) {
            line += "a finite number";
        } else {
            if (has_low()) {
                line += without_low ? "above " : has_high() ? "from " : "at least ";
                append_real(line, low);
            }
            if (has_high()) {
                if (has_low()) line += without_low ? without_high ? " and " : ", " : " to ";
                line += without_high ? "below " : !has_low() || without_low ? "at most " : "";
                append_real(line, high);
            }
        }
    }
};

namespace range_of {
constexpr option_range finite() { return {}; }
constexpr option_range to(double high) { return {.high = high}; }
constexpr option_range below(double high) { return {.high = high, .without_high = true}; }
constexpr option_range from(double low) { return {.low = low}; }
constexpr option_range above(double low) { return {.low = low, .without_low = true}; }
constexpr option_range from_to(double low, double high) { return {.low = low, .high = high}; }
constexpr option_range above_to(double low, double high) { return {.low = low, .high = high, .without_low = true}; }
constexpr option_range from_to_below(double low, double high) {
    return {.low = low, .high = high, .without_high = true};
}
constexpr option_range above_to_below(double low, double high) {
    return {.low = low, .high = high, .without_low = true, .without_high = true};
}
constexpr option_range values_of(dtype type) { return {.of = type}; }
/// The same of options that an op keeps as doubles.
constexpr option_range doubles_of(dtype type) { return {.of = type, .by_double = true}; }
}  // namespace range_of

/// An option outside of its range; no name: there is none.
struct option_fault {
    std::string_view option = {};
    number value = {};
    option_range range = {};

    constexpr explicit operator bool() const { return !option.empty(); }
    constexpr short_text text() const {
        short_text line(option);
        line += " is ";
        value.append_to(line);
        line += range.of == dtype::none ? ": " : ", not ";
        // Infinity is "at least 0".
        const bool is_infinite = math::equals(math::fabs(value.real()), math::infinity);
        if (is_infinite && range.has_low() != range.has_high()) line += "a finite number, ";
        range.append_to(line);
        return line;
    }
};

constexpr option_fault outside(std::string_view option, const number& value, const option_range& range) {
    if (range.has(value)) return {};
    return {option, value, range};
}

}  // namespace ambit::contract_parts
