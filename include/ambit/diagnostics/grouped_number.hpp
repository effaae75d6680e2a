// SPDX-License-Identifier: BSL-1.0
// Numbers for people, as strings: `25632` as `25,632`, and bytes in KiB or MiB too.
#pragma once

#include <ambit/math/number_text.hpp>

#include <cstdint>
#include <string>

namespace AMBIT_NAMESPACE::mistake_parts {

inline std::string grouped(std::int64_t number) {
    short_text text;
    append_grouped(text, number);
    return std::string(text.view());
}

/// `205,056 bytes (200.3 KiB)`, rounded up.
inline std::string readable_bytes(std::int64_t bytes) {
    short_text text;
    append_bytes(text, bytes);
    return std::string(text.view());
}

}  // namespace ambit::mistake_parts
