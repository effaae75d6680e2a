// SPDX-License-Identifier: BSL-1.0
// Reads safetensors files, and trusts nothing in them.
//
//     safetensors_file file("model.safetensors");
//     if (const tensor_location* found = file.find("dense/kernel")) {
//         std::vector<std::byte> bytes(found->size);
//         file.read(*found, bytes);
//     }
//
// This is the format alone; what a model makes of names and shapes stands in load.hpp.
#pragma once

#include <ambit/checkpoint/checkpoint_error.hpp>
#include <ambit/checkpoint/safetensors_header.hpp>
#include <ambit/core/dtype.hpp>
#include <ambit/files/input_file.hpp>
#include <ambit/core/shape.hpp>
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

namespace AMBIT_NAMESPACE::checkpoint_parts {

/// An open safetensors file. The constructor reads and checks the whole header, so that what it lists can be
/// trusted: shapes are legal, sizes fit shapes, and the ranges tile the data. Tensors are read one by one,
/// with plain reads, from several threads if need be. Elements are not judged, except that a bool is 0 or 1.
class safetensors_file {
public:
    /// Throws `checkpoint_error`.
    explicit safetensors_file(std::string file) : path_(std::move(file)), file_(open(path_)) {
        std::array<std::byte, 8> prefix{};
        if (file_.size() < prefix.size())
            throw checkpoint_error(
                checkpoint_fault::truncated, path_,
                "the file has " + std::to_string(file_.size()) + " bytes, and the length of the header alone takes 8",
                "fetch it or save it again");
        read_at(0, prefix);
        const auto length = std::bit_cast<std::uint64_t>(prefix);
        if (length > max_safetensors_header)
            throw checkpoint_error(
                checkpoint_fault::header_length, path_,
                "the header is said to take " + std::to_string(length) + " bytes, where the format allows 100000000",
                "this is not a safetensors file, or it is damaged: fetch it or save it again");
        if (length > file_.size() - prefix.size())
            throw checkpoint_error(checkpoint_fault::truncated, path_,
                                   "the header is said to take " + std::to_string(length) + " bytes, and " +
                                       std::to_string(file_.size() - prefix.size()) + " follow",
                                   "the file was cut short: fetch it or save it again");
        std::string text(static_cast<std::size_t>(length), '\0');
        read_at(prefix.size(), std::as_writable_bytes(std::span(text)));
        data_begin_ = prefix.size() + length;
        header_ = parse_safetensors_header(text, file_.size() - data_begin_, path_);
    }

    const std::string& path() const { return path_; }

    /// All tensors, sorted by name.
    std::span<const tensor_location> tensors() const { return header_.tensors; }

    const checkpoint_metadata& metadata() const { return header_.metadata; }

    /// The tensor of this name; null if there is none.
    const tensor_location* find(std::string_view name) const {
        const auto found = std::lower_bound(header_.tensors.begin(), header_.tensors.end(), name,
                                            [](const tensor_location& a, std::string_view b) { return a.name < b; });
        return found != header_.tensors.end() && found->name == name ? &*found : nullptr;
    }

    /// Reads one of `tensors()` into exactly `tensor.size` bytes. Throws `checkpoint_error`; the destination
    /// may then hold part of the data.
    void read(const tensor_location& tensor, std::span<std::byte> destination) const {
        if (destination.size() != tensor.size)
            throw checkpoint_error(checkpoint_fault::wrong_size, path_,
                                   "tensor " + in_quotes(tensor.name) + " takes " + std::to_string(tensor.size) +
                                       " bytes and was to be read into " + std::to_string(destination.size()),
                                   "pass a destination of its size");
        read_at(data_begin_ + tensor.offset, destination);
        if (tensor.type != boolean) return;
        for (std::size_t index = 0; index < destination.size(); ++index)
            if (destination[index] > std::byte{1})
                throw checkpoint_error(checkpoint_fault::illegal_value, path_,
                                       "element " + std::to_string(index) + " of the BOOL tensor " +
                                           in_quotes(tensor.name) + " is " +
                                           std::to_string(std::to_integer<int>(destination[index])),
                                       "a bool is 0 or 1: fetch the file or save it again");
    }

private:
    static input_file open(const std::string& file) {
        try {
            return input_file(file);
        } catch (const std::system_error& reason) {
            throw checkpoint_error(checkpoint_fault::cannot_open, file, reason.what(),
                                   "check the path and its permissions");
        }
    }

    void read_at(std::uint64_t offset, std::span<std::byte> destination) const {
        std::size_t count = 0;
        try {
            count = file_.read_at(offset, destination);
        } catch (const std::system_error& reason) {
            throw checkpoint_error(checkpoint_fault::cannot_read, path_, reason.what(), "check the device");
        }
        if (count != destination.size())
            throw checkpoint_error(checkpoint_fault::truncated, path_,
                                   "the file ends at byte " + std::to_string(offset + count) + ", before byte " +
                                       std::to_string(offset + destination.size()),
                                   "it became shorter after it was opened: let its writer finish, then read again");
    }

    std::string path_;
    input_file file_;
    std::uint64_t data_begin_ = 0;
    safetensors_header header_;
};

}  // namespace ambit::checkpoint_parts
