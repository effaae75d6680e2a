// SPDX-License-Identifier: BSL-1.0
// Files in the idx format, right or wrong: the header says what it is told to.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace ambit_test {

inline std::string make_idx(int code, const std::vector<std::uint32_t>& extents, std::string_view elements) {
    std::string file{'\0', '\0', static_cast<char>(code), static_cast<char>(extents.size())};
    for (const std::uint32_t extent : extents)
        for (const int shift : {24, 16, 8, 0}) file += static_cast<char>(extent >> shift & 0xFF);
    return file.append(elements);
}

}  // namespace ambit_test
