// SPDX-License-Identifier: BSL-1.0
// A line of the user's program: what every mistake is reported with.
#pragma once

#include <ambit/core/namespaces.hpp>
#include <ambit/core/standard.hpp>

#include <source_location>
#include <string_view>

namespace AMBIT_NAMESPACE::core_parts {

/// File and line. The file is kept as the compiler spells it; messages show its base name.
struct place {
    const char* file = "";
    int line = 0;

    constexpr place() = default;
    constexpr place(const std::source_location& at)  // NOLINT: implicit, places come from defaulted arguments
        : file(at.file_name()), line(static_cast<int>(at.line())) {}

    /// `filter.cpp` of `/home/me/src/filter.cpp`.
    constexpr std::string_view base_name() const {
        const std::string_view whole = file;
        const auto slash = whole.find_last_of("/\\");
        return slash == std::string_view::npos ? whole : whole.substr(slash + 1);
    }
};

}  // namespace ambit::core_parts
