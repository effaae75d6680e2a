// SPDX-License-Identifier: BSL-1.0
// Whether a stream ends at a terminal, how wide that is, and whether it shows colours; files and pipes get plain text.
//
//     out << (shows_colour(out) ? "\x1B[1m" : "") << …
#pragma once

#include <ambit/core/build.hpp>

#include <cstdlib>
#include <iostream>
#include <ostream>
#include <string_view>

#include <sys/ioctl.h>
#include <unistd.h>

namespace AMBIT_NAMESPACE {

/// Columns of the terminal behind a file descriptor; 0 if there is none.
inline int terminal_width(int descriptor) {
    if (!::isatty(descriptor)) return 0;
    winsize size{};
    return ::ioctl(descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

/// Columns of the terminal that a standard stream ends at, wherever its buffer is used; 0 if there is none.
inline int terminal_width(const std::ostream& out) {
    if (out.rdbuf() == std::cout.rdbuf()) return terminal_width(STDOUT_FILENO);
    if (out.rdbuf() == std::cerr.rdbuf() || out.rdbuf() == std::clog.rdbuf()) return terminal_width(STDERR_FILENO);
    return 0;
}

}  // namespace ambit

namespace AMBIT_NAMESPACE::mistake_parts {

/// Of the standard streams, wherever their buffers are used. `NO_COLOR` (no-color.org), if it is not empty, and
/// `TERM=dumb` say no.
inline bool shows_colour(const std::ostream& out) {
    const char* const refused = std::getenv("NO_COLOR");
    const char* const terminal = std::getenv("TERM");
    if (refused != nullptr && *refused != '\0') return false;
    if (terminal == nullptr || std::string_view(terminal) == "dumb") return false;
    return terminal_width(out) > 0;
}

}  // namespace ambit::mistake_parts
