// SPDX-License-Identifier: BSL-1.0
// A file that replaces another one completely or not at all, and is on the device when `commit` returns.
//
//     atomic_file file("model.safetensors");
//     file.write(bytes);
//     file.commit();                          // without this line the target stays as it was
#pragma once

#include <ambit/core/later.hpp>
#include <ambit/files/file_descriptor.hpp>
#include <ambit/files/temporaries.hpp>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <span>
#include <string>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

namespace AMBIT_NAMESPACE::file_parts {

/// What `atomic_file::commit` throws once the new file is in place and complete: all that failed is to make sure that a
/// power failure does not bring the old one back.
class not_durable_error : public std::system_error {
public:
    using std::system_error::system_error;
};

/// Writes go to a hidden file beside the target, a temporary (temporaries.hpp). `commit` syncs it, renames it over the
/// target and syncs the directory. Destruction without `commit` removes it, and so does every failure; a process that
/// is killed leaves it behind and the target intact, and the next file that is written into the directory removes it. A
/// link is followed. Targets that exist and are no regular file are refused. Failures are `std::system_error`; until
/// `commit` throws `not_durable_error`, the target is as it was.
///
/// Owner, group and mode are those that `cp` would leave: a new file has what the process gives it (mode 0666 less the
/// umask), a replaced one passes its own on. Where the system does not let this process pass on the owner, the file
/// becomes the process's; where it does not let it pass on the group, the group may no longer do anything with it. Not
/// passed on are access control lists and extended attributes, and other names of a replaced file (hard links) keep its
/// old content.
class atomic_file {
public:
    template <class Caller = void> explicit atomic_file(const std::string& target) {
        const later<std::string, Caller> place = behind_link(target);
        const std::size_t slash = place.rfind('/');
        name_ = slash == std::string::npos ? place : place.substr(slash + 1);
        if (name_.empty()) throw_system_error(target.empty() ? ENOENT : EISDIR, "cannot create");

        const later<std::string, Caller> parent = slash == std::string::npos ? "." : place.substr(0, slash + 1);
        directory_ =
            file_descriptor(uninterrupted([&] { return ::open(parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC); }),
                            "cannot open the directory");
        struct stat before {};
        const bool replaces =
            is_there(uninterrupted([&] { return ::fstatat(directory_.get(), name_.c_str(), &before, 0); }));
        if (replaces && S_ISDIR(before.st_mode)) throw_system_error(EISDIR, "cannot replace");
        if (replaces && !S_ISREG(before.st_mode))
            throw_system_error(EINVAL, "cannot replace what is not a regular file");

        // Before anything is written: the device may be full of them.
        remove_abandoned(directory_);
        // What replaces a file is nobody else's to open before it has that file's mode.
        create_temporary(replaces ? 0600 : 0666);
        if (!replaces) return;
#if defined(__cpp_exceptions)
        try {
            pass_on(before);
        } catch (...) {
            remove_temporary();  // no destructor will
            throw;
        }
#else
        pass_on(before);
#endif
    }

    atomic_file(const atomic_file&) = delete;
    atomic_file& operator=(const atomic_file&) = delete;
    ~atomic_file() { remove_temporary(); }

    void write(std::span<const std::byte> bytes) {
        file_.write_all(bytes);
        written_ += bytes.size();
        hand_on();
    }
    /// Writes over what was written from `offset` on.
    void write_at(std::uint64_t offset, std::span<const std::byte> bytes) { file_.write_all_at(offset, bytes); }

    /// Puts what was written in the target's place. Call once, last.
    template <class = void> void commit() {
        file_.sync();
        // Closing may fail; as long as the temporary has its name, it is held.
        const file_descriptor held = file_.duplicate();
        file_.close();
        if (uninterrupted(
                [&] { return ::renameat(directory_.get(), temporary_.c_str(), directory_.get(), name_.c_str()); }) != 0)
            throw_errno("cannot replace");
        temporary_.clear();
        // Some file systems cannot sync directories and say so; there is nothing more to do there.
        if (uninterrupted([&] { return ::fsync(directory_.get()); }) != 0 && errno != EINVAL && errno != ENOTSUP)
            throw_system_error<not_durable_error>(
                errno, "the new file is in place, but its directory cannot be written to the device");
    }

private:
    /// Has the device begin with what is written, so that it works while the next bytes are made and not at `commit`
    /// alone. Only a hint: whether all is there, `commit` finds out.
    void hand_on() {
#if defined(SYNC_FILE_RANGE_WRITE)
        constexpr std::uint64_t enough = std::uint64_t{8} << 20;
        if (written_ - handed_on_ < enough) return;
        ::sync_file_range(file_.get(), static_cast<off64_t>(handed_on_), static_cast<off64_t>(written_ - handed_on_),
                          SYNC_FILE_RANGE_WRITE);
        handed_on_ = written_;
#endif
    }

