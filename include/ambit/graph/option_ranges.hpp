// SPDX-License-Identifier: BSL-1.0
// Whether the options of a function that is no op lie in their ranges: the first that does not is a mistake, told with
// its name, its value, the range, and the line of the call.
//
//     option_ranges options(builder, "adam", at);
//     options.from("learning_rate", rate, 0);                  // "learning_rate is -0.01: at least 0"
//     options.from_to_below("beta1", beta1, 0, 1);
//     if (!options.all_fit()) return builder.nothing();
#pragma once

#include <ambit/core/constexpr_math.hpp>
#include <ambit/graph/builder.hpp>

#include <string_view>

namespace ambit::graph_parts {

/// `-0.01`, `1e-30`, `NaN`: as few digits as tell the number, at most 15.
constexpr void append_real(short_text& out, double x) {
    if (x != x) return static_cast<void>(out += "NaN");
    if (x < 0) out += '-';
    double left = math::fabs(x);
    if (left == math::infinity) return static_cast<void>(out += "infinity");
    int exponent = 0;
    for (; left >= 10; ++exponent) left /= 10;
    for (; left > 0 && left < 1; --exponent) left *= 10;
    double unit = 1;
    int digits = 1;
    const auto is_told = [&] { return math::fabs(math::floor(left * unit + 0.5) / unit - left) <= left * 1e-14; };
    for (; digits < 15 && !is_told(); ++digits) unit *= 10;
    auto whole = static_cast<std::int64_t>(left * unit + 0.5);
    const bool is_plain = exponent >= -4 && exponent < 15;
    // Digits before the point; those of 0.01 begin behind zeros.
    int before = is_plain ? exponent + 1 : 1;
    for (; before > digits; ++digits) whole *= 10;
    short_text all;
    append_number(all, whole);
    if (before <= 0) out += "0.";
    for (int zeros = before; zeros < 0; ++zeros) out += '0';
    for (int i = 0; i < digits; ++i) {
        if (i == before && i > 0) out += '.';
        out += all.view()[static_cast<std::size_t>(i)];
    }
    if (is_plain) return;
    out += 'e';
    append_number(out, exponent);
}

class option_ranges {
public:
    constexpr option_ranges(graph_builder& builder, std::string_view function, const place& at)
        : builder_(&builder), function_(function), at_(at) {}

    /// Finite, and at least so much; above it; from one to the other; the same without the upper one.
    constexpr void from(std::string_view option, double value, double low) {
        expect(value >= low && value < math::infinity, option, value, "at least ", low);
    }
    constexpr void above(std::string_view option, double value, double low) {
        expect(value > low && value < math::infinity, option, value, "above ", low);
    }
    constexpr void from_to(std::string_view option, double value, double low, double high) {
        expect(value >= low && value <= high, option, value, "from ", low, " to ", high);
    }
    constexpr void from_to_below(std::string_view option, double value, double low, double high) {
        expect(value >= low && value < high, option, value, "from ", low, " to below ", high);
    }
    constexpr void above_to_below(std::string_view option, double value, double low, double high) {
        expect(value > low && value < high, option, value, "above ", low, " and below ", high);
    }

    /// A number at least 0; a tensor is not looked at.
    constexpr void rate(std::string_view option, const operand& value) {
        if (value.is_literal()) from(option, value.literal(), 0);
    }

    constexpr bool all_fit() const { return all_fit_; }

private:
    constexpr void expect(bool fits, std::string_view option, double value, std::string_view words, double low,
                          std::string_view then = {}, double high = 0) {
        if (fits || !all_fit_) return;
        all_fit_ = false;
        short_text rule(option);
        rule += " is ";
        append_real(rule, value);
        rule += ": ";
        rule += words;
        append_real(rule, low);
        rule += then;
        if (!then.empty()) append_real(rule, high);
        builder_->refuse_call(mistake::op_option, function_, rule, at_);
    }

    graph_builder* builder_;
    std::string_view function_;
    place at_;
    bool all_fit_ = true;
};

}  // namespace ambit::graph_parts
