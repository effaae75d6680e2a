// SPDX-License-Identifier: BSL-1.0
// Integers for people: `25632` as `25,632`.
#pragma once

#include <ambit/core/namespaces.hpp>
#include <ambit/core/standard.hpp>

#include <cstddef>
#include <cstdint>
#include <string>

namespace AMBIT_NAMESPACE::io_parts {

inline std::string grouped(std::int64_t number) {
    std::string text = std::to_string(number);
    const int first = number < 0 ? 1 : 0;
    for (int at = static_cast<int>(text.size()) - 3; at > first; at -= 3)
        text.insert(static_cast<std::size_t>(at), 1, ',');
    return text;
}

}  // namespace ambit::io_parts
