// SPDX-License-Identifier: BSL-1.0
// A model that reads its weights where they lie: in the program itself, or in a mapped file. Nothing is copied.
//
//     use_in_place(net, app::digits);                             // of ambit_embed_checkpoint
//     use_in_place(net, map_checkpoint("model.safetensors"), prefix<"model", "">);
//
// The layout allows it where each variable is in the file as the model has it: with its shape and element type, at an
// address that is a multiple of its elements' size, as all tensors of files that ambit writes are. It may have another
// name there. Whatever is cast, transposed or put together, `load` reads.
#pragma once

#include <ambit/checkpoint/checkpoint_error.hpp>
#include <ambit/checkpoint/held_variables.hpp>
#include <ambit/checkpoint/load.hpp>
#include <ambit/checkpoint/load_plan.hpp>
#include <ambit/checkpoint/open_checkpoint.hpp>
#include <ambit/checkpoint/tensor_source.hpp>
#include <ambit/core/throw_or_end.hpp>
#include <ambit/diagnostics/quoted.hpp>
#include <ambit/model/model.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace AMBIT_NAMESPACE::checkpoint_parts {

/// What the parameters of a model that reads in place hold: the file, how often each variable was written, and copies
/// of none.
template <std::size_t Count> struct held_in_place {
    std::shared_ptr<const tensor_source> file;
    std::array<std::uint64_t, Count> generations{};
};

inline void refuse_in_place(const tensor_source& file, const std::string& found) {
    throw_or_end(checkpoint_error(checkpoint_fault::other_variables, file.file(), found,
                                  "load(net, file) copies it, and follows all rules"));
}

/// The tensor of each variable, in the order of the file's plan; refuses what does not lie there as in the model.
inline std::vector<planned_read> plan_in_place(const tensor_source& file, const held_variables& of,
                                               const fitting_rules& fitting) {
    load_plan plan = plan_load(file, of.variables, fitting);
    plan.report.is_description = true;
    if (plan.is_refused || plan.reads.size() != plan.report.variables)
        refuse_in_place(file, "the file does not hold exactly the variables of the model: " + to_string(plan.report));
    for (const planned_read& read : plan.reads) {
        const variable_info& info = of.variables[read.variable];
        const stored_tensor& there = file.tensors()[read.parts.front().tensor];
        if (read.parts.size() != 1 || !read.parts.front().layout.changes_nothing() || read.raised_gate >= 0)
            refuse_in_place(file, std::string(info.path) + " lies in another order in the file");
        if (dtype_from(there.type) != info.dtype)
            refuse_in_place(file, std::string(info.path) + " is " + type_and_shape(there) + " in the file");
    }
    return std::move(plan.reads);
}

}  // namespace ambit::checkpoint_parts

namespace AMBIT_NAMESPACE {

/// From here on the model's variables, all but local ones, are the tensors of the file, which lives as long as they do.
/// Rules say what they are called there (`rename`, `prefix`); names that the file says to be of one variable are
/// followed, too. Others may share them (`net.parameters()`). If they are written, by a step of training, `set` or
/// `load`, so is that memory: a mapped file, and weights of `ambit_embed_checkpoint`, may be, and what is written
/// belongs to the process alone. Throws `checkpoint_error` if the file does not have exactly the variables of the
/// model, as `load`, or not in this layout; nothing has changed then. Checksums are not compared.
template <storage Storage, class Module, class... Inputs, class... Rules>
void use_in_place(stored_model<Storage, Module, Inputs...>& net, std::shared_ptr<const tensor_source> file,
                  const Rules&... rules) {
    using model = stored_model<Storage, Module, Inputs...>;
    using graph = typename model::graph;
    constexpr std::size_t count = parameters<graph>::count;
    checkpoint_parts::check_rules<model, checkpoint_parts::file_is::read, Rules...>();
    const checkpoint_parts::held_variables of = checkpoint_parts::variables_of(net);
    const checkpoint_parts::fitting_rules fitting(checkpoint_parts::merged_rules(rules...), of.variables,
                                                  checkpoint_parts::file_is::read);
    const auto held = std::make_shared<checkpoint_parts::held_in_place<count>>();
    std::array<std::byte*, count> addresses{};
    std::array<std::uint64_t*, count> generations{};
    for (const checkpoint_parts::planned_read& read : checkpoint_parts::plan_in_place(*file, of, fitting)) {
        const variable_info& info = of.variables[read.variable];
        const std::size_t number = read.parts.front().tensor;
        const std::span<const std::byte> bytes = file->in_place(number);
        if (bytes.size() != file->tensors()[number].bytes ||
            reinterpret_cast<std::uintptr_t>(bytes.data()) % static_cast<std::uintptr_t>(size_of(info.dtype)) != 0)
            checkpoint_parts::refuse_in_place(*file,
                                              std::string(info.path) + " is not in memory as the model needs it");
        if (info.dtype == boolean) {  // read, since that looks whether they are any
            std::vector<std::byte> bools(bytes.size());
            file->read(number, bools);
        }
        addresses[read.variable] = const_cast<std::byte*>(bytes.data());
        generations[read.variable] = &held->generations[read.variable];
    }
    held->file = std::move(file);
    net.share(parameters<graph>(std::shared_ptr<std::byte[]>(held, reinterpret_cast<std::byte*>(held.get())), addresses,
                                generations));
}
/// The same of the bytes of a file in memory, which outlive the model and all who share its variables.
template <storage Storage, class Module, class... Inputs, class... Rules>
void use_in_place(stored_model<Storage, Module, Inputs...>& net, std::span<const std::byte> bytes,
                  const Rules&... rules) {
    use_in_place(net, std::shared_ptr<const tensor_source>(open_checkpoint(bytes, "checkpoint in memory")), rules...);
}
template <model_parts::one_of_models Any, class File, class... Rules>
void use_in_place(Any& any, const File& file, const Rules&... rules) {
    any.visit([&](auto& model) { use_in_place(model, file, checkpoint_parts::merged_rules(rules...)); });
}

}  // namespace ambit
