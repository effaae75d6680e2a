// SPDX-License-Identifier: BSL-1.0
#include <ambit/files/file_descriptor.hpp>

#include <catch2/catch.hpp>

#include "../../support/temporary_directory.hpp"

#include <array>
#include <cerrno>
#include <type_traits>
#include <utility>

#include <fcntl.h>

using namespace ambit;
using namespace ambit::file_parts;
using namespace ambit_test;

TEST_CASE("a descriptor moves, does not copy, and closes itself") {
    STATIC_REQUIRE(std::is_nothrow_move_constructible_v<file_descriptor>);
    STATIC_REQUIRE_FALSE(std::is_copy_constructible_v<file_descriptor>);

    temporary_directory directory;
    int number = -1;
    {
        file_descriptor file(::open((directory / "a").c_str(), O_RDWR | O_CREAT, 0600), "cannot open");
        number = file.get();
        file_descriptor other = std::move(file);
        REQUIRE(other.get() == number);
        REQUIRE(::fcntl(number, F_GETFD) == 0);
    }
    REQUIRE(::fcntl(number, F_GETFD) == -1);
}

TEST_CASE("failures carry the system's code and say what was being done") {
    try {
        file_descriptor file(::open("/nowhere/at/all", O_RDONLY), "cannot open");
        FAIL("opened a file that does not exist");
    } catch (const std::system_error& reason) {
        REQUIRE(reason.code().value() == ENOENT);
        REQUIRE_THAT(reason.what(), Catch::StartsWith("cannot open: "));
    }

    temporary_directory directory;
    file_descriptor directory_file(::open(directory.path().c_str(), O_RDONLY), "cannot open");
    std::array<std::byte, 4> destination{};
    REQUIRE_THROWS_AS(directory_file.read_at(0, destination), std::system_error);
}

TEST_CASE("reads stop at the end of the file") {
    temporary_directory directory;
    put(directory / "a", "0123456789");
    file_descriptor file(::open((directory / "a").c_str(), O_RDONLY), "cannot open");
    std::array<std::byte, 4> destination{};
    REQUIRE(file.read_at(0, destination) == 4);
    REQUIRE(destination[3] == std::byte{'3'});
    REQUIRE(file.read_at(8, destination) == 2);
    REQUIRE(destination[1] == std::byte{'9'});
    REQUIRE(file.read_at(10, destination) == 0);
    REQUIRE(file.read_at(~std::uint64_t{0} - 3, destination) == 0);
}

TEST_CASE("a full device is told from other failures") {
    file_descriptor full(::open("/dev/full", O_WRONLY), "cannot open");
    try {
        full.write_all(bytes_of("text"));
        FAIL("wrote to a full device");
    } catch (const std::system_error& reason) {
        REQUIRE(is_out_of_space(reason.code()));
    }
    for (int code : {ENOSPC, EDQUOT, EFBIG}) REQUIRE(is_out_of_space({code, std::generic_category()}));
    for (int code : {0, EIO, EACCES}) REQUIRE_FALSE(is_out_of_space({code, std::generic_category()}));
}
