// SPDX-License-Identifier: BSL-1.0
// The temporaries of `atomic_file`, and what killed processes have left of them.
//
//     remove_abandoned(directory);                     // before one of our own is made
//     if (!hold_new(file)) …                           // make another: somebody took this one for abandoned
//
// A temporary is named `.ambit-<process>-<number>-<sum of both>.tmp`, and its writer holds it by `flock`, which the
// system ends when the process does, however that happens. So a file of such a name that nobody holds is abandoned: no
// guess by age, or by the numbers of processes, which are given out again and differ between containers. Removed is
// what has such a name, is a regular file under no other name, and can be held; whatever is not surely ours stays. On
// file systems that cannot lock (some of networks) nothing is removed.
#pragma once

#include <ambit/core/later.hpp>
#include <ambit/files/crc32c.hpp>
#include <ambit/files/file_descriptor.hpp>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

namespace AMBIT_NAMESPACE::file_parts {

/// `.ambit-4711-0-9f3c22d1.tmp`
template <class Caller = void> std::string name_of_temporary(std::uint64_t process, std::uint64_t number) {
    const later<std::string, Caller> text = ".ambit-" + std::to_string(process) + "-" + std::to_string(number);
    char sum[16];
    std::snprintf(sum, sizeof sum, "-%08x", crc32c(std::as_bytes(std::span(text))));
    return text + sum + ".tmp";
}

/// Whether the name is one of those, which nobody gives a file by chance.
template <class Caller = void> bool names_a_temporary(later<std::string_view, Caller> name) {
    constexpr std::string_view begin = ".ambit-", end = ".tmp";
    if (!name.starts_with(begin) || !name.ends_with(end)) return false;
    std::uint64_t numbers[2] = {};
    std::size_t at = begin.size();
    for (std::uint64_t& number : numbers) {
        for (int digits = 0; at < name.size() && name[at] >= '0' && name[at] <= '9' && digits < 19; ++digits)
            number = number * 10 + static_cast<std::uint64_t>(name[at++] - '0');
        if (at < name.size() && name[at] == '-') ++at;
    }
    return name == name_of_temporary(numbers[0], numbers[1]);
}

/// Holds a new temporary until it is closed. False if somebody was quicker, who takes it for abandoned and removes it;
/// true, too, where the file system cannot lock.
template <class = void> bool hold_new(const file_descriptor& file) {
    if (uninterrupted([&] { return ::flock(file.get(), LOCK_EX | LOCK_NB); }) != 0) return errno != EWOULDBLOCK;
    struct stat status {};
    return uninterrupted([&] { return ::fstat(file.get(), &status); }) != 0 || status.st_nlink > 0;
}

/// Removes a temporary if it is abandoned.
template <class = void> void remove_if_abandoned(const file_descriptor& directory, const char* name) noexcept {
    struct stat status {};
    const auto is_ours = [&] { return S_ISREG(status.st_mode) && status.st_nlink == 1; };
    // Looked at first: opening a device may do something.
    if (::fstatat(directory.get(), name, &status, AT_SYMLINK_NOFOLLOW) != 0 || !is_ours()) return;
    // Networks lock what is open for writing only; what may not be written can still be locked here.
    constexpr int flags = O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK;
    int opened = uninterrupted([&] { return ::openat(directory.get(), name, O_RDWR | flags); });
    if (opened < 0) opened = uninterrupted([&] { return ::openat(directory.get(), name, O_RDONLY | flags); });
    if (opened < 0) return;
    if (uninterrupted([&] { return ::flock(opened, LOCK_EX | LOCK_NB); }) == 0) {
        // It may have become the target, or have gone, before it was locked; while it is, its name is nobody else's.
        struct stat named {};
        if (::fstat(opened, &status) == 0 && is_ours() &&
            ::fstatat(directory.get(), name, &named, AT_SYMLINK_NOFOLLOW) == 0 && named.st_dev == status.st_dev &&
            named.st_ino == status.st_ino)
            uninterrupted([&] { return ::unlinkat(directory.get(), name, 0); });
    }
    ::close(opened);
}

/// Removes the abandoned temporaries of a directory. What fails is left to the next writer: this one has other work.
template <class Caller = void> void remove_abandoned(const file_descriptor& directory) {
    // A descriptor of its own: a duplicate would share the position.
    const int opened =
        uninterrupted([&] { return ::openat(directory.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC); });
    if (opened < 0) return;
    const auto close_entries = [](DIR* entries) { ::closedir(entries); };
    const std::unique_ptr<later<DIR, Caller>, decltype(close_entries)> entries(::fdopendir(opened), close_entries);
    if (entries == nullptr) {
        ::close(opened);
        return;
    }
    while (const dirent* const entry = ::readdir(entries.get()))
        if (names_a_temporary(entry->d_name)) remove_if_abandoned(directory, entry->d_name);
}

}  // namespace ambit::file_parts
