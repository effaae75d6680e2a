// SPDX-License-Identifier: BSL-1.0
#include "output.hpp"

#include "reading.hpp"

#include <cerrno>
#include <cstring>
#include <iostream>
#include <string>

void tool::print(const std::string& text) {
    errno = 0;
    std::cout.write(text.data(), static_cast<std::streamsize>(text.size())).flush();
    if (!std::cout && errno != EPIPE)
        throw refusal("the standard output cannot be written to: " + std::string(std::strerror(errno)));
}

void tool::print(const json& value) { print(value.dump(2, ' ', false, json::error_handler_t::replace) + '\n'); }
