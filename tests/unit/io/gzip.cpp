// SPDX-License-Identifier: BSL-1.0
#include <ambit/io/gzip.hpp>

#include <catch2/catch.hpp>

#include "../../support/make_gzip.hpp"
#include "../../support/temporary_directory.hpp"

#include <optional>
#include <string>

using namespace ambit;
using namespace ambit_test;

namespace {

std::string read(const std::filesystem::path& file, std::uint64_t limit) {
    const auto bytes = read_gzip(file, limit);
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::optional<file_error> error_of(const std::filesystem::path& file, std::uint64_t limit) {
    try {
        read_gzip(file, limit);
        return std::nullopt;
    } catch (const file_error& e) {
        return e;
    }
}

}  // namespace

TEST_CASE("plain and compressed files give the same content, up to the limit") {
    temporary_directory directory;
    std::string content;
    for (int number = 0; number < 100'000; ++number) content += std::to_string(number);
    put(directory / "plain", content);
    put(directory / "compressed", make_gzip(content));
    for (const char* name : {"plain", "compressed"}) {
        REQUIRE(read(directory / name, content.size() + 1) == content);
        REQUIRE(read(directory / name, content.size()) == content);
        REQUIRE(read(directory / name, 300'000) == content.substr(0, 300'000));
        REQUIRE(read(directory / name, 0).empty());
    }
    put(directory / "empty", "");
    REQUIRE(read(directory / "empty", 10).empty());
    put(directory / "nothing", make_gzip(""));
    REQUIRE(read(directory / "nothing", 10).empty());
    put(directory / "two", make_gzip("one, ") + make_gzip("two"));
    REQUIRE(read(directory / "two", 100) == "one, two");
}

TEST_CASE("a file that would unpack to much more than is accepted stops at the limit") {
    temporary_directory directory;
    const std::string compressed = make_gzip(std::string(50'000'000, '\0'));
    REQUIRE(compressed.size() < 60'000);
    put(directory / "bomb", compressed);
    REQUIRE(read(directory / "bomb", 1000).size() == 1000);
}

TEST_CASE("cut off or changed anywhere, compressed content is refused or still right") {
    temporary_directory directory;
    const std::string content = "some text, some more text, and some numbers: 123456789";
    const std::string compressed = make_gzip(content);
    for (std::size_t length = 3; length < compressed.size(); ++length) {
        CAPTURE(length);
        put(directory / "a", compressed.substr(0, length));
        const auto e = error_of(directory / "a", 1000);
        REQUIRE(e);
        REQUIRE(e->kind() == file_fault::corrupt);
        REQUIRE_THAT(e->what(), Catch::Contains("the gzip data are damaged: ") &&
                                    Catch::Contains("fetch the file again"));
    }
    for (std::size_t at = 2; at < compressed.size(); ++at) {
        CAPTURE(at);
        std::string changed = compressed;
        changed[at] = static_cast<char>(changed[at] ^ 0x10);
        put(directory / "a", changed);
        if (!error_of(directory / "a", 1000)) REQUIRE(read(directory / "a", 1000) == content);
    }
}

TEST_CASE("paths that cannot be opened for unpacking") {
    REQUIRE(error_of("/nowhere/at/all", 10)->kind() == file_fault::cannot_open);
    REQUIRE(error_of("/dev/zero", 10)->kind() == file_fault::cannot_open);
}
