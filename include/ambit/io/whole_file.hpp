// SPDX-License-Identifier: BSL-1.0
// Whole files in and out: bounded reads, and writes that replace the old file completely or not at all.
//
//     std::vector<std::byte> bytes = read_file<image_error>(path, 1 << 20);
//     write_file<image_error>(path, bytes);
#pragma once

#include <ambit/core/standard.hpp>
#include <ambit/files/atomic_file.hpp>
#include <ambit/files/input_file.hpp>
#include <ambit/io/file_error.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <system_error>
#include <vector>

namespace AMBIT_NAMESPACE::io_parts {

/// `file_error` or one derived from it.
template <class Error>
concept file_error_type = std::derived_from<Error, file_error>;

/// Opens a regular file for reading; throws `Error`.
template <file_error_type Error = file_error> input_file open_file(const std::filesystem::path& file) {
    try {
        return input_file(file);
    } catch (const std::system_error& reason) {
        throw Error(file_fault::cannot_open, file, reason.what(), "check the path and its permissions");
    }
}

/// All bytes of a regular file of at most `limit` bytes; throws `Error`.
template <file_error_type Error = file_error>
std::vector<std::byte> read_file(const std::filesystem::path& file, std::uint64_t limit) {
    const input_file input = open_file<Error>(file);
    if (input.size() > limit)
        throw Error(file_fault::too_large, file, "the file has " + std::to_string(input.size()) + " bytes",
                    "at most " + std::to_string(limit) + " are read: split it or choose another");
    std::vector<std::byte> bytes(input.size());
    try {
        bytes.resize(input.read_at(0, bytes));
    } catch (const std::system_error& reason) {
        throw Error(file_fault::cannot_read, file, reason.what(), "check the device");
    }
    return bytes;
}

/// Puts these bytes at `file`, durably, or leaves what was there; `atomic_file` says how. Throws `Error`; of the kind
/// `not_durable` after the new file is in place.
template <file_error_type Error = file_error>
void write_file(const std::filesystem::path& file, std::span<const std::byte> bytes) {
    try {
        atomic_file output(file);
        output.write(bytes);
        output.commit();
    } catch (const not_durable_error& reason) {
        throw Error(file_fault::not_durable, file, reason.what(), "check the device and write again");
    } catch (const std::system_error& reason) {
        if (is_out_of_space(reason.code()))
            throw Error(file_fault::disk_full, file, reason.what(),
                        "free some space or write elsewhere; what was there before is unchanged");
        throw Error(file_fault::cannot_write, file, reason.what(), "check the directory and its permissions");
    }
}

}  // namespace ambit::io_parts
