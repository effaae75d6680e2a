// SPDX-License-Identifier: BSL-1.0
// Which ops there are, read from the headers that define them: so that no op is without its laws.
//
//     for (const auto& [name, has_gradient] : ops_in(folder)) …
#pragma once

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>

namespace ambit_test {

/// The ops defined in the headers below a folder: name, and whether it declares a gradient rule.
inline std::map<std::string, bool> ops_in(const std::filesystem::path& folder) {
    std::map<std::string, bool> found;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
        if (!entry.is_regular_file()) continue;
        std::ifstream file(entry.path());
        const std::string text{std::istreambuf_iterator<char>(file), {}};
        const std::string opening = "\nstruct ", label = "std::string_view name = \"";
        for (std::size_t at = text.find(opening); at != std::string::npos; at = text.find(opening, at + 1)) {
            const std::string body = text.substr(at, text.find("\n};", at) - at);
            const std::size_t name = body.find(label);
            if (name == std::string::npos) continue;
            const std::size_t first = name + label.size();
            found[body.substr(first, body.find('"', first) - first)] =
                body.find("void gradient(gradient_call&") != std::string::npos;
        }
    }
    return found;
}

}  // namespace ambit_test
