// SPDX-License-Identifier: BSL-1.0
// Saves the variables of a model to a safetensors file: each under its path, with its dtype and shape, and which of
// them are state of an optimizer (roles.hpp). The file appears complete or not at all.
//
//     save(filter, "filter.safetensors");                       // throws checkpoint_error
//
// Reading is in load.hpp, since the JSON parser it needs takes the compiler longer than all of ambit.
#pragma once

#include <ambit/checkpoint/roles.hpp>
#include <ambit/checkpoint/safetensors_writer.hpp>
#include <ambit/model/model.hpp>

#include <string>
#include <vector>

namespace AMBIT_NAMESPACE {

/// All variables but local ones. Throws `checkpoint_error`; what was at `file` is then as it was, unless the kind is
/// `not_durable`.
template <storage Storage, class Module, class... Inputs>
void save(const stored_model<Storage, Module, Inputs...>& model, const std::string& file) {
    std::vector<checkpoint_parts::tensor_entry> entries;
    checkpoint_metadata metadata;
    const auto& addresses = model.parameters().variables();
    for (std::size_t v = 0; v < model.variables.size(); ++v) {
        const variable_info& it = model.variables[v];
        if (it.local != 0) continue;
        const std::span<const std::byte> bytes(addresses[v], static_cast<std::size_t>(it.bytes()));
        entries.push_back({std::string(it.path), it.dtype, it.extents, bytes});
        if (it.role == scope_parts::variable_role::weight) continue;
        std::string& paths = metadata[std::string(checkpoint_parts::role_key(it.role))];
        if (!paths.empty()) paths += ' ';
        paths += it.path;
    }
    checkpoint_parts::write_safetensors(file, entries, metadata);
}

}  // namespace ambit
