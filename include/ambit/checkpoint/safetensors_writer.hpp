// SPDX-License-Identifier: BSL-1.0
// Writes safetensors files: named tensors and text pairs in one file that other libraries read as well.
//
//     write_safetensors("model.safetensors", entries, {{"step", "100"}});
//
// This is the format alone; what a model makes of names and shapes stands in save.hpp.
#pragma once

#include <ambit/checkpoint/checkpoint_error.hpp>
#include <ambit/checkpoint/checksums.hpp>
#include <ambit/checkpoint/safetensors_format.hpp>
#include <ambit/checkpoint/stored_tensor.hpp>
#include <ambit/checkpoint/written_file.hpp>
#include <ambit/core/later.hpp>
#include <ambit/core/throw_or_end.hpp>
#include <ambit/core/utf8.hpp>
#include <ambit/diagnostics/quoted.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace AMBIT_NAMESPACE::checkpoint_parts {

/// A JSON string. Precondition: `text` is UTF-8.
template <class Caller = void> void append_json_string(later<std::string, Caller>& result, std::string_view text) {
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

/// The text pairs as an object of JSON; refuses those that are not UTF-8.
template <class Caller = void>
std::string metadata_text(const later<checkpoint_metadata, Caller>& metadata, const std::string& file) {
    later<std::string, Caller> text = "{";
    for (const auto& [key, value] : metadata) {
        if (!is_utf8(key) || !is_utf8(value))
            throw_or_end(checkpoint_error(checkpoint_fault::invalid_name, file,
                                          "the metadata at " + in_quotes(key) + " is not UTF-8", "encode it as text"));
        if (text.size() > 1) text += ',';
        append_json_string(text, key);
        text += ':';
        append_json_string(text, value);
    }
    return text + '}';
}

/// The header for tensors whose data follow one another in this order, padded so that the data begin at a
/// multiple of 8 bytes in the file.
template <class Caller = void>
std::string safetensors_header_text(const std::vector<const later<tensor_entry, Caller>*>& entries,
                                    const later<checkpoint_metadata, Caller>& metadata, const std::string& file) {
    later<std::string, Caller> text = "{";
    if (!metadata.empty()) {
        append_json_string(text, safetensors_metadata_key);
        text += ':';
        text += metadata_text(metadata, file);
    }
    std::uint64_t offset = 0;
    for (const auto* entry : entries) {
        if (text.size() > 1) text += ',';
        append_json_string(text, entry->name);
        text += ":{\"dtype\":\"";
        text += safetensors_name(entry->type);
        text += "\",\"shape\":[";
        for (std::size_t axis = 0; axis < entry->extents.size(); ++axis) {
            if (axis > 0) text += ',';
            text += std::to_string(entry->extents[axis]);
        }
        text += "],\"data_offsets\":[";
        text += std::to_string(offset);
        offset += entry->size();
        text += ',';
        text += std::to_string(offset);
        text += "]}";
    }
    text += '}';
    text.append((8 - text.size() % 8) % 8, ' ');
    return text;
}

/// The text pair of checksums. `ordered` is so by name, and so are the sums of the entries' bytes.
template <class Caller = void>
std::string checksums_text(const std::vector<const later<tensor_entry, Caller>*>& ordered,
                           const later<checkpoint_metadata, Caller>& metadata,
                           const std::vector<later<std::uint32_t, Caller>>& sums) {
    checksum_of_description<Caller> description;
    for (const auto& [key, value] : metadata) description.add_pair(key, value);
    for (std::size_t e = 0; e < ordered.size(); ++e)
        description.add_tensor(ordered[e]->name, safetensors_name(ordered[e]->type), ordered[e]->extents, sums[e]);
    later<std::string, Caller> text;
    append_checksum(text, description.value());
    for (const std::uint32_t sum : sums) append_checksum(text, sum);
    return text;
}

/// Writes bytes and sums them up. A part is written as long as it is in the cache.
template <class Caller = void>
std::uint32_t write_and_sum(atomic_file& output, std::span<const later<std::byte, Caller>> bytes) {
    constexpr std::size_t part = 256 * 1024;
    std::uint32_t sum = 0;
    for (std::size_t done = 0; done < bytes.size(); done += part) {
        const auto next = bytes.subspan(done, (std::min)(part, bytes.size() - done));
        sum = file_parts::crc32c(next, sum);
        output.write(next);
    }
    return sum;
}

/// Writes tensors and text pairs, and their checksums; the same content gives the same bytes, whatever the order of the
/// entries: wider dtypes come first, so that every tensor is aligned, and equally wide ones are sorted by name.
///
/// The file appears complete or not at all: a failure, a full disk or a killed process leaves what was at `file`
/// before, and once the function returns the new content is on the device. `atomic_file` says how, and whose the file
/// is then. Throws `checkpoint_error`; of the kind `not_durable` after the new file is in place.
template <class Caller = void>
void write_safetensors(const std::string& file, std::span<const later<tensor_entry, Caller>> entries,
                       const later<checkpoint_metadata, Caller>& metadata = {}) {
    std::vector<const later<tensor_entry, Caller>*> ordered = in_order_of_name(entries, file);
    for (const auto* entry : ordered) {
        if (entry->name == safetensors_metadata_key)
            throw_or_end(checkpoint_error(checkpoint_fault::invalid_name, file,
                                          "tensor " + in_quotes(entry->name) + " was to be written",
                                          "__metadata__ is reserved for the text pairs: name it otherwise"));
        if (safetensors_name(entry->type).empty())
            throw_or_end(checkpoint_error(checkpoint_fault::unsupported_dtype, file,
                                          "tensor " + in_quotes(entry->name) + " is of " +
                                              std::string(name_of(entry->type)) + ", which the format lacks",
                                          "convert it, or save it as .npz"));
    }

    std::vector<later<std::size_t, Caller>> wide_first(ordered.size());  // their places in order of name
    std::iota(wide_first.begin(), wide_first.end(), std::size_t{0});
    std::stable_sort(wide_first.begin(), wide_first.end(), [&](std::size_t a, std::size_t b) {
        return size_of(ordered[a]->type) > size_of(ordered[b]->type);
    });
    std::vector<const later<tensor_entry, Caller>*> in_file;
    for (const std::size_t e : wide_first) in_file.push_back(ordered[e]);

    std::vector<later<std::uint32_t, Caller>> sums(ordered.size());
    later<checkpoint_metadata, Caller> pairs = metadata;
    const auto header_text = [&] {
        pairs[std::string(checksums_key)] = checksums_text(ordered, metadata, sums);
        return safetensors_header_text(in_file, pairs, file);
    };
    later<std::string, Caller> header = header_text();
    if (header.size() > max_safetensors_header)
        throw_or_end(checkpoint_error(checkpoint_fault::header_length, file,
                                      "the names and text pairs take " + std::to_string(header.size()) + " bytes",
                                      "the format allows 100000000: shorten the metadata or split the file"));
    const std::uint64_t size = header.size();
    const auto length = std::bit_cast<std::array<std::byte, 8>>(size);
    write_file(file, [&](atomic_file& output) {
        output.write(length);
        output.write(std::as_bytes(std::span(header)));
        std::vector<later<std::byte, Caller>> buffer;
        for (const std::size_t e : wide_first) sums[e] = write_and_sum(output, elements_of(*ordered[e], buffer));
        header = header_text();  // as long as before, with the sums, which are known now
        output.write_at(length.size(), std::as_bytes(std::span(header)));
    });
}

}  // namespace ambit::checkpoint_parts
