// SPDX-License-Identifier: BSL-1.0
// Numbers as digits.
//
//     short_text line("delta is ");
//     append_real(line, 0.25);
#pragma once

#include <ambit/math/constexpr_math.hpp>
#include <ambit/core/short_text.hpp>

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace AMBIT_NAMESPACE::math_parts {

[[gnu::cold]] constexpr void append_number(short_text& out, std::int64_t number) {
    char digits[20] = {};
    int count = 0;
    const auto magnitude = static_cast<std::uint64_t>(number);
    for (std::uint64_t left = number < 0 ? 0 - magnitude : magnitude; left > 0 || count == 0; left /= 10)
        digits[count++] = static_cast<char>('0' + left % 10);
    if (number < 0) out += '-';
    while (count > 0) out += digits[--count];
}

/// `61,706`
[[gnu::cold]] constexpr void append_grouped(short_text& out, std::int64_t number) {
    short_text digits;
    append_number(digits, number);
    const std::string_view text = digits.view();
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (i > 0 && (text.size() - i) % 3 == 0 && text[i - 1] != '-') out += ',';
        out += text[i];
    }
}

/// `300,288 bytes (293.3 KiB)`, rounded up: a limit of so many KiB is not too small.
[[gnu::cold]] constexpr void append_bytes(short_text& out, std::int64_t bytes) {
    append_grouped(out, bytes);
    out += " bytes";
    if (bytes < 1024) return;
    const std::int64_t unit = bytes < 1024 * 1024 ? 1024 : 1024 * 1024;
    const std::int64_t tenths = bytes / unit * 10 + (bytes % unit * 10 + unit - 1) / unit;
    out += " (";
    append_grouped(out, tenths / 10);
    if (tenths % 10 != 0) {
        out += '.';
        append_number(out, tenths % 10);
    }
    out += unit == 1024 ? " KiB)" : " MiB)";
}

/// `-0.01`, `1e-30`, `NaN`: as few digits as tell the number, at most 15; whole numbers have theirs.
[[gnu::cold]] constexpr void append_real(short_text& out, double x) {
    if (math::isnan(x)) return static_cast<void>(out += "NaN");
    if (math::fabs(x) < 1e16 && math::equals(math::floor(x), x))
        return append_number(out, static_cast<std::int64_t>(x));
    if (x < 0) out += '-';
    double left = math::fabs(x);
    if (math::equals(left, math::infinity)) return static_cast<void>(out += "infinity");
    // By a few large powers: each step rounds, and three hundred of them would show.
    int exponent = 0, step = 256;
    for (const double power : {1e256, 1e128, 1e64, 1e32, 1e16, 1e8, 1e4, 1e2, 1e1}) {
        if (left >= power) {
            left /= power;
            exponent += step;
        } else if (left > 0 && left < 1 && left * power < 10) {
            left *= power;
            exponent -= step;
        }
        step /= 2;
    }
    double unit = 1;
    int digits = 1;
    const auto is_told = [&] { return math::fabs(math::floor(left * unit + 0.5) / unit - left) <= left * 1e-14; };
    for (; digits < 15 && !is_told(); ++digits) unit *= 10;
    auto whole = static_cast<std::int64_t>(left * unit + 0.5);
    if (static_cast<double>(whole) >= 10 * unit) {  // 9.99… was rounded up
        whole /= 10;
        ++exponent;
    }
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

}  // namespace ambit::math_parts
