// SPDX-License-Identifier: BSL-1.0
// A checkpoint that is mapped into memory instead of being read: it is open at once, however large it is, and its pages
// are read as they are used, and shared by all processes that map it.
//
//     const std::shared_ptr<const tensor_source> weights = map_checkpoint("model.safetensors");
//     use_in_place(net, weights);                            // checkpoint/use_in_place.hpp
//
// The file must not change as long as it is mapped. A saver, and every writer of ambit, replaces a file by another one,
// which does not harm; who writes into it, or cuts it off, changes the weights of whoever maps it, or ends that program
// by SIGBUS. Nothing compares checksums, which would read all of it: `load(net, *weights)` does.
#pragma once

#include <ambit/checkpoint/checkpoint_error.hpp>
#include <ambit/checkpoint/open_checkpoint.hpp>
#include <ambit/checkpoint/tensor_source.hpp>
#include <ambit/files/input_file.hpp>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include <sys/mman.h>

namespace AMBIT_NAMESPACE::checkpoint_parts {

/// The pages of a file. What is written to them is this process's alone, and never reaches the file.
class mapped_pages {
public:
    explicit mapped_pages(const std::string& path) {
        const file_parts::input_file file(path);
        const std::uint64_t size = file.size();
        if (size > (std::numeric_limits<std::size_t>::max)())
            throw_or_end(std::system_error(EFBIG, std::generic_category(), "cannot map"));
        size_ = static_cast<std::size_t>(size);
        if (size_ == 0) return;
        void* const begin =
            ::mmap(nullptr, size_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_NORESERVE, file.descriptor(), 0);
        if (begin == MAP_FAILED) file_parts::throw_errno("cannot map");
        begin_ = static_cast<std::byte*>(begin);
    }
    mapped_pages(mapped_pages&& other) noexcept
        : begin_(std::exchange(other.begin_, nullptr)), size_(std::exchange(other.size_, 0)) {}
    mapped_pages& operator=(mapped_pages&&) = delete;
    ~mapped_pages() {
        if (begin_ != nullptr) ::munmap(begin_, size_);
    }
    std::span<const std::byte> bytes() const { return {begin_, size_}; }

private:
    std::byte* begin_ = nullptr;
    std::size_t size_ = 0;
};

/// A source in memory, and that memory.
class mapped_checkpoint final : public tensor_source {
public:
    explicit mapped_checkpoint(const std::string& file)
        : pages_(map(file)), source_(open_checkpoint(pages_.bytes(), file)) {}

    const std::string& file() const override { return source_->file(); }
    std::span<const stored_tensor> tensors() const override { return source_->tensors(); }
    const checkpoint_metadata& metadata() const override { return source_->metadata(); }
    std::string_view format() const override { return source_->format(); }
    std::string_view checksum() const override { return source_->checksum(); }
    std::span<const std::byte> in_place(std::size_t tensor) const override { return source_->in_place(tensor); }

private:
    static mapped_pages map(const std::string& file) {
        try {
            return mapped_pages(file);
        } catch (const std::system_error& reason) {
            throw checkpoint_error(checkpoint_fault::cannot_open, file, reason.what(),
                                   "check the path and its permissions");
        }
    }
    void read_elements(std::size_t tensor, std::span<std::byte> destination) const override {
        source_->read(tensor, destination);
    }

    mapped_pages pages_;
    std::unique_ptr<tensor_source> source_;
};

}  // namespace ambit::checkpoint_parts

namespace AMBIT_NAMESPACE {

/// Opens a checkpoint without reading more than what it says of itself. The file must not change as long as it is open.
/// Throws `checkpoint_error`.
inline std::shared_ptr<const tensor_source> map_checkpoint(const std::string& file) {
    return std::make_shared<checkpoint_parts::mapped_checkpoint>(file);
}

}  // namespace ambit
