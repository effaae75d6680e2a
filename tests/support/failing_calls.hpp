// SPDX-License-Identifier: BSL-1.0
// Lets system calls fail when a test wants it: the functions below stand in for those of the C library in the whole
// program. Include it in one file of a test program.
//
//     const failing_call plan("fsync", EIO, 1);          // the second fsync fails; until the plan ends
#pragma once

#include <cerrno>
#include <cstdarg>
#include <cstddef>
#include <string_view>

#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace ambit_test {

/// While it lives, `passing` calls of a function succeed and the next `times` fail with an error. With the error 0 they
/// do half of what was asked, as a write may.
class failing_call {
public:
    failing_call(std::string_view function, int error, int passing = 0, int times = 1)
        : function_(function), error_(error), passing_(passing), times_(times) {
        current = this;
    }
    failing_call(const failing_call&) = delete;
    failing_call& operator=(const failing_call&) = delete;
    ~failing_call() { current = nullptr; }

    /// Calls of the function so far.
    int calls() const { return calls_; }
    bool has_failed() const { return calls_ > passing_; }

    enum class outcome { as_usual, fails, halved };
    static outcome of(std::string_view function) {
        if (current == nullptr || current->function_ != function) return outcome::as_usual;
        const int call = current->calls_++;
        if (call < current->passing_ || call >= current->passing_ + current->times_) return outcome::as_usual;
        errno = current->error_;
        return current->error_ == 0 ? outcome::halved : outcome::fails;
    }

private:
    static inline failing_call* current = nullptr;
    std::string_view function_;
    int error_, passing_, times_, calls_ = 0;
};

}  // namespace ambit_test

extern "C" {

ssize_t write(int file, const void* bytes, std::size_t count) {
    using ambit_test::failing_call;
    const auto outcome = failing_call::of("write");
    if (outcome == failing_call::outcome::fails) return -1;
    return ::syscall(SYS_write, file, bytes, outcome == failing_call::outcome::halved ? (count + 1) / 2 : count);
}

ssize_t pwrite(int file, const void* bytes, std::size_t count, off_t offset) {
    using ambit_test::failing_call;
    const auto outcome = failing_call::of("pwrite");
    if (outcome == failing_call::outcome::fails) return -1;
    const std::size_t done = outcome == failing_call::outcome::halved ? (count + 1) / 2 : count;
    return ::syscall(SYS_pwrite64, file, bytes, done, offset);
}
int sync_file_range(int file, off64_t offset, off64_t count, unsigned flags) {
    if (ambit_test::failing_call::of("sync_file_range") == ambit_test::failing_call::outcome::fails) return -1;
    return static_cast<int>(::syscall(SYS_sync_file_range, file, offset, count, flags));
}
int fsync(int file) {
    if (ambit_test::failing_call::of("fsync") == ambit_test::failing_call::outcome::fails) return -1;
    return static_cast<int>(::syscall(SYS_fsync, file));
}
int close(int file) {
    const auto outcome = ambit_test::failing_call::of("close");
    const int reason = errno;
    const int result = static_cast<int>(::syscall(SYS_close, file));
    if (outcome == ambit_test::failing_call::outcome::as_usual) return result;
    errno = reason;  // it is closed all the same
    return -1;
}
int openat(int directory, const char* name, int flags, ...) {
    if (ambit_test::failing_call::of("openat") == ambit_test::failing_call::outcome::fails) return -1;
    mode_t mode = 0;
    if ((flags & O_CREAT) != 0) {
        std::va_list more;
        va_start(more, flags);
        mode = va_arg(more, mode_t);
        va_end(more);
    }
    return static_cast<int>(::syscall(SYS_openat, directory, name, flags, mode));
}
int renameat(int from, const char* old_name, int to, const char* new_name) noexcept {
    if (ambit_test::failing_call::of("renameat") == ambit_test::failing_call::outcome::fails) return -1;
    return static_cast<int>(::syscall(SYS_renameat2, from, old_name, to, new_name, 0));
}
int fchmod(int file, mode_t mode) noexcept {
    if (ambit_test::failing_call::of("fchmod") == ambit_test::failing_call::outcome::fails) return -1;
    return static_cast<int>(::syscall(SYS_fchmod, file, mode));
}
int fchown(int file, uid_t owner, gid_t group) noexcept {
    if (ambit_test::failing_call::of("fchown") == ambit_test::failing_call::outcome::fails) return -1;
    return static_cast<int>(::syscall(SYS_fchown, file, owner, group));
}
int flock(int file, int operation) noexcept {
    if (ambit_test::failing_call::of("flock") == ambit_test::failing_call::outcome::fails) return -1;
    return static_cast<int>(::syscall(SYS_flock, file, operation));
}
int unlinkat(int directory, const char* name, int flags) noexcept {
    if (ambit_test::failing_call::of("unlinkat") == ambit_test::failing_call::outcome::fails) return -1;
    return static_cast<int>(::syscall(SYS_unlinkat, directory, name, flags));
}

}  // extern "C"
