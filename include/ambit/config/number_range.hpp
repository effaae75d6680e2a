// SPDX-License-Identifier: BSL-1.0
// Whether a number is written that no double holds: parsers make 1e-400 zero without a word, or 1e400 infinite.
#pragma once

#include <ambit/core/build.hpp>

#include <charconv>
#include <cmath>
#include <limits>
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

}  // namespace ambit::config_parts
