// SPDX-License-Identifier: BSL-1.0
// What is thrown when a checkpoint cannot be read or written.
//
//     try { load(net, path); }
//     catch (const checkpoint_error& e) { if (e.kind() == checkpoint_fault::truncated) fetch(e.file()); }
#pragma once

#include <ambit/diagnostics/error.hpp>
#include <ambit/diagnostics/quoted.hpp>

#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace AMBIT_NAMESPACE {

enum class checkpoint_fault {
    cannot_open,        ///< missing, not permitted, or not a regular file
    cannot_read,        ///< the system failed while reading
    cannot_write,       ///< the system refused to create, write or replace
    disk_full,          ///< device, quota or file size limit used up while writing
    not_durable,        ///< the new file is in place, but a power failure may bring the old one back
    truncated,          ///< the file is shorter than it says
    header_length,      ///< the header is said to be longer than the format allows
    header_syntax,      ///< the header is not JSON
    header_field,       ///< the header is JSON, but not of the format's form
    invalid_name,       ///< a name is not UTF-8, or reserved
    duplicate_name,     ///< a name occurs twice
    unsupported_dtype,  ///< an element type that ambit does not hold
    illegal_shape,      ///< an extent of 0, too many extents, or too many elements
    wrong_offsets,      ///< data ranges contradict shapes, overlap, or leave bytes to nobody
    wrong_size,         ///< the caller's bytes do not fit the tensor
    illegal_value,      ///< an element that its dtype does not have: a bool of neither 0 nor 1
    unknown_format,     ///< no checkpoint of a format that the program reads
    unsupported,        ///< of the format, but of a kind that is not read: encrypted, partitioned, pickled
    damaged,            ///< compressed data, or a table, that contradict themselves
    wrong_checksum,     ///< bytes that are not those whose checksum was stored
    other_variables,    ///< the file's tensors are not exactly the model's variables
};

class load_report;

/// `what()` reads "file: what was found; what to do". Names that come from outside are in quotes, without control
/// characters, cut when long, and few; `file()` is the path as it was given.
class checkpoint_error : public error {
public:
    checkpoint_error(checkpoint_fault kind, std::string file, std::string_view found, std::string_view advice,
                     std::shared_ptr<const load_report> report = nullptr)
        : error(mistake_parts::shown_path(file) + ": " + std::string(found) + "; " + std::string(advice)),
          kind_(kind),
          file_(std::move(file)),
          report_(std::move(report)) {}

    checkpoint_fault kind() const { return kind_; }
    const std::string& file() const { return file_; }
    /// What `load` found of each variable, if the kind is `other_variables`; else null.
    const load_report* report() const noexcept { return report_.get(); }

private:
    checkpoint_fault kind_;
    std::string file_;
    std::shared_ptr<const load_report> report_;
};

}  // namespace ambit
