// SPDX-License-Identifier: BSL-1.0
#include <ambit/files/input_file.hpp>

#include <catch2/catch.hpp>

#include "../../support/temporary_directory.hpp"

#include <array>
#include <string>

#include <sys/stat.h>

using namespace ambit;
using namespace ambit::file_parts;
using namespace ambit_test;

namespace {

std::string refusal(const std::filesystem::path& path) {
    try {
        input_file file(path);
        return "";
    } catch (const std::system_error& reason) {
        return reason.what();
    }
}

}  // namespace

TEST_CASE("an input file knows its size and reads anywhere") {
    temporary_directory directory;
    put(directory / "a", "0123456789");
    const input_file file(directory / "a");
    REQUIRE(file.size() == 10);
    std::array<std::byte, 2> destination{};
    REQUIRE(file.read_at(7, destination) == 2);
    REQUIRE(destination[0] == std::byte{'7'});
    REQUIRE(file.read_at(1, destination) == 2);
    REQUIRE(destination[1] == std::byte{'2'});
}

TEST_CASE("what is no regular file is refused, and a pipe without a writer does not block") {
    temporary_directory directory;
    REQUIRE(::mkfifo((directory / "pipe").c_str(), 0600) == 0);
    REQUIRE_THAT(refusal(directory / "pipe"), Catch::Contains("not a regular file"));
    REQUIRE_THAT(refusal("/dev/zero"), Catch::Contains("not a regular file"));
    REQUIRE_THAT(refusal(directory.path()), Catch::Contains("Is a directory"));
    REQUIRE_THAT(refusal(directory / "missing"), Catch::Contains("No such file"));
    put(directory / "a", "text");
    REQUIRE_THAT(refusal((directory / "a").string() + std::string("\0b", 2)),
                 Catch::StartsWith("the path has a zero byte"));
}
