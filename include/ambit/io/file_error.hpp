// SPDX-License-Identifier: BSL-1.0
// What is thrown when a file of data or a picture cannot be read or written.
//
//     try { picture = read_image(path); }
//     catch (const file_error& e) { if (e.kind() == file_fault::cannot_open) ask_for_another(e.file()); }
#pragma once

#include <ambit/core/standard.hpp>
#include <ambit/diagnostics/error.hpp>
#include <ambit/diagnostics/quoted.hpp>

#include <filesystem>
#include <string>
#include <string_view>
#include <utility>

namespace AMBIT_NAMESPACE {

enum class file_fault {
    cannot_open,     ///< missing, not permitted, or not a regular file
    cannot_read,     ///< the system failed while reading
    cannot_write,    ///< the system refused to create, write or replace
    disk_full,       ///< device, quota or file size limit used up while writing
    not_durable,     ///< the new file is in place, but a power failure may bring the old one back
    unknown_format,  ///< the file does not begin as any format that the reader knows
    unsupported,     ///< the right format, but a variant that is not read
    too_large,       ///< more than the documented limit
    corrupt,         ///< the content contradicts itself or the format, or ends too early
    wrong_size,      ///< the file holds another number of samples than was asked for
    bad_argument,    ///< the call asks for something that does not exist
    illegal_value,   ///< an element that must not occur: a label beyond the last class
    disagreement,    ///< two files that belong together have different numbers of examples
    not_a_number,    ///< a field of text that is no number of the type asked for
    out_of_range,    ///< a number that the type asked for cannot hold
    ragged,          ///< a row that has more or fewer fields than those before it
};

/// `what()` reads "file: what was found; what to do". Text that comes from outside is in quotes, without control
/// characters, and cut when long; `file()` is the path as it was given.
class file_error : public error {
public:
    file_error(file_fault kind, std::filesystem::path file, std::string_view found, std::string_view advice)
        : error(mistake_parts::shown_path(file.string()) + ": " + std::string(found) + "; " + std::string(advice)),
          kind_(kind),
          file_(std::move(file)) {}

    file_fault kind() const { return kind_; }
    const std::filesystem::path& file() const { return file_; }

private:
    file_fault kind_;
    std::filesystem::path file_;
};

/// A file error about a picture.
class image_error : public file_error {
public:
    using file_error::file_error;
};

}  // namespace ambit
