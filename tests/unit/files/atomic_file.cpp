// SPDX-License-Identifier: BSL-1.0
#include <ambit/files/atomic_file.hpp>

#include <catch2/catch.hpp>

#include "../../support/child_process.hpp"
#include "../../support/failing_calls.hpp"
#include "../../support/temporary_directory.hpp"

#include <cerrno>
#include <csignal>
#include <string>
#include <string_view>
#include <vector>

#include <grp.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace ambit;
using namespace ambit::file_parts;
using namespace ambit_test;

namespace {

using names = std::vector<std::string>;

void replace(const std::filesystem::path& target, std::string_view content) {
    atomic_file file(target);
    file.write(bytes_of(content));
    file.commit();
}

std::string refusal(const std::filesystem::path& target) {
    try {
        replace(target, "new");
        return "";
    } catch (const std::system_error& reason) {
        return reason.what();
    }
}

}  // namespace

TEST_CASE("a committed file is there, alone") {
    temporary_directory directory;
    replace(directory / "a", "first");
    REQUIRE(contents(directory / "a") == "first");
    replace(directory / "a", "second, longer");
    REQUIRE(contents(directory / "a") == "second, longer");
    replace(directory / "a", "");
    REQUIRE(contents(directory / "a").empty());
    REQUIRE(directory.names() == names{"a"});
}

TEST_CASE("without commit nothing happened") {
    temporary_directory directory;
    put(directory / "a", "old");
    {
        atomic_file file(directory / "a");
        file.write(bytes_of("new"));
        REQUIRE(contents(directory / "a") == "old");
        REQUIRE(directory.names().size() == 2);
    }
    REQUIRE(contents(directory / "a") == "old");
    REQUIRE(directory.names() == names{"a"});
}

TEST_CASE("two writers of one target do not meet; the later commit stays") {
    temporary_directory directory;
    atomic_file first(directory / "a"), second(directory / "a");
    first.write(bytes_of("first"));
    second.write(bytes_of("second"));
    second.commit();
    REQUIRE(contents(directory / "a") == "second");
    first.commit();
    REQUIRE(contents(directory / "a") == "first");
    REQUIRE(directory.names() == names{"a"});
}

TEST_CASE("the path may be relative, and the working directory may change meanwhile") {
    temporary_directory directory;
    const auto before = std::filesystem::current_path();
    std::filesystem::current_path(directory.path());
    {
        atomic_file file("a");
        std::filesystem::current_path(before);
        file.write(bytes_of("text"));
        file.commit();
    }
    REQUIRE(contents(directory / "a") == "text");
}

TEST_CASE("a link is followed, and permissions stay") {
    temporary_directory directory;
    put(directory / "real", "old");
    REQUIRE(::chmod((directory / "real").c_str(), 0640) == 0);
    std::filesystem::create_symlink("real", directory / "link");
    replace(directory / "link", "new");
    REQUIRE(std::filesystem::is_symlink(directory / "link"));
    REQUIRE(contents(directory / "real") == "new");
    struct stat status {};
    REQUIRE(::stat((directory / "real").c_str(), &status) == 0);
    REQUIRE((status.st_mode & 0777) == 0640);
}

TEST_CASE("targets that cannot be replaced are refused and left alone") {
    temporary_directory directory;
    std::filesystem::create_directory(directory / "sub");
    REQUIRE(::mkfifo((directory / "pipe").c_str(), 0600) == 0);
    std::filesystem::create_symlink("missing", directory / "dangling");

    REQUIRE_THAT(refusal(directory / "sub"), Catch::Contains("cannot replace"));
    REQUIRE_THAT(refusal(directory / "sub/"), Catch::Contains("cannot create"));
    REQUIRE_THAT(refusal(directory / "pipe"), Catch::Contains("not a regular file"));
    REQUIRE_THAT(refusal("/dev/full"), Catch::Contains("not a regular file"));
    REQUIRE_THAT(refusal(directory / "none" / "a"), Catch::Contains("cannot open the directory"));
    REQUIRE_THAT(refusal(directory / "dangling"), Catch::Contains("No such file"));
    REQUIRE_THAT(refusal(directory / std::string(300, 'x')), Catch::Contains("File name too long"));
    REQUIRE_THAT(refusal(""), Catch::Contains("cannot create"));
    REQUIRE(directory.names() == names{"dangling", "pipe", "sub"});
}

