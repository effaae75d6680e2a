// SPDX-License-Identifier: BSL-1.0
// An open POSIX file that closes itself; its reads and writes are complete or throw `std::system_error`.
//
//     file_descriptor log(::open("log", O_WRONLY), "cannot open");
//     log.write_all(std::as_bytes(std::span(text)));
#pragma once

#include <ambit/core/namespaces.hpp>
#include <ambit/core/throw_or_end.hpp>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <limits>
#include <span>
#include <string>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/types.h>
#include <unistd.h>

namespace AMBIT_NAMESPACE::file_parts {

#if !defined(__cpp_exceptions)
/// While it lives, the last words of this thread begin with the name of a file; where there are exceptions, those who
/// catch the system's say which file it was.
class last_words_of {
public:
    explicit last_words_of(const char* file) : outer_(std::exchange(innermost, file)) {}
    last_words_of(const last_words_of&) = delete;
    last_words_of& operator=(const last_words_of&) = delete;
    ~last_words_of() { innermost = outer_; }

    static inline thread_local const char* innermost = nullptr;

private:
    const char* outer_;
};
#endif

/// What the system refused.
template <class Error = std::system_error>
[[noreturn, gnu::cold]] void throw_system_error(int code, const char* doing) {
#if !defined(__cpp_exceptions)
    if (last_words_of::innermost != nullptr) std::fprintf(stderr, "%s: ", last_words_of::innermost);
#endif
    throw_or_end(Error(code, std::generic_category(), doing));
}

/// Throws `std::system_error` with `errno`; `what()` reads "doing: reason of the system".
[[noreturn]] inline void throw_errno(const char* doing) { throw_system_error(errno, doing); }

/// Makes a system call again as long as a signal interrupts it. Not for `close`, which has closed all the same.
template <class Call> auto uninterrupted(Call&& call) {
    auto result = call();
    while (result == -1 && errno == EINTR) result = call();
    return result;
}

/// A path for the system's functions. To them a zero byte ends it, and another file would be meant.
inline const char* path_for_system(const std::string& path) {
    if (path.find('\0') != std::string::npos)
        throw_system_error(EINVAL, "the path has a zero byte");
    return path.c_str();
}

/// The device, the quota or the allowed file size is used up.
inline bool is_out_of_space(const std::error_code& code) {
    return code.category() == std::generic_category() &&
           (code.value() == ENOSPC || code.value() == EDQUOT || code.value() == EFBIG);
}

/// Owns a file descriptor. Every failure is a `std::system_error` whose code is the system's.
class file_descriptor {
public:
    file_descriptor() = default;

    /// Takes what `open` returned; throws if that was a failure.
    file_descriptor(int descriptor, const char* doing) : descriptor_(descriptor) {
        if (descriptor_ < 0) throw_errno(doing);
    }

    file_descriptor(file_descriptor&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
    file_descriptor& operator=(file_descriptor&& other) noexcept {
        std::swap(descriptor_, other.descriptor_);
        return *this;
    }
    ~file_descriptor() {
        if (descriptor_ >= 0) ::close(descriptor_);
    }

    int get() const { return descriptor_; }

    /// Another descriptor of the same open file.
    file_descriptor duplicate() const {
        return {uninterrupted([&] { return ::fcntl(descriptor_, F_DUPFD_CLOEXEC, 0); }), "cannot keep open"};
    }

    /// Reads from `offset` until the destination is full or the file ends; returns the bytes read.
    std::size_t read_at(std::uint64_t offset, std::span<std::byte> destination) const {
        std::size_t done = 0;
        while (done < destination.size()) {
            if (offset + done > static_cast<std::uint64_t>((std::numeric_limits<off_t>::max)())) break;
            const ssize_t count = uninterrupted([&] {
                return ::pread(descriptor_, destination.data() + done, destination.size() - done,
                               static_cast<off_t>(offset + done));
            });
            if (count < 0) throw_errno("cannot read");
            if (count == 0) break;
            done += static_cast<std::size_t>(count);
        }
        return done;
    }

    /// Writes all bytes at the current position.
    void write_all(std::span<const std::byte> bytes) const {
        while (!bytes.empty()) {
            const ssize_t count = uninterrupted([&] { return ::write(descriptor_, bytes.data(), bytes.size()); });
            if (count < 0) throw_errno("cannot write");
            bytes = bytes.subspan(static_cast<std::size_t>(count));
        }
    }

    /// Writes all bytes from `offset` on; the position stays.
    void write_all_at(std::uint64_t offset, std::span<const std::byte> bytes) const {
        while (!bytes.empty()) {
            const ssize_t count = uninterrupted(
                [&] { return ::pwrite(descriptor_, bytes.data(), bytes.size(), static_cast<off_t>(offset)); });
            if (count < 0) throw_errno("cannot write");
            offset += static_cast<std::uint64_t>(count);
            bytes = bytes.subspan(static_cast<std::size_t>(count));
        }
    }

    /// Returns when the file's bytes are on the device.
    void sync() const {
        if (uninterrupted([&] { return ::fsync(descriptor_); }) != 0) throw_errno("cannot write to the device");
    }

    /// Closes and reports what the system found out only now, as network file systems do.
    void close() {
        if (::close(std::exchange(descriptor_, -1)) != 0 && errno != EINTR) throw_errno("cannot finish writing");
    }

private:
    int descriptor_ = -1;
};

}  // namespace ambit::file_parts
