// SPDX-License-Identifier: BSL-1.0
// What a file says of its tensors: which are an optimizer's.
//
//     if (optimizer_state(*file)[t]) continue;                 // slots and steps, that a model for inference lacks
#pragma once

#include <ambit/checkpoint/roles.hpp>
#include <ambit/checkpoint/tensor_source.hpp>

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace AMBIT_NAMESPACE::checkpoint_parts {

/// For each tensor of a file whether the file says that it is state of an optimizer. Roles that this version does not
/// know, and names that the file lacks, say nothing.
inline std::vector<bool> optimizer_state(const tensor_source& file) {
    std::vector<bool> found(file.tensors().size());
    for (const variable_role role : listed_roles) {
        const auto pair = file.metadata().find(std::string(role_key(role)));
        if (pair == file.metadata().end()) continue;
        for (std::string_view rest = pair->second; !rest.empty();) {
            const std::size_t length = (std::min)(rest.find(' '), rest.size());
            if (const stored_tensor* const there = file.find(rest.substr(0, length)))
                found[static_cast<std::size_t>(there - file.tensors().data())] = true;
            rest.remove_prefix((std::min)(length + 1, rest.size()));
        }
    }
    return found;
}

}  // namespace ambit::checkpoint_parts
