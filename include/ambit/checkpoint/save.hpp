// SPDX-License-Identifier: BSL-1.0
// Saves the variables of a model to a file, in the safetensors format unless its name ends otherwise
// (checkpoint_writer.hpp): each under its path, with its dtype and shape, and which of them are state of an optimizer
// (roles.hpp). The file appears complete or not at all.
//
//     save(filter, "filter.safetensors");                       // throws checkpoint_error
//
// Reading is in load.hpp, since the JSON parser it needs takes the compiler longer than all of ambit.
#pragma once

#include <ambit/checkpoint/checkpoint_writer.hpp>
#include <ambit/checkpoint/roles.hpp>
#include <ambit/model/model.hpp>

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace AMBIT_NAMESPACE::checkpoint_parts {

/// What a file is to hold.
struct saved_variables {
    std::vector<tensor_entry> entries;
    checkpoint_metadata metadata;

    void add(std::string_view path, const tensor_spec& spec, variable_role role, const std::byte* data) {
        const std::span<const std::byte> bytes(data, static_cast<std::size_t>(spec.bytes()));
        entries.push_back({std::string(path), spec.type, spec.extents, bytes});
        if (role == variable_role::weight) return;
        std::string& paths = metadata[std::string(role_key(role))];
        if (!paths.empty()) paths += ' ';
        paths += path;
    }
};

}  // namespace ambit::checkpoint_parts

namespace AMBIT_NAMESPACE {

/// All variables but local ones. Throws `checkpoint_error`; what was at `file` is then as it was, unless the kind is
/// `not_durable`.
template <storage Storage, class Module, class... Inputs>
void save(const stored_model<Storage, Module, Inputs...>& model, const std::string& file) {
    checkpoint_parts::saved_variables saved;
    const auto& addresses = model.parameters().variables();
    for (std::size_t v = 0; v < model.variables.size(); ++v) {
        const variable_info& it = model.variables[v];
        if (it.local == 0) saved.add(it.path, {it.extents, it.dtype}, it.role, addresses[v]);
    }
    write_checkpoint(file, saved.entries, saved.metadata);
}
template <model_parts::one_of_models Any> void save(const Any& any, const std::string& file) {
    any.visit([&](const auto& model) { save(model, file); });
}

/// The same of a registry, or of what a dynamic model uses of one. (A template, so that the headers of registries are
/// for those who have one.)
template <class Holder>
    requires requires(const Holder& of) { of.variables().front()->is_local(); }
void save(const Holder& of, const std::string& file) {
    checkpoint_parts::saved_variables saved;
    const auto all = of.variables();
    for (const auto& v : all)
        if (!v->is_local()) saved.add(v->path(), v->spec(), v->role(), v->data());
    write_checkpoint(file, saved.entries, saved.metadata);
}

}  // namespace ambit
