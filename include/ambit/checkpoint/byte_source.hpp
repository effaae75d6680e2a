// SPDX-License-Identifier: BSL-1.0
// The bytes of a checkpoint, in a file or in memory, read at any offset.
//
//     byte_source weights("model.npz");
//     byte_source embedded(std::as_bytes(std::span(bytes)), "weights of the program");
#pragma once

#include <ambit/checkpoint/checkpoint_error.hpp>
#include <ambit/files/input_file.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <system_error>
#include <utility>

#include <sys/stat.h>

namespace AMBIT_NAMESPACE::checkpoint_parts {

/// Reads do not move a position: several threads may read. Failures are `checkpoint_error`.
class byte_source {
public:
    explicit byte_source(std::string file) : name_(std::move(file)), file_(open(name_)), size_(file_->size()) {}

    /// Memory that outlives the source; `called` stands for the file's name in messages.
    byte_source(std::span<const std::byte> bytes, std::string called)
        : name_(std::move(called)), memory_(bytes), size_(bytes.size()) {}

    const std::string& name() const { return name_; }
    std::uint64_t size() const { return size_; }

    bool is_in_memory() const { return !file_; }

    /// The bytes where they lie; nothing of a file. Precondition: they are within the source.
    std::span<const std::byte> in_place(const std::uint64_t offset, const std::uint64_t count) const {
        if (file_) return {};
        return memory_.subspan(static_cast<std::size_t>(offset), static_cast<std::size_t>(count));
    }

    /// Fills the destination with what begins at `offset`.
    void read_at(std::uint64_t offset, std::span<std::byte> destination) const {
        std::size_t count = 0;
        if (!file_) {
            const std::uint64_t begin = (std::min)(offset, size_);
            count = static_cast<std::size_t>((std::min<std::uint64_t>)(destination.size(), size_ - begin));
            if (count > 0) std::memcpy(destination.data(), memory_.data() + begin, count);
        } else {
            try {
                count = file_->read_at(offset, destination);
            } catch (const std::system_error& reason) {
                throw checkpoint_error(checkpoint_fault::cannot_read, name_, reason.what(), "check the device");
            }
        }
        if (count != destination.size())
            throw checkpoint_error(checkpoint_fault::truncated, name_,
                                   "the file ends at byte " + std::to_string(offset + count) + ", before byte " +
                                       std::to_string(offset + destination.size()),
                                   "it became shorter after it was opened: let its writer finish, then read again");
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

    std::string name_;
    std::optional<input_file> file_;
    std::span<const std::byte> memory_;
    std::uint64_t size_ = 0;
};

/// Something has this path; whether it can be opened is another question.
inline bool is_there(const std::string& path) {
    struct stat status {};
    return path.find('\0') == std::string::npos && ::stat(path.c_str(), &status) == 0;
}

}  // namespace ambit::checkpoint_parts
