// SPDX-License-Identifier: BSL-1.0
// Results go to the standard output at once, when all of them are known.
#pragma once

#include "reading.hpp"

#include <cerrno>
#include <cstring>
#include <iostream>
#include <string>

#include <nlohmann/json.hpp>

namespace tool {

using json = nlohmann::ordered_json;

/// Who reads may have gone (`ambit inspect file | head -1`): that is no error. Throws `refusal` at a full disk.
inline void print(const std::string& text) {
    errno = 0;
    std::cout.write(text.data(), static_cast<std::streamsize>(text.size())).flush();
    if (!std::cout && errno != EPIPE)
        throw refusal("the standard output cannot be written to: " + std::string(std::strerror(errno)));
}

/// Names of other formats may not be UTF-8; JSON has a replacement character for what is not.
inline void print(const json& value) { print(value.dump(2, ' ', false, json::error_handler_t::replace) + '\n'); }

}  // namespace tool
