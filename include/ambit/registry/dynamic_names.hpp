// SPDX-License-Identifier: BSL-1.0
// Inputs and outputs of dynamic models by name, and how many there are: the mistakes of that.
#pragma once

#include <ambit/diagnostics/nearest_name.hpp>
#include <ambit/diagnostics/raise.hpp>

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace AMBIT_NAMESPACE::registry_parts {

/// Where a name stands among those of inputs or outputs. The empty one is nobody's: that, or one that is not there, is
/// the mistake `unknown`, told with the names that are.
inline std::size_t place_of_name(std::string_view asked, std::span<const std::string> names, mistake unknown) {
    for (std::size_t i = 0; i < names.size(); ++i)
        if (!asked.empty() && names[i] == asked) return i;
    std::string line;
    mistake_parts::nearest_name search(asked);
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (names[i].empty()) continue;
        line += (line.empty() ? "there are " : ", ") + names[i];
        search.consider(static_cast<int>(i), names[i]);
    }
    mistake_parts::reports found;
    found.begin(unknown);
    found.add(mistake_parts::detail_tag::name, asked);
    found.add(mistake_parts::detail_tag::rule, line.empty() ? "none of them has a name" : line);
    if (search.best() >= 0)
        found.add(mistake_parts::detail_tag::did_you_mean, names[static_cast<std::size_t>(search.best())]);
    mistake_parts::raise(found, 0);
}

/// An argument that breaks a rule of `run`, by the name of its input.
[[noreturn]] inline void refuse_argument(std::string_view name, std::string_view rule) {
    mistake_parts::reports found;
    found.begin(mistake::input_count);
    found.add(mistake_parts::detail_tag::name, name);
    found.add(mistake_parts::detail_tag::rule, rule);
    mistake_parts::raise(found, 0);
}

/// A module returned another number of tensors than there are names for.
[[noreturn]] inline void refuse_outputs(std::size_t made, std::size_t named) {
    mistake_parts::reports found;
    found.begin(mistake::output_unknown);
    found.add(mistake_parts::detail_tag::rule,
              "the module returned " + std::to_string(made) + " tensors, and " + std::to_string(named) + " have names");
    mistake_parts::raise(found, 0);
}

}  // namespace ambit::registry_parts