TEST_CASE("a killed writer leaves the old file, and its leftovers do not stop the next one") {
    temporary_directory directory;
    put(directory / "a", "old");
    const child_result child = in_child([&] {
        atomic_file file(directory / "a");
        file.write(bytes_of("half of the n"));
        ::raise(SIGKILL);
        return 0;
    });
    REQUIRE(child.signal == SIGKILL);
    REQUIRE(contents(directory / "a") == "old");
    REQUIRE(directory.names().size() == 2);

    replace(directory / "a", "new");
    REQUIRE(contents(directory / "a") == "new");
}

TEST_CASE("a temporary name that is taken is passed over") {
    temporary_directory directory;
    const child_result child = in_child([&] {
        // The child's own first names are taken, as if a process of the same number had been killed before.
        for (int number = 0; number < 200; ++number)
            put(directory / (".ambit-" + std::to_string(::getpid()) + "-" + std::to_string(number) + ".tmp"),
                "stale");
        replace(directory / "a", "new");
        return directory.names().size() == 201 && contents(directory / "a") == "new" ? 0 : 1;
    });
    REQUIRE(child.exit_code == 0);
}

TEST_CASE("a path with a zero byte names no file") {
    temporary_directory directory;
    put(directory / "a", "old");
    const std::string path = (directory / "a").string() + std::string("\0.bak", 5);
    REQUIRE_THAT(refusal(path), Catch::StartsWith("the path has a zero byte"));
    REQUIRE(contents(directory / "a") == "old");
    REQUIRE(directory.names() == names{"a"});
}

TEST_CASE("whatever call fails: an error, the old file and nothing else") {
    temporary_directory directory;
    struct row {
        const char* function;
        std::vector<int> errors;
        int passing;
    };
    const row rows[] = {{"openat", {EACCES, ENOSPC, EMFILE, EROFS}, 0},
                        {"fchmod", {EPERM, EIO}, 0},
                        {"fchown", {EIO, ENOSPC}, 0},
                        {"write", {ENOSPC, EDQUOT, EFBIG, EIO}, 0},
                        {"write", {ENOSPC, EDQUOT, EFBIG, EIO}, 1},
                        {"fsync", {ENOSPC, EDQUOT, EIO}, 0},
                        {"close", {ENOSPC, EDQUOT, EIO}, 0},
                        {"renameat", {EACCES, ENOSPC, EIO, EROFS}, 0}};
    put(directory / "a", "old");
    // Another's file, where this process may have one: owner and group are to be passed on.
    const bool foreign = ::chown((directory / "a").c_str(), 12345, 12345) == 0;
    for (const row& r : rows)
        for (const int error : r.errors) {
            if (std::string_view(r.function) == "fchown" && !foreign) continue;
            CAPTURE(r.function, error, r.passing);
            int code = 0;
            {
                const failing_call plan(r.function, error, r.passing);
                try {
                    atomic_file file(directory / "a");
                    file.write(bytes_of("half"));
                    file.write(bytes_of("way"));
                    file.commit();
                } catch (const not_durable_error&) {
                    code = -1;
                } catch (const std::system_error& reason) {
                    code = reason.code().value();
                }
            }
            REQUIRE(code == error);
            REQUIRE(contents(directory / "a") == "old");
            REQUIRE(directory.names() == names{"a"});
        }
}

TEST_CASE("what fails after the new file is in place says so") {
    temporary_directory directory;
    for (const int error : {EIO, ENOSPC, EROFS}) {
        put(directory / "a", "old");
        {
            const failing_call plan("fsync", error, 1);
            try {
                replace(directory / "a", "new");
                FAIL("no error");
            } catch (const not_durable_error& reason) {
                REQUIRE(reason.code().value() == error);
                REQUIRE_THAT(reason.what(), Catch::StartsWith("the new file is in place, but "));
            }
        }
        REQUIRE(contents(directory / "a") == "new");
        REQUIRE(directory.names() == names{"a"});
    }
    // File systems that cannot sync a directory.
    for (const int error : {EINVAL, ENOTSUP}) {
        const failing_call plan("fsync", error, 1);
        replace(directory / "a", "newer");
        REQUIRE(plan.has_failed());
    }
}

