// SPDX-License-Identifier: BSL-1.0
// Reads safetensors files, and trusts nothing in them.
//
//     safetensors_file file("model.safetensors");
//     if (const stored_tensor* found = file.find("dense/kernel")) {
//         std::vector<std::byte> bytes(found->bytes);
//         file.read(*found, bytes);
//     }
//
// This is the format alone; what a model makes of names and shapes stands in load.hpp.
#pragma once

#include <ambit/checkpoint/byte_source.hpp>
#include <ambit/checkpoint/checkpoint_error.hpp>
#include <ambit/checkpoint/checksums.hpp>
#include <ambit/checkpoint/safetensors_header.hpp>
#include <ambit/checkpoint/tensor_source.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace AMBIT_NAMESPACE::checkpoint_parts {

/// An open safetensors file. The constructor reads and checks the whole header, so that what it lists can be trusted:
/// sizes fit shapes, and the ranges tile the data. Tensors are read one by one, with plain reads, and compared with
/// their checksums where the file has them; those that are used in place, in memory, are not.
class safetensors_file final : public tensor_source {
public:
    /// Throws `checkpoint_error`.
    explicit safetensors_file(std::string file) : safetensors_file(byte_source(std::move(file))) {}

    explicit safetensors_file(byte_source source) : source_(std::move(source)) {
        std::array<std::byte, 8> prefix{};
        if (source_.size() < prefix.size())
            throw checkpoint_error(
                checkpoint_fault::truncated, file(),
                "the file has " + std::to_string(source_.size()) + " bytes, and the length of the header alone takes 8",
                "fetch it or save it again");
        source_.read_at(0, prefix);
        const auto length = std::bit_cast<std::uint64_t>(prefix);
        if (length > max_safetensors_header)
            throw checkpoint_error(
                checkpoint_fault::header_length, file(),
                "the header is said to take " + std::to_string(length) + " bytes, where the format allows 100000000",
                "this is not a safetensors file, or it is damaged: fetch it or save it again");
        if (length > source_.size() - prefix.size())
            throw checkpoint_error(checkpoint_fault::truncated, file(),
                                   "the header is said to take " + std::to_string(length) + " bytes, and " +
                                       std::to_string(source_.size() - prefix.size()) + " follow",
                                   "the file was cut short: fetch it or save it again");
        std::string text(static_cast<std::size_t>(length), '\0');
        source_.read_at(prefix.size(), std::as_writable_bytes(std::span(text)));
        data_begin_ = prefix.size() + length;
        header_ = parse_safetensors_header(text, source_.size() - data_begin_, file());
    }

    const std::string& file() const override { return source_.name(); }
    std::span<const stored_tensor> tensors() const override { return header_.tensors; }
    const checkpoint_metadata& metadata() const override { return header_.metadata; }
    std::string_view format() const override { return "safetensors"; }
    std::string_view checksum() const override { return header_.checksums.empty() ? "" : "CRC-32C"; }

    std::span<const std::byte> in_place(std::size_t tensor) const override {
        return source_.in_place(data_begin_ + header_.offsets[tensor], header_.tensors[tensor].bytes);
    }

private:
    void read_elements(std::size_t tensor, std::span<std::byte> destination) const override {
        const std::uint64_t begin = data_begin_ + header_.offsets[tensor];
        if (header_.checksums.empty()) return source_.read_at(begin, destination);
        // A part is summed up as long as it is in the cache.
        constexpr std::size_t part = 256 * 1024;
        std::uint32_t sum = 0;
        for (std::size_t done = 0; done < destination.size(); done += part) {
            const auto next = destination.subspan(done, (std::min)(part, destination.size() - done));
            source_.read_at(begin + done, next);
            sum = file_parts::crc32c(next, sum);
        }
        if (sum != header_.checksums[tensor])
            throw checkpoint_error(checkpoint_fault::wrong_checksum, file(),
                                   "the bytes of tensor " + in_quotes(header_.tensors[tensor].name) +
                                       " are not those that its checksum was made for",
                                   advice_on_checksums);
    }

    byte_source source_;
    std::uint64_t data_begin_ = 0;
    safetensors_header header_;
};

}  // namespace ambit::checkpoint_parts
