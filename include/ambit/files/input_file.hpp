// SPDX-License-Identifier: BSL-1.0
// A regular file opened for reading at any offset. Pipes and devices are refused, so that nothing blocks.
//
//     input_file file("weights.bin");
//     std::vector<std::byte> start(std::min<std::uint64_t>(file.size(), 16));
//     std::size_t count = file.read_at(0, start);
#pragma once

#include <ambit/files/file_descriptor.hpp>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include <fcntl.h>
#include <sys/stat.h>

namespace AMBIT_NAMESPACE::file_parts {

/// Reads do not move a position: one file may be read by several threads. Failures are `std::system_error`.
class input_file {
public:
    explicit input_file(const std::string& path)
        // Without O_NONBLOCK, opening a pipe would wait for a writer before its kind can be seen.
        : descriptor_(
              uninterrupted([name = path_for_system(path)] { return ::open(name, O_RDONLY | O_CLOEXEC | O_NONBLOCK); }),
              "cannot open") {
        struct stat status {};
        if (uninterrupted([&] { return ::fstat(descriptor_.get(), &status); }) != 0) throw_errno("cannot open");
        if (S_ISDIR(status.st_mode)) throw_system_error(EISDIR, "cannot open");
        if (!S_ISREG(status.st_mode))
            throw_system_error(EINVAL, "cannot open what is not a regular file");
        size_ = static_cast<std::uint64_t>(status.st_size);
    }

    /// Bytes in the file when it was opened.
    std::uint64_t size() const { return size_; }

    /// Reads from `offset` until the destination is full or the file ends; returns the bytes read.
    std::size_t read_at(std::uint64_t offset, std::span<std::byte> destination) const {
        return descriptor_.read_at(offset, destination);
    }

    int descriptor() const { return descriptor_.get(); }

private:
    file_descriptor descriptor_;
    std::uint64_t size_ = 0;
};

}  // namespace ambit::file_parts
