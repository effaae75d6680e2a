// SPDX-License-Identifier: BSL-1.0
// The one door for writers of checkpoints: the format is that of the file's extension.
//
//     write_checkpoint("model.safetensors", entries, {{"step", "100"}});
//
// `.npy` and `.npz` are there for programs that include checkpoint/npy.hpp or checkpoint/npz.hpp; a file of any other
// name is one of safetensors.
//
// `save` is part of ambit.hpp, and a program that saves nothing shall not wait for what writing takes of the standard
// library: what writes is made of templates without a parameter to choose, and of types named later (core/later.hpp).
#pragma once

#include <ambit/checkpoint/checkpoint_error.hpp>
#include <ambit/checkpoint/safetensors_writer.hpp>
#include <ambit/checkpoint/stored_tensor.hpp>
#include <ambit/core/later.hpp>
#include <ambit/core/throw_or_end.hpp>

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace AMBIT_NAMESPACE::checkpoint_parts {

/// A format to write, known by the end of a file's name.
struct checkpoint_writer {
    std::string_view extension;
    void (*write)(const std::string& file, std::span<const tensor_entry>, const checkpoint_metadata&);
};

/// The formats that the program has besides safetensors. Their headers add themselves, before `main`.
template <class Caller = void> std::vector<later<checkpoint_writer, Caller>>& other_writers() {
    static std::vector<later<checkpoint_writer, Caller>> writers;
    return writers;
}
template <class Caller = void> bool add_writer(const later<checkpoint_writer, Caller>& writer) {
    other_writers<Caller>().push_back(writer);
    return true;
}

}  // namespace ambit::checkpoint_parts

namespace AMBIT_NAMESPACE {

/// Writes tensors and text pairs. The file appears complete or not at all. Throws `checkpoint_error`; of the kind
/// `not_durable` after the new file is in place.
template <class Caller = void>
void write_checkpoint(const std::string& file, std::span<const tensor_entry> entries,
                      const checkpoint_metadata& metadata = {}) {
    using text = core_parts::later<std::string, Caller>;
    for (const auto& writer : checkpoint_parts::other_writers<Caller>())
        if (file.ends_with(writer.extension)) return writer.write(file, entries, metadata);
    for (const std::string_view extension : {".npz", ".npy"})
        if (file.ends_with(extension))
            core_parts::throw_or_end(checkpoint_error(
                checkpoint_fault::unknown_format, file, "this program does not write " + text(extension),
                "include <ambit/checkpoint/" + text(extension.substr(1)) + ".hpp>, or save a .safetensors"));
    checkpoint_parts::write_safetensors<Caller>(file, entries, metadata);
}

}  // namespace ambit
