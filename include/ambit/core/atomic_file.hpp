// SPDX-License-Identifier: BSL-1.0
// A file that replaces another one completely or not at all, and is on the device when `commit` returns.
//
//     atomic_file file("model.safetensors");
//     file.write(bytes);
//     file.commit();                          // without this line the target stays as it was
#pragma once

#include <ambit/core/file_descriptor.hpp>

#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <memory>
#include <span>
#include <string>
#include <system_error>

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>

namespace ambit {

/// Writes go to a hidden file `.ambit-<process>-<number>.tmp` beside the target. `commit` syncs it, renames
/// it over the target and syncs the directory. Destruction without `commit` removes it; a process that is
/// killed leaves it behind and the target intact. A link is followed, and a replaced file passes on its
/// permissions. Targets that exist and are no regular file are refused. Failures are `std::system_error`.
class atomic_file {
public:
    explicit atomic_file(const std::string& target) {
        const std::string place = behind_link(target);
        const std::size_t slash = place.rfind('/');
        name_ = slash == std::string::npos ? place : place.substr(slash + 1);
        if (name_.empty()) throw std::system_error(EISDIR, std::generic_category(), "cannot create");

        const std::string parent = slash == std::string::npos ? "." : place.substr(0, slash + 1);
        directory_ = file_descriptor(::open(parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC),
                                     "cannot open the directory");
        struct stat before {};
        const bool replaces = ::fstatat(directory_.get(), name_.c_str(), &before, 0) == 0;
        if (replaces && S_ISDIR(before.st_mode))
            throw std::system_error(EISDIR, std::generic_category(), "cannot replace");
        if (replaces && !S_ISREG(before.st_mode))
            throw std::system_error(EINVAL, std::generic_category(),
                                    "cannot replace what is not a regular file");

        create_temporary();
        if (replaces && ::fchmod(file_.get(), before.st_mode & 0777) != 0) {
            const int reason = errno;
            remove_temporary();
            throw std::system_error(reason, std::generic_category(), "cannot keep the permissions");
        }
    }

    atomic_file(const atomic_file&) = delete;
    atomic_file& operator=(const atomic_file&) = delete;
    ~atomic_file() { remove_temporary(); }

    void write(std::span<const std::byte> bytes) { file_.write_all(bytes); }

    /// Puts what was written in the target's place. Call once, last.
    void commit() {
        file_.sync();
        file_.close();
        if (::renameat(directory_.get(), temporary_.c_str(), directory_.get(), name_.c_str()) != 0)
            throw_errno("cannot replace");
        temporary_.clear();
        // Some file systems cannot sync directories and say so; there is nothing more to do there.
        if (::fsync(directory_.get()) != 0 && errno != EINVAL && errno != ENOTSUP)
            throw_errno("the new file is in place, but its directory cannot be written to the device");
    }

private:
    /// What a link leads to in the end; any other path as it is.
    static std::string behind_link(const std::string& target) {
        struct stat found {};
        if (::lstat(target.c_str(), &found) != 0 || !S_ISLNK(found.st_mode)) return target;
        const std::unique_ptr<char, decltype(&std::free)> path(::realpath(target.c_str(), nullptr), &std::free);
        if (path == nullptr) throw_errno("cannot follow the link");
        return path.get();
    }

    void create_temporary() {
        static std::atomic<unsigned> counter{0};
        // A killed process may have left files of the same number; their count is small, a thousand is ample.
        for (int attempt = 0; attempt < 1000; ++attempt) {
            std::string name =
                ".ambit-" + std::to_string(::getpid()) + "-" + std::to_string(counter++) + ".tmp";
            const int opened =
                ::openat(directory_.get(), name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
            if (opened < 0 && errno == EEXIST) continue;
            file_ = file_descriptor(opened, "cannot create");
            temporary_ = std::move(name);
            return;
        }
        throw std::system_error(EEXIST, std::generic_category(), "cannot create");
    }

    void remove_temporary() noexcept {
        if (!temporary_.empty()) ::unlinkat(directory_.get(), temporary_.c_str(), 0);
        temporary_.clear();
    }

    std::string name_;
    std::string temporary_;
    file_descriptor directory_;
    file_descriptor file_;
};

}  // namespace ambit
