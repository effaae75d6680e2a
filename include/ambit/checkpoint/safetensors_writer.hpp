// SPDX-License-Identifier: BSL-1.0
// Writes safetensors files: named tensors and text pairs in one file that other libraries read as well.
//
//     write_safetensors("model.safetensors", entries, {{"step", "100"}});
//
// This is the format alone; what a model makes of names and shapes stands in save.hpp.
#pragma once

#include <ambit/checkpoint/checkpoint_error.hpp>
#include <ambit/checkpoint/safetensors_format.hpp>
#include <ambit/files/atomic_file.hpp>
#include <ambit/core/dtype.hpp>
#include <ambit/core/shape.hpp>
#include <ambit/core/throw_or_end.hpp>
#include <ambit/core/utf8.hpp>
#include <ambit/diagnostics/quoted.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace AMBIT_NAMESPACE::checkpoint_parts {

/// One tensor to be written: `bytes` are its elements, row-major. The bytes are not copied.
struct tensor_entry {
    std::string name;
    dtype type = dtype::none;
    shape extents;
    std::span<const std::byte> bytes;
};

/// A JSON string. Precondition: `text` is UTF-8.
inline void append_json_string(std::string& result, std::string_view text) {
    constexpr std::string_view digits = "0123456789abcdef";
    result += '"';
    for (char character : text) {
        const auto code = static_cast<unsigned char>(character);
        if (code < 0x20) {
            result += "\\u00";
            result += digits[code >> 4];
            result += digits[code & 15];
            continue;
        }
        if (character == '"' || character == '\\') result += '\\';
        result += character;
    }
    result += '"';
}

/// The header for tensors whose data follow one another in this order, padded so that the data begin at a
/// multiple of 8 bytes in the file.
inline std::string safetensors_header_text(std::span<const tensor_entry* const> entries,
                                           const checkpoint_metadata& metadata) {
    std::string text = "{";
    if (!metadata.empty()) {
        append_json_string(text, safetensors_metadata_key);
        text += ":{";
        for (bool first = true; const auto& [key, value] : metadata) {
            if (!std::exchange(first, false)) text += ',';
            append_json_string(text, key);
            text += ':';
            append_json_string(text, value);
        }
        text += '}';
    }
    std::uint64_t offset = 0;
    for (const tensor_entry* entry : entries) {
        if (text.size() > 1) text += ',';
        append_json_string(text, entry->name);
        text += ":{\"dtype\":\"";
        text += safetensors_name(entry->type);
        text += "\",\"shape\":[";
        for (int axis = 0; axis < entry->extents.rank(); ++axis) {
            if (axis > 0) text += ',';
            text += std::to_string(entry->extents[axis]);
        }
        text += "],\"data_offsets\":[";
        text += std::to_string(offset);
        offset += entry->bytes.size();
        text += ',';
        text += std::to_string(offset);
        text += "]}";
    }
    text += '}';
    text.append((8 - text.size() % 8) % 8, ' ');
    return text;
}

/// What the writer refuses before it touches the disk.
inline void check_entry(const tensor_entry& entry, const std::string& file) {
    const std::string subject = "tensor " + in_quotes(entry.name);
    if (!is_utf8(entry.name) || entry.name == safetensors_metadata_key)
        throw_or_end(checkpoint_error(checkpoint_fault::invalid_name, file, subject + " was to be written",
                                      "names are UTF-8, and __metadata__ is reserved for the text pairs"));
    if (entry.type == dtype::none)
        throw_or_end(
            checkpoint_error(checkpoint_fault::unsupported_dtype, file, subject + " has no dtype", "give it one"));
    if (!is_legal(entry.extents))
        throw_or_end(checkpoint_error(checkpoint_fault::illegal_shape, file, subject + " has an illegal shape",
                                      "extents are at least 1, and their product is at most 2^37"));
    const auto needed = static_cast<std::uint64_t>(entry.extents.elements() * size_of(entry.type));
    if (entry.bytes.size() != needed)
        throw_or_end(checkpoint_error(checkpoint_fault::wrong_size, file,
                                      subject + " was given as " + std::to_string(entry.bytes.size()) +
                                          " bytes, and its shape and dtype take " + std::to_string(needed),
                                      "pass exactly its elements"));
}

inline checkpoint_error write_failure(const std::string& file, const std::system_error& reason) {
    if (is_out_of_space(reason.code()))
        return {checkpoint_fault::disk_full, file, reason.what(),
                "free some space or save elsewhere; what was saved there before is unchanged"};
    return {checkpoint_fault::cannot_write, file, reason.what(), "check the directory and its permissions"};
}

/// Writes tensors and text pairs; the same content gives the same bytes, whatever the order of the entries:
/// wider dtypes come first, so that every tensor is aligned, and equally wide ones are sorted by name.
///
/// The file appears complete or not at all: a failure, a full disk or a killed process leaves what was at `file`
/// before, and once the function returns the new content is on the device. `atomic_file` says how, and whose the file
/// is then. Throws `checkpoint_error`; of the kind `not_durable` after the new file is in place.
inline void write_safetensors(const std::string& file, std::span<const tensor_entry> entries,
                              const checkpoint_metadata& metadata = {}) {
    std::vector<const tensor_entry*> ordered;
    ordered.reserve(entries.size());
    for (const tensor_entry& entry : entries) {
        check_entry(entry, file);
        ordered.push_back(&entry);
    }
    for (const auto& [key, value] : metadata)
        if (!is_utf8(key) || !is_utf8(value))
            throw_or_end(checkpoint_error(checkpoint_fault::invalid_name, file,
                                          "the metadata at " + in_quotes(key) + " is not UTF-8", "encode it as text"));

    std::sort(ordered.begin(), ordered.end(), [](const auto* a, const auto* b) { return a->name < b->name; });
    const auto twice = std::adjacent_find(ordered.begin(), ordered.end(),
                                          [](const auto* a, const auto* b) { return a->name == b->name; });
    if (twice != ordered.end())
        throw_or_end(checkpoint_error(checkpoint_fault::duplicate_name, file,
                                      "tensor " + in_quotes((*twice)->name) + " was given twice",
                                      "give each tensor its own name"));
    std::stable_sort(ordered.begin(), ordered.end(),
                     [](const auto* a, const auto* b) { return size_of(a->type) > size_of(b->type); });

    const std::string header = safetensors_header_text(ordered, metadata);
    if (header.size() > max_safetensors_header)
        throw_or_end(checkpoint_error(checkpoint_fault::header_length, file,
                                      "the names and text pairs take " + std::to_string(header.size()) + " bytes",
                                      "the format allows 100000000: shorten the metadata or split the file"));
    const std::uint64_t size = header.size();
    const auto length = std::bit_cast<std::array<std::byte, 8>>(size);
    const auto write = [&] {
        atomic_file output(file);
        output.write(length);
        output.write(std::as_bytes(std::span(header)));
        for (const tensor_entry* entry : ordered) output.write(entry->bytes);
        output.commit();
    };
#if defined(__cpp_exceptions)
    try {
        write();
    } catch (const not_durable_error& reason) {
        throw checkpoint_error(checkpoint_fault::not_durable, file, reason.what(), "check the device and save again");
    } catch (const std::system_error& reason) {
        throw write_failure(file, reason);
    }
#else
    write();
#endif
}

}  // namespace ambit::checkpoint_parts
