// SPDX-License-Identifier: BSL-1.0
// Opens checkpoints of any format, which is found by their content.
//
//     const std::unique_ptr<tensor_source> file = open_checkpoint("model.safetensors");
//
// Safetensors is always there. Other formats are there for programs that include them, and link what they need:
// checkpoint/npy.hpp, checkpoint/npz.hpp, checkpoint/tensorflow.hpp.
#pragma once

#include <ambit/checkpoint/byte_source.hpp>
#include <ambit/checkpoint/safetensors_file.hpp>
#include <ambit/checkpoint/tensor_source.hpp>

#include <array>
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace AMBIT_NAMESPACE::checkpoint_parts {

/// A format to read: `recognizes` looks whether a file is of it, `open` then opens it.
struct checkpoint_reader {
    bool (*recognizes)(const byte_source&);
    std::unique_ptr<tensor_source> (*open)(byte_source);
};

/// The formats that the program has besides safetensors. Their headers add themselves, before `main`.
inline std::vector<checkpoint_reader>& other_readers() {
    static std::vector<checkpoint_reader> readers;
    return readers;
}
inline bool add_reader(const checkpoint_reader& reader) {
    other_readers().push_back(reader);
    return true;
}

/// The first bytes of a source, fewer if it is shorter.
inline std::string first_bytes(const byte_source& source, std::size_t count) {
    std::string start(static_cast<std::size_t>((std::min<std::uint64_t>)(source.size(), count)), '\0');
    source.read_at(0, std::as_writable_bytes(std::span(start)));
    return start;
}

/// The header that reads what begins so; empty for anything else.
inline std::string_view header_for(std::string_view start, std::string_view name) {
    if (start.starts_with("PK\x03\x04") || start.starts_with("PK\x05\x06")) return "npz";
    if (start.starts_with("\x93NUMPY")) return "npy";
    if (name.ends_with(".index")) return "tensorflow";
    return {};
}

inline std::unique_ptr<tensor_source> open_source(byte_source source) {
    for (const checkpoint_reader& reader : other_readers())
        if (reader.recognizes(source)) return reader.open(std::move(source));
    const std::string start = first_bytes(source, 9);
    const std::string_view header = header_for(start, source.name());
    if (!header.empty())
        throw checkpoint_error(checkpoint_fault::unknown_format, source.name(),
                               "the file looks like one of a format that this program does not read",
                               "include <ambit/checkpoint/" + std::string(header) + ".hpp>" +
                                   (header == "npy" ? std::string() : std::string(", and link ambit::formats")));
    if (source.name().find(".data-") != std::string::npos && source.name().find("-of-") != std::string::npos)
        throw checkpoint_error(
            checkpoint_fault::unknown_format, source.name(),
            "the file is named as the data of a checkpoint of TensorFlow, which do not say what is in them",
            "open the checkpoint by its prefix, before .data-");
    // What is too short to tell, and what is named so, is judged as safetensors.
    if (start.size() == 9 && start[8] != '{' && !source.name().ends_with(".safetensors"))
        throw checkpoint_error(checkpoint_fault::unknown_format, source.name(),
                               "the file begins with " + in_quotes(std::string_view(start).substr(0, 8)) +
                                   ", as no checkpoint does that this program reads",
                               "give it a safetensors file, or include the header of its format (ambit/checkpoint/)");
    return std::make_unique<safetensors_file>(std::move(source));
}

}  // namespace ambit::checkpoint_parts

namespace AMBIT_NAMESPACE {

/// Throws `checkpoint_error`. A checkpoint of TensorFlow 1 is named by its prefix, `model.ckpt-1000`, or by its index.
inline std::unique_ptr<tensor_source> open_checkpoint(const std::string& file) {
    if (!checkpoint_parts::is_there(file) && checkpoint_parts::is_there(file + ".index"))
        return checkpoint_parts::open_source(checkpoint_parts::byte_source(file + ".index"));
    return checkpoint_parts::open_source(checkpoint_parts::byte_source(file));
}

/// The same of bytes in memory, which must outlive the result and stay as they are. `called` names them in messages.
inline std::unique_ptr<tensor_source> open_checkpoint(std::span<const std::byte> bytes, std::string called) {
    return checkpoint_parts::open_source(checkpoint_parts::byte_source(bytes, std::move(called)));
}

}  // namespace ambit
