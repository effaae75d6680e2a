// SPDX-License-Identifier: BSL-1.0
// What the writers of all formats share: a file that appears complete or not at all, and what is refused before that.
//
//     write_file(file, [&](atomic_file& output) { output.write(bytes); });
#pragma once

#include <ambit/checkpoint/checkpoint_error.hpp>
#include <ambit/checkpoint/stored_tensor.hpp>
#include <ambit/core/later.hpp>
#include <ambit/core/throw_or_end.hpp>
#include <ambit/core/utf8.hpp>
#include <ambit/diagnostics/quoted.hpp>
#include <ambit/files/atomic_file.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <system_error>
#include <vector>

namespace AMBIT_NAMESPACE::checkpoint_parts {

template <class = void> checkpoint_error write_failure(const std::string& file, const std::system_error& reason) {
    if (is_out_of_space(reason.code()))
        return {checkpoint_fault::disk_full, file, reason.what(),
                "free some space or save elsewhere; what was saved there before is unchanged"};
    return {checkpoint_fault::cannot_write, file, reason.what(), "check the directory and its permissions"};
}

/// Replaces `file` by what `write` writes, completely or not at all; what the system refuses is a `checkpoint_error`.
template <class Write> void write_file(const std::string& file, Write&& write) {
    const auto replace = [&] {
        atomic_file output(file);
        write(output);
        output.commit();
    };
#if defined(__cpp_exceptions)
    try {
        replace();
    } catch (const not_durable_error& reason) {
        throw checkpoint_error(checkpoint_fault::not_durable, file, reason.what(), "check the device and save again");
    } catch (const std::system_error& reason) {
        throw write_failure(file, reason);
    }
#else
    const std::string shown = mistake_parts::shown_path(file);
    const last_words_of about(shown.c_str());
    replace();
#endif
}

/// Refuses a tensor that no format could hold.
template <class Caller = void> void check_entry(const later<tensor_entry, Caller>& entry, const std::string& file) {
    const later<std::string, Caller> subject = "tensor " + in_quotes(entry.name);
    if (!is_utf8(entry.name))
        throw_or_end(checkpoint_error(checkpoint_fault::invalid_name, file, subject + " was to be written",
                                      "names are UTF-8: encode it so"));
    if (entry.type == element_type::other)
        throw_or_end(
            checkpoint_error(checkpoint_fault::unsupported_dtype, file, subject + " has no dtype", "give it one"));
    const std::optional<std::uint64_t> needed = bytes_of(entry.extents, size_of(entry.type));
    if (!needed)
        throw_or_end(checkpoint_error(checkpoint_fault::illegal_shape, file, subject + " has an illegal shape",
                                      "extents are at least 0, and its bytes are counted in 63 bits"));
    if (entry.size() != *needed)
        throw_or_end(checkpoint_error(checkpoint_fault::wrong_size, file,
                                      subject + " was given as " + std::to_string(entry.size()) +
                                          " bytes, and its shape and dtype take " + std::to_string(*needed),
                                      "pass exactly its elements"));
}

/// The elements of an entry where they lie, or read into the buffer.
template <class Caller = void>
std::span<const std::byte> elements_of(const tensor_entry& entry, later<std::vector<std::byte>, Caller>& buffer) {
    if (entry.source == nullptr) return entry.bytes;
    buffer.resize(entry.size());
    entry.source->read(entry.number, buffer);
    return buffer;
}

/// The entries in order of name, each checked; a name that occurs twice is refused.
template <class Caller = void>
std::vector<const later<tensor_entry, Caller>*> in_order_of_name(std::span<const later<tensor_entry, Caller>> entries,
                                                                 const std::string& file) {
    std::vector<const later<tensor_entry, Caller>*> ordered;
    ordered.reserve(entries.size());
    for (const auto& entry : entries) {
        check_entry(entry, file);
        ordered.push_back(&entry);
    }
    std::sort(ordered.begin(), ordered.end(), [](const auto* a, const auto* b) { return a->name < b->name; });
    const auto twice = std::adjacent_find(ordered.begin(), ordered.end(),
                                          [](const auto* a, const auto* b) { return a->name == b->name; });
    if (twice != ordered.end())
        throw_or_end(checkpoint_error(checkpoint_fault::duplicate_name, file,
                                      "tensor " + in_quotes((*twice)->name) + " was given twice",
                                      "give each tensor its own name"));
    return ordered;
}

}  // namespace ambit::checkpoint_parts
