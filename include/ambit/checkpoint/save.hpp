// SPDX-License-Identifier: BSL-1.0
// Saves the variables of a model to a file, in the safetensors format unless its name ends otherwise
// (checkpoint_writer.hpp): each under its path, with its dtype and shape, and which of them are state of an optimizer
// (roles.hpp). The file appears complete or not at all.
//
//     save(filter, "filter.safetensors");                       // throws checkpoint_error
//     save(net, file, only<"encoder">, rename<"my_counter", "counter">, only_weights);
//
// The rules are those of `load` (rules.hpp), the name in the file first: with the same rules the file loads again.
// Those that allow something say nothing here.
//
// Reading is in load.hpp, since the JSON parser it needs takes the compiler longer than all of ambit.
#pragma once

#include <ambit/checkpoint/checkpoint_writer.hpp>
#include <ambit/checkpoint/held_variables.hpp>
#include <ambit/checkpoint/rearranged.hpp>
#include <ambit/checkpoint/roles.hpp>
#include <ambit/checkpoint/rule_check.hpp>
#include <ambit/checkpoint/rules.hpp>
#include <ambit/core/later.hpp>
#include <ambit/core/refuses.hpp>
#include <ambit/core/standard.hpp>
#include <ambit/model/model.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace AMBIT_NAMESPACE::checkpoint_parts {

/// What a file is to hold.
template <class Caller = void> struct saved_variables {
    std::vector<later<tensor_entry, Caller>> entries;
    later<checkpoint_metadata, Caller> metadata;
    std::vector<std::vector<later<std::byte, Caller>>>
        rearranged;  // of entries that do not lie in the file as in memory
    std::map<const later<std::byte, Caller>*, std::size_t> places;  // of entries, by where they lie in memory

    /// Of variables that lie in the same memory, as those of a model that a registry shows under two prefixes, one
    /// tensor is written, and a text pair from each other name to its name, which `load` follows.
    void add(std::string_view name, const tensor_spec& spec, variable_role role, const std::byte* data) {
        const std::span<const later<std::byte, Caller>> bytes(data, static_cast<std::size_t>(spec.bytes()));
        const auto [there, is_first] = places.try_emplace(data, entries.size());
        if (!is_first && same_extents(entries[there->second].extents, spec.extents)) {
            metadata[std::string(name)] = entries[there->second].name;
            return;
        }
        entries.push_back({std::string(name), spec.type, spec.extents, bytes});
        if (role == variable_role::weight) return;
        std::string& names = metadata[std::string(role_key(role))];
        if (!names.empty()) names += ' ';
        names += name;
    }
};

/// The layout that undoes one.
constexpr short_list inverse_of(const short_list& numbers) {
    short_list inverse = numbers;
    for (int k = 0; k < numbers.size; ++k) inverse.at[numbers.at[k]] = k;
    return inverse;
}

/// A variable as the file is to have it; its shape becomes the one there.
template <class Caller>
std::vector<std::byte> as_in_file(const checkpoint_rules& rules, const rule_use& use, const std::byte* data,
                                  tensor_spec& spec) {
    std::vector<later<std::byte, Caller>> bytes(data, data + spec.bytes());
    const auto apply = [&](const tensor_layout& layout) {
        const std::span<const later<std::int64_t, Caller>> extents(spec.extents.extents_,
                                                                   static_cast<std::size_t>(spec.extents.rank()));
        std::vector<later<std::byte, Caller>> arranged(bytes.size());
        rearrange(bytes.data(), extents, layout, size_of(spec.type), arranged.data());
        bytes = std::move(arranged);
        shape there;
        const auto arranged_extents = extents_of_layout(extents, layout);
        for (const std::int64_t extent : *arranged_extents) there.append(extent);
        spec.extents = there;
    };
    if (use.gates >= 0) {
        tensor_layout layout = rules[use.gates].layout;
        layout.gates = inverse_of(layout.gates);
        apply(layout);
    }
    if (use.axes >= 0) {
        tensor_layout layout = rules[use.axes].layout;
        layout.axes = inverse_of(layout.axes);
        apply(layout);
    }
    return bytes;
}

template <class Held> void save_variables(const Held& of, const std::string& file, const checkpoint_rules& by) {
    const later<fitting_rules, Held> fitting(by, of.variables, file_is::written);
    const checkpoint_rules& rules = fitting.rules;
    saved_variables<Held> saved;
    saved.rearranged.reserve(of.variables.size());
    for (std::size_t v = 0; v < of.variables.size(); ++v) {
        const rule_use& use = fitting.uses[static_cast<int>(v)];
        if (use.is_left_out) continue;
        const variable_info& info = of.variables[v];
        short_text name;
        append_key(name, rules, use, info.path, 0);
        tensor_spec spec{info.extents, info.dtype};
        const std::byte* data = of.targets[v].data;
        if (use.axes >= 0 || use.gates >= 0)
            data = saved.rearranged.emplace_back(as_in_file<Held>(rules, use, data, spec)).data();
        saved.add(name, spec, info.role, data);
    }
    write_checkpoint(file, saved.entries, saved.metadata);
}

}  // namespace ambit::checkpoint_parts

namespace AMBIT_NAMESPACE {

/// All variables but local ones and those that rules leave out, of a model of the compiler, a registry, or what a
/// dynamic model uses of one. Throws `checkpoint_error`; what was at `file` is then as it was, unless the kind is
/// `not_durable`. Rules that only the program knows throw a `model_error` if they do not fit.
template <checkpoint_parts::holds_variables Net, class... Rules>
void save(const Net& net, const std::string& file, const Rules&... rules) {
    checkpoint_parts::check_rules<Net, checkpoint_parts::file_is::written, Rules...>();
    checkpoint_parts::save_variables(checkpoint_parts::variables_of(net), file,
                                     checkpoint_parts::merged_rules(rules...));
}
template <class = void>
AMBIT_REFUSES("the file is missing: save(net, \"net.safetensors\")")
void save(const refused_parts::model_alone&) {}
template <class Net, class... Rules>
    requires(checkpoint_parts::holds_variables<Net> || model_parts::one_of_models<Net>)
AMBIT_REFUSES("the model comes first: save(net, \"net.safetensors\")")
void save(const std::string&, const Net&, const Rules&...) {}
template <model_parts::one_of_models Any, class... Rules>
void save(const Any& any, const std::string& file, const Rules&... rules) {
    any.visit([&](const auto& model) { save(model, file, checkpoint_parts::merged_rules(rules...)); });
}

}  // namespace ambit
