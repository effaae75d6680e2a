// SPDX-License-Identifier: BSL-1.0
// Whether a stream ends at a terminal that shows colours; files and pipes get plain text.
//
//     out << (shows_colour(out) ? "\x1B[1m" : "") << …
#pragma once

#include <ambit/core/build.hpp>

#include <cstdlib>
#include <iostream>
#include <ostream>
#include <string_view>

#include <unistd.h>

namespace AMBIT_NAMESPACE::mistake_parts {

/// Of the standard streams, wherever their buffers are used. `NO_COLOR` (no-color.org), if it is not empty, and
/// `TERM=dumb` say no.
inline bool shows_colour(const std::ostream& out) {
    const char* const refused = std::getenv("NO_COLOR");
    const char* const terminal = std::getenv("TERM");
    if (refused != nullptr && *refused != '\0') return false;
    if (terminal == nullptr || std::string_view(terminal) == "dumb") return false;
    if (out.rdbuf() == std::cout.rdbuf()) return ::isatty(STDOUT_FILENO) == 1;
    if (out.rdbuf() == std::cerr.rdbuf() || out.rdbuf() == std::clog.rdbuf()) return ::isatty(STDERR_FILENO) == 1;
    return false;
}

}  // namespace ambit::mistake_parts
