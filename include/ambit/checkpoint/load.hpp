// SPDX-License-Identifier: BSL-1.0
// Reads the variables of a model from a safetensors file, strictly: the file must hold exactly the model's variables,
// each with its path, dtype and shape. A load that fails changes nothing.
//
//     load(filter, "filter.safetensors");                       // throws checkpoint_error
#pragma once

#include <ambit/checkpoint/safetensors_file.hpp>
#include <ambit/diagnostics/raise.hpp>
#include <ambit/model/model.hpp>

#include <cstddef>
#include <span>
#include <string>

namespace ambit {

namespace detail {

/// What stands between the tensors of a file and the variables of a model, a line each; empty if they agree.
inline std::string differences(const safetensors_file& file, std::span<const variable_info> variables) {
    std::string text;
    for (const variable_info& v : variables) {
        if (v.local != 0) continue;
        const tensor_location* const there = file.find(v.path);
        const tensor_spec wanted{v.extents, v.dtype};
        if (there == nullptr)
            text += "\n  it lacks " + std::string(v.path) + ", " + to_string(wanted);
        else if (tensor_spec{there->extents, there->type} != wanted)
            text += "\n  it has " + std::string(v.path) + " as " + to_string({there->extents, there->type}) +
                    ", the model as " + to_string(wanted);
    }
    for (const tensor_location& there : file.tensors()) {
        bool known = false;
        for (const variable_info& v : variables) known = known || (v.local == 0 && v.path == there.name);
        if (!known) text += "\n  it has " + there.name + ", which the model lacks";
    }
    return text;
}

}  // namespace detail

template <storage Storage, class Module, class... Inputs>
void load(stored_model<Storage, Module, Inputs...>& model, const std::string& path) {
    const safetensors_file file(path);
    if (const std::string text = detail::differences(file, model.variables); !text.empty())
        throw checkpoint_error(checkpoint_fault::other_variables, path,
                               "the file does not hold exactly the variables of the model:" + text,
                               "load it into the model that it was saved from");
    const auto loaded = model.parameters().copy();
    for (std::size_t v = 0; v < model.variables.size(); ++v)
        if (model.variables[v].local == 0)
            file.read(*file.find(model.variables[v].path),
                      {loaded.variables()[v], static_cast<std::size_t>(model.variables[v].bytes())});
    model.assign(loaded);
}

}  // namespace ambit