TEST_CASE("interrupted calls are repeated, short writes go on") {
    temporary_directory directory;
    put(directory / "a", "old");
    const bool foreign = ::chown((directory / "a").c_str(), 12345, 12345) == 0;
    for (const char* function : {"openat", "fchmod", "fchown", "write", "fsync", "renameat"})
        for (const int passing : {0, 1}) {
            if (std::string_view(function) == "fchown" && !foreign) continue;
            CAPTURE(function, passing);
            const failing_call plan(function, EINTR, passing, 3);
            replace(directory / "a", "some text");
            if (passing == 0 || std::string_view(function) == "fsync") REQUIRE(plan.calls() >= 4);
        }
    REQUIRE(contents(directory / "a") == "some text");
    {
        // It is closed all the same: a second close would close what another thread has opened meanwhile.
        const failing_call plan("close", EINTR, 0, 1);
        replace(directory / "a", "closed");
        REQUIRE(plan.has_failed());
    }
    REQUIRE(contents(directory / "a") == "closed");
    {
        const failing_call plan("write", 0, 0, 100);
        replace(directory / "a", "a text of more than a few bytes");
        REQUIRE(plan.calls() > 4);
    }
    REQUIRE(contents(directory / "a") == "a text of more than a few bytes");
    {
        atomic_file abandoned(directory / "a");
        const failing_call plan("unlinkat", EINTR, 0, 2);
        { atomic_file file(directory / "b"); }
        REQUIRE(plan.calls() == 3);
    }
    REQUIRE(directory.names() == names{"a"});
}

TEST_CASE("a new file has the mode of the process, a replaced one that of the old") {
    temporary_directory directory;
    const auto mode_of = [&](const char* name) {
        struct stat status {};
        REQUIRE(::stat((directory / name).c_str(), &status) == 0);
        return status.st_mode & 07777;
    };
    const mode_t before = ::umask(027);
    replace(directory / "new", "text");
    ::umask(0);
    replace(directory / "open", "text");
    ::umask(before);
    REQUIRE(mode_of("new") == 0640);
    REQUIRE(mode_of("open") == 0666);
    for (const mode_t mode : {0600U, 0444U, 0666U, 0751U, 0400U, 01644U}) {
        CAPTURE(mode);
        REQUIRE(::chmod((directory / "new").c_str(), mode) == 0);
        replace(directory / "new", "more text");
        REQUIRE(mode_of("new") == mode);
    }
}

TEST_CASE("a replaced file keeps its owner, as far as the system lets it") {
    temporary_directory directory;
    put(directory / "a", "old");
    if (::chown((directory / "a").c_str(), 12345, 23456) != 0) {
        WARN("skipped: giving files away is not permitted here");
        return;
    }
    const auto status_of = [&](const char* name) {
        struct stat status {};
        REQUIRE(::stat((directory / name).c_str(), &status) == 0);
        return status;
    };
    REQUIRE(::chmod((directory / "a").c_str(), 0664) == 0);
    replace(directory / "a", "new");
    REQUIRE(status_of("a").st_uid == 12345);
    REQUIRE(status_of("a").st_gid == 23456);
    REQUIRE((status_of("a").st_mode & 07777) == 0664);

    // A process that is not the owner's, and is in no group of the file or in its group.
    REQUIRE(::chmod(directory.path().c_str(), 0777) == 0);
    REQUIRE(::chmod((directory / "a").c_str(), 06775) == 0);
    const auto replace_as = [&](gid_t group) {
        return in_child([&] {
                   if (::setgroups(0, nullptr) != 0 || ::setgid(group) != 0 || ::setuid(4321) != 0) return 77;
                   replace(directory / "a", "of another");
                   return 0;
               }).exit_code;
    };
    REQUIRE(replace_as(23456) == 0);
    REQUIRE(status_of("a").st_uid == 4321);
    REQUIRE(status_of("a").st_gid == 23456);
    REQUIRE((status_of("a").st_mode & 07777) == 0775);
    REQUIRE(::chown((directory / "a").c_str(), 12345, 23456) == 0);
    REQUIRE(::chmod((directory / "a").c_str(), 0664) == 0);
    REQUIRE(replace_as(4321) == 0);
    REQUIRE(status_of("a").st_uid == 4321);
    REQUIRE(status_of("a").st_gid == 4321);
    REQUIRE((status_of("a").st_mode & 07777) == 0604);
    REQUIRE(contents(directory / "a") == "of another");
}
