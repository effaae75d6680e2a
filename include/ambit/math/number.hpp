// SPDX-License-Identifier: BSL-1.0
// A number of the source as it was written, on its way to the dtype that it takes: a literal beside a tensor, a bound,
// a value to fill with. Whoever takes one asks first whether it fits: a whole number keeps every digit or is refused,
// one with a point is rounded to the floats around it.
//
//     static_assert(number(300).fits(int32) && !number(300).fits(uint8));
//     element_of_word<std::int64_t>(number(9007199254740993).word(int64)) == 9007199254740993
#pragma once

#include <ambit/math/constexpr_math.hpp>
#include <ambit/core/dtype.hpp>
#include <ambit/math/number_text.hpp>

#include <bit>
#include <concepts>
#include <cstdint>
#include <limits>
#include <type_traits>

namespace AMBIT_NAMESPACE::math_parts {

/// Whether a dtype holds a value: floats do if it is in range and not rounded to 0 (other rounding is not a loss,
/// infinities and NaN are values), integers if it is exactly one of them, bool if it is 0 or 1.
constexpr bool holds(dtype type, double value) {
    const auto integer_within = [&](double least, double beyond) {
        return value >= least && value < beyond && math::equals(math::floor(value), value);
    };
    switch (type) {
        case dtype::float32: {
            if (!math::is_finite(value)) return true;
            const auto rounded = static_cast<double>(math::to_float(value));
            return math::is_finite(rounded) && (!math::equals(rounded, 0) || math::equals(value, 0));
        }
        case dtype::float64: return true;
        case dtype::int32: return integer_within(-0x1p31, 0x1p31);
        case dtype::int64: return integer_within(-0x1p63, 0x1p63);
        case dtype::uint8: return integer_within(0, 256);
        case dtype::boolean: return math::equals(value, 0) || math::equals(value, 1);
        case dtype::none: return true;
    }
    return false;
}

/// The element that a number's word stands for: of an integer the integer, of a float a double's bits.
template <class T> constexpr T element_of_word(std::int64_t word) {
    if constexpr (std::floating_point<T>) return static_cast<T>(std::bit_cast<double>(word));
    else return static_cast<T>(word);
}
template <class T> constexpr std::int64_t word_of_element(T value) {
    if constexpr (std::floating_point<T>) return std::bit_cast<std::int64_t>(static_cast<double>(value));
    else return static_cast<std::int64_t>(value);
}

class number {
public:
    constexpr number() = default;
    template <class Number>
        requires std::is_arithmetic_v<Number>
    constexpr number(Number value) : is_whole_(std::integral<Number>) {  // NOLINT: implicit
        if constexpr (std::integral<Number>) {
            real_ = static_cast<double>(value);
            whole_ = static_cast<std::int64_t>(value);
            is_beyond_ = static_cast<Number>(whole_) != value || (whole_ < 0) != (value < Number{});
        } else if constexpr (sizeof(Number) > sizeof(double)) {
            constexpr Number most = (std::numeric_limits<double>::max)();
            is_beyond_ = (value > most || value < -most) && math::equals(value - value, 0);
            real_ = is_beyond_ ? math::infinity : static_cast<double>(value);
        } else {
            real_ = static_cast<double>(value);
        }
    }

    /// Whether it was written as a whole number: 2, not 2.0.
    constexpr bool is_whole() const { return is_whole_; }
    /// The nearest double.
    constexpr double real() const { return real_; }
    /// Whether that is the number itself.
    constexpr bool is_a_double() const {
        if (!is_whole_ || is_beyond_) return !is_beyond_;
        return real_ < 0x1p63 && static_cast<std::int64_t>(real_) == whole_;
    }

    /// Of a whole number: 2 if a double rounds it, 1 if a float32 does, else 0.
    constexpr double rounding() const {
        if (!is_whole_ || is_exact_in(dtype::float32)) return 0;
        return is_a_double() ? 1 : 2;
    }

    constexpr bool fits(dtype type) const {
        if (!is_whole_) return !is_beyond_ && holds(type, real_);
        switch (type) {
            case dtype::int32: return !is_beyond_ && whole_ >= -0x80000000LL && whole_ < 0x80000000LL;
            case dtype::int64: return !is_beyond_;
            case dtype::uint8: return !is_beyond_ && whole_ >= 0 && whole_ < 256;
            default: return is_exact_in(type);
        }
    }

    /// Whether a dtype holds the number itself, not the nearest one.
    constexpr bool is_exact_in(dtype type) const {
        if (!is_a_double() || !holds(type, real_)) return false;
        return type != dtype::float32 || math::equals(static_cast<double>(math::to_float(real_)), real_);
    }

    /// What stands for it among an op's words; 0 if it does not fit.
    constexpr std::int64_t word(dtype type) const {
        if (is_floating(type)) return std::bit_cast<std::int64_t>(real_);
        if (is_whole_) return whole_;
        return holds(type, real_) ? static_cast<std::int64_t>(real_) : 0;
    }

    constexpr void append_to(short_text& out) const {
        if (is_whole_ && !is_beyond_) append_number(out, whole_);
        else append_real(out, real_);
    }

private:
    double real_ = 0;
    std::int64_t whole_ = 0;
    bool is_whole_ = false;
    bool is_beyond_ = false;  // a whole number beyond int64, a float beyond double
};

}  // namespace ambit::math_parts
