// SPDX-License-Identifier: BSL-1.0
// Saves the variables of a model to a safetensors file: each under its path, with its dtype and shape. The file
// appears complete or not at all.
//
//     save(filter, "filter.safetensors");                       // throws checkpoint_error
//
// Reading is in load.hpp, since the JSON parser it needs takes the compiler longer than all of ambit.
#pragma once

#include <ambit/checkpoint/safetensors_writer.hpp>
#include <ambit/model/model.hpp>

#include <string>
#include <vector>

namespace ambit {

template <storage Storage, class Module, class... Inputs>
void save(const stored_model<Storage, Module, Inputs...>& model, const std::string& file) {
    std::vector<tensor_entry> entries;
    for (std::size_t v = 0; v < model.variables.size(); ++v) {
        const variable_info& it = model.variables[v];
        if (it.local != 0) continue;
        const std::span<const std::byte> bytes(model.parameters().variables()[v], static_cast<std::size_t>(it.bytes()));
        entries.push_back({std::string(it.path), it.dtype, it.extents, bytes});
    }
    write_safetensors(file, entries);
}

}  // namespace ambit
