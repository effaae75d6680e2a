// SPDX-License-Identifier: BSL-1.0
#include <ambit/files/atomic_file.hpp>

#include <catch2/catch.hpp>

#include "../../support/child_process.hpp"
#include "../../support/failing_calls.hpp"
#include "../../support/temporary_directory.hpp"
#include "../../support/traced_child.hpp"

#include <cerrno>
#include <csignal>
#include <cstdint>
#include <filesystem>
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
    REQUIRE_THAT(refusal(""), Catch::Contains("cannot create: No such file"));
    REQUIRE(directory.names() == names{"dangling", "pipe", "sub"});
}

TEST_CASE("a killed writer leaves the old file, and the next one removes what else it left") {
    temporary_directory directory;
    put(directory / "a", "old");
    for (int killed = 0; killed < 3; ++killed) {
        const child_result child = in_child([&] {
            // Of a child that is killed before them: the parent of a fork leaves them open.
            atomic_file file(directory / "a"), other(directory / "b");
            file.write(bytes_of("half of the n"));
            ::raise(SIGKILL);
            return 0;
        });
        REQUIRE(child.signal == SIGKILL);
        REQUIRE(contents(directory / "a") == "old");
        REQUIRE(directory.names().size() == 3);  // of the last one alone
    }
    replace(directory / "c", "new");
    REQUIRE(directory.names() == names{"a", "c"});
}

TEST_CASE("writers at work lose nothing, and what looks like a temporary stays unless it surely is one") {
    temporary_directory directory;
    atomic_file mine(directory / "a");
    mine.write(bytes_of("mine"));
    const pid_t child = start_child([&] {
        atomic_file file(directory / "b");
        file.write(bytes_of("of the child"));
        put(directory / "ready", "");
        ::pause();
        return 0;
    });
    while (!std::filesystem::exists(directory / "ready")) ::usleep(1000);
    REQUIRE(directory.names().size() == 3);
    const names working = directory.names();

    // A stranger's: a name that is nearly one, a directory, links, a pipe, and a file that has another name, too.
    const std::string own = name_of_temporary(12, 3);
    REQUIRE(names_a_temporary(own));
    std::string other_sum = own;
    other_sum[own.size() - 5] = own[own.size() - 5] == '0' ? '1' : '0';
    const names near = {"." + own.substr(1) + "x",  ".ambit-12-3.tmp", ".ambit-.tmp",     ".ambit--.tmp",
                        ".ambit-12--00000000.tmp", other_sum, own.substr(1), ".ambit-012-3" + own.substr(11),
                        ".ambit-99999999999999999999-1-00000000.tmp"};
    for (const std::string& name : near) {
        CAPTURE(name);
        REQUIRE_FALSE(names_a_temporary(name));
        put(directory / name, "a stranger's");
    }
    std::filesystem::create_directory(directory / name_of_temporary(1, 0));
    std::filesystem::create_symlink("ready", directory / name_of_temporary(2, 0));
    REQUIRE(::mkfifo((directory / name_of_temporary(3, 0)).c_str(), 0600) == 0);
    put(directory / "text", "text");
    std::filesystem::create_hard_link(directory / "text", directory / name_of_temporary(4, 0));
    const names before = directory.names();
    replace(directory / "ready", "");
    REQUIRE(directory.names() == before);

    put(directory / own, "left");
    put(directory / name_of_temporary(18, 1844674407370955), "");
    REQUIRE(::chmod((directory / own).c_str(), 0400) == 0);
    replace(directory / "ready", "");
    REQUIRE(directory.names() == before);

    // The system lets go of what a killed process held.
    REQUIRE(::kill(child, SIGKILL) == 0);
    REQUIRE(wait_for(child).signal == SIGKILL);
    replace(directory / "ready", "");
    REQUIRE(directory.names().size() == before.size() - 1);
    mine.commit();
    REQUIRE(contents(directory / "a") == "mine");
}

TEST_CASE("a temporary name that is taken is passed over") {
    temporary_directory directory;
    const child_result child = in_child([&] {
        // The child's own first names are taken, and cannot be removed.
        for (std::uint64_t number = 0; number < 200; ++number)
            std::filesystem::create_directory(
                directory / name_of_temporary(static_cast<std::uint64_t>(::getpid()), number));
        replace(directory / "a", "new");
        return directory.names().size() == 201 && contents(directory / "a") == "new" ? 0 : 1;
    });
    REQUIRE(child.exit_code == 0);
}

TEST_CASE("a new file that somebody takes for abandoned is made again") {
    temporary_directory directory;
    {
        const failing_call plan("flock", EWOULDBLOCK, 0, 3);
        replace(directory / "a", "new");
        REQUIRE(plan.calls() == 4);
    }
    REQUIRE(contents(directory / "a") == "new");
    replace(directory / "a", "newer");
    REQUIRE(directory.names() == names{"a"});
    // Where nothing can be locked, files are written all the same, and nothing is removed.
    put(directory / name_of_temporary(1, 1), "left");
    const failing_call plan("flock", ENOLCK, 0, 100);
    replace(directory / "a", "newest");
    REQUIRE(contents(directory / "a") == "newest");
    REQUIRE(directory.names().size() == 2);
}

TEST_CASE("the n-th system call fails, is cut short, or is the last one, for every n") {
    struct row {
        interference what;
        int error;
    };
    int runs = 0;
    for (const row& r : {row{interference::fails, EIO}, row{interference::fails, EINTR},
                         row{interference::halves, 0}, row{interference::kills, 0}})
        for (int n = 0;; ++n, ++runs) {
            temporary_directory directory;
            put(directory / "real", "old");
            std::filesystem::create_symlink("real", directory / "a");
            put(directory / name_of_temporary(1, 1), "of a killed one");
            const traced_result result = in_traced_child(
                [&] {
                    try {
                        replace(directory / "a", "new, longer");
                    } catch (const not_durable_error&) {
                        return 2;
                    } catch (const std::system_error& reason) {
                        return reason.code().value() == r.error ? 3 : 4;
                    }
                    return 0;
                },
                {n, r.what, r.error});
            if (!result.was_traced) {
                WARN("skipped: tracing is not permitted here");
                return;
            }
            if (result.calls <= n) {
                REQUIRE(n > 15);
                break;
            }
            CAPTURE(int(r.what), r.error, n, result.end.exit_code, result.end.signal);
            const std::string now = contents(directory / "a");
            REQUIRE(std::filesystem::is_symlink(directory / "a"));
            if (r.what == interference::kills) {
                REQUIRE(result.end.signal == SIGKILL);
                REQUIRE((now == "old" || now == "new, longer"));
            } else {
                REQUIRE(result.end.exit_code >= 0);
                REQUIRE(result.end.exit_code <= 3);
                REQUIRE(now == (result.end.exit_code == 3 ? "old" : "new, longer"));
                if (r.what == interference::halves || r.error == EINTR) REQUIRE(result.end.exit_code == 0);
                // Nothing of its own is left; what was left by another may be.
                names allowed{"a", "real"};
                if (directory.names().size() == 3) allowed.insert(allowed.begin(), name_of_temporary(1, 1));
                REQUIRE(directory.names() == allowed);
            }
            replace(directory / "a", "newest");
            REQUIRE(contents(directory / "real") == "newest");
            REQUIRE(directory.names() == names{"a", "real"});
        }
    REQUIRE(runs > 60);
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
    const row rows[] = {{"openat", {EACCES, ENOSPC, EMFILE, EROFS}, 1},  // the first looks for what is abandoned
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
    for (const char* function : {"openat", "fchmod", "fchown", "flock", "write", "fsync", "renameat"})
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