    /// What `stat` answered. Only "no such file" means that there is none: any other failure would let a link, or a
    /// file's owner and mode, be lost.
    static bool is_there(int answer) {
        if (answer != 0 && errno != ENOENT) throw_errno("cannot look at what is there");
        return answer == 0;
    }

    /// What a link leads to in the end; any other path as it is.
    template <class Caller = void> static std::string behind_link(const std::string& target) {
        const char* const name = path_for_system(target);
        struct stat found {};
        if (!is_there(uninterrupted([&] { return ::lstat(name, &found); })) || !S_ISLNK(found.st_mode)) return target;
        std::unique_ptr<later<char, Caller>, decltype(&std::free)> path(nullptr, &std::free);
        do path.reset(::realpath(name, nullptr));
        while (path == nullptr && errno == EINTR);
        if (path == nullptr) throw_errno("cannot follow the link");
        return path.get();
    }

    template <class Caller = void> void create_temporary(mode_t mode) {
        static unsigned counter = 0;
        // Names may be taken, or a new file be removed before it is held; few of them, a thousand is ample.
        for (int attempt = 0; attempt < 1000; ++attempt) {
            // The compilers' own, since every program would read <atomic> for this line.
            const unsigned number = __atomic_fetch_add(&counter, 1u, __ATOMIC_RELAXED);
            later<std::string, Caller> name = name_of_temporary(static_cast<std::uint64_t>(::getpid()), number);
            const int opened = uninterrupted([&] {
                return ::openat(directory_.get(), name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
            });
            if (opened < 0 && errno == EEXIST) continue;
            file_ = file_descriptor(opened, "cannot create");
            if (!hold_new(file_)) continue;
            temporary_ = std::move(name);
            return;
        }
        throw_system_error(EEXIST, "cannot create");
    }

    /// Owner, group and mode of the file that is to be replaced, as far as the system allows.
    template <class = void> void pass_on(const struct stat& before) {
        struct stat own {};
        if (uninterrupted([&] { return ::fstat(file_.get(), &own); }) != 0) throw_errno("cannot create");
        mode_t mode = before.st_mode & 07777;
        if (own.st_uid != before.st_uid || own.st_gid != before.st_gid) {
            // Only the superuser gives files away; to a group that it is in, everyone may.
            const bool all_kept = give_to(before.st_uid, before.st_gid);
            if (!all_kept) mode &= 0777;
            if (!all_kept && own.st_gid != before.st_gid && !give_to(static_cast<uid_t>(-1), before.st_gid))
                mode &= static_cast<mode_t>(~070);
        }
        // Before the first byte: then the system takes set-user-ID and the like away, as it does when cp writes.
        if (uninterrupted([&] { return ::fchmod(file_.get(), mode); }) != 0) throw_errno("cannot keep the permissions");
    }

    /// False where this process may not, or the file system knows no such owner.
    template <class = void> bool give_to(uid_t owner, gid_t group) const {
        if (uninterrupted([&] { return ::fchown(file_.get(), owner, group); }) == 0) return true;
        if (errno != EPERM && errno != EINVAL && errno != ENOTSUP && errno != ENOSYS)
            throw_errno("cannot keep the owner");
        return false;
    }

    void remove_temporary() noexcept {
        if (!temporary_.empty()) uninterrupted([&] { return ::unlinkat(directory_.get(), temporary_.c_str(), 0); });
        temporary_.clear();
    }

    std::string name_;
    std::string temporary_;
    file_descriptor directory_;
    file_descriptor file_;
    std::uint64_t written_ = 0, handed_on_ = 0;
};

}  // namespace ambit::file_parts
