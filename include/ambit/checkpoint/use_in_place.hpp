// SPDX-License-Identifier: BSL-1.0
// A model that reads its weights where they lie: in the program itself, or in a mapped file. Nothing is copied.
//
//     use_in_place(net, app::digits);                             // of ambit_embed_checkpoint
//     use_in_place(net, map_checkpoint("model.safetensors"));
//
// The layout allows it where each variable is in the file as the model has it: under its path, with its shape and
// element type, at an address that is a multiple of its elements' size, as all tensors of files that ambit writes are.
// Whatever else it is, cast or transposed or renamed, `load` reads.
#pragma once

#include <ambit/checkpoint/checkpoint_error.hpp>
#include <ambit/checkpoint/load.hpp>
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
                                  "load(net, file) copies it, and follows rules"));
}

}  // namespace ambit::checkpoint_parts

namespace AMBIT_NAMESPACE {

/// From here on the model's variables, all but local ones, are the tensors of the file, which lives as long as they do.
/// Others may share them (`net.parameters()`). If they are written, by a step of training, `set` or `load`, so is that
/// memory: a mapped file, and weights of `ambit_embed_checkpoint`, may be, and what is written belongs to the process
/// alone. Throws `checkpoint_error` if the file does not have exactly the variables of the model, as `load`, or not in
/// this layout; nothing has changed then. Checksums are not compared.
template <storage Storage, class Module, class... Inputs>
void use_in_place(stored_model<Storage, Module, Inputs...>& net, std::shared_ptr<const tensor_source> file) {
    using graph = typename stored_model<Storage, Module, Inputs...>::graph;
    constexpr std::size_t count = parameters<graph>::count;
    const load_report report = describe_mismatch(*file, net);
    if (!report.fits())
        checkpoint_parts::refuse_in_place(
            *file, "the file does not hold exactly the variables of the model: " + to_string(report));
    const auto held = std::make_shared<checkpoint_parts::held_in_place<count>>();
    std::array<std::byte*, count> addresses{};
    std::array<std::uint64_t*, count> generations{};
    for (std::size_t v = 0; v < count; ++v) {
        if (!parameters<graph>::is_shared(v)) continue;
        const auto& it = net.variables[v];
        const stored_tensor* const there = file->find(it.path);
        if (there == nullptr)
            checkpoint_parts::refuse_in_place(*file, std::string(it.path) + " has another name in the file");
        const auto number = static_cast<std::size_t>(there - file->tensors().data());
        const std::span<const std::byte> bytes = file->in_place(number);
        if (bytes.size() != there->bytes ||
            reinterpret_cast<std::uintptr_t>(bytes.data()) % static_cast<std::uintptr_t>(size_of(it.dtype)) != 0)
            checkpoint_parts::refuse_in_place(*file, std::string(it.path) + " is not in memory as the model needs it");
        if (it.dtype == boolean) {  // read, since that looks whether they are any
            std::vector<std::byte> bools(bytes.size());
            file->read(number, bools);
        }
        addresses[v] = const_cast<std::byte*>(bytes.data());
        generations[v] = &held->generations[v];
    }
    held->file = std::move(file);
    net.share(parameters<graph>(std::shared_ptr<std::byte[]>(held, reinterpret_cast<std::byte*>(held.get())), addresses,
                                generations));
}
/// The same of the bytes of a file in memory, which outlive the model and all who share its variables.
template <storage Storage, class Module, class... Inputs>
void use_in_place(stored_model<Storage, Module, Inputs...>& net, std::span<const std::byte> bytes) {
    use_in_place(net, std::shared_ptr<const tensor_source>(open_checkpoint(bytes, "checkpoint in memory")));
}
template <model_parts::one_of_models Any, class File> void use_in_place(Any& any, const File& file) {
    any.visit([&](auto& model) { use_in_place(model, file); });
}

}  // namespace ambit
