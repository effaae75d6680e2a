// SPDX-License-Identifier: BSL-1.0
// Numbers that no double holds: parsers make 1e-400 zero without a word, or 1e400 infinite.
#pragma once

#include <ambit/config/config_error.hpp>

#include <charconv>
#include <cmath>
#include <limits>
#include <string>
#include <string_view>
#include <system_error>

namespace AMBIT_NAMESPACE::config_parts {

/// Of decimal digits with a point or an exponent, and no more than a minus in front.
inline bool is_beyond_double(std::string_view digits) {
#ifdef __cpp_lib_to_chars
    double value = 0;
    if (std::from_chars(digits.data(), digits.data() + digits.size(), value).ec == std::errc::result_out_of_range)
        return true;
    if (value < 0 || value > 0) return !(std::fabs(value) <= (std::numeric_limits<double>::max)());
    return digits.substr(0, digits.find_first_of("eE")).find_first_of("123456789") != digits.npos;
#else  // libc++ 19 reads no double so, and other functions follow the locale
    static_cast<void>(digits);
    return false;
#endif
}

/// Refuses a decimal number as it is written: `-1e-400`, in TOML `+1_0.5e400` as well.
inline void expect_double(std::string_view word, const config_place& place) {
    std::string digits(word.substr(word.starts_with('+') ? 1 : 0));
    std::erase(digits, '_');
    if (is_beyond_double(digits))
        throw_or_end(config_error(config_fault::out_of_range, place,
                                  "there is " + in_quotes(word, 60) + ", which no double holds",
                                  "write 0, or a number that one holds"));
}

}  // namespace ambit::config_parts
