// SPDX-License-Identifier: BSL-1.0
#include <ambit/core/atomic_file.hpp>

#include <catch2/catch.hpp>

#include "../../support/child_process.hpp"
#include "../../support/temporary_directory.hpp"

#include <csignal>
#include <string>
#include <vector>

#include <sys/stat.h>

using namespace ambit;
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
