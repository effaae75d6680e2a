// SPDX-License-Identifier: BSL-1.0
#include <ambit/io/gzip.hpp>

#include <catch2/catch.hpp>

#include "../../support/make_gzip.hpp"
#include "../../support/temporary_directory.hpp"

#include <optional>
#include <string>

using namespace ambit;
using namespace ambit::io_parts;
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
    for (std::size_t length = 2; length < compressed.size(); ++length) {
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

TEST_CASE("what follows a complete part is another complete part, or damage") {
    temporary_directory directory;
    const std::string one = make_gzip("one, "), two = make_gzip("two");
    const auto refused = [&](const std::string& file, const char* words) {
        CAPTURE(file.size());
        put(directory / "a", file);
        const auto e = error_of(directory / "a", 1'000'000);
        REQUIRE(e);
        REQUIRE(e->kind() == file_fault::corrupt);
        REQUIRE_THAT(e->what(), Catch::Contains("the gzip data are damaged: ") && Catch::Contains(words));
    };
    for (const char* rest : {"x", "garbage", "\x1F", "\x1F\x8B", "\x1F\x8C and more of it"})
        refused(one + rest, "what follows part 1 is no other complete part: ");
    for (const std::size_t zeros : {1U, 2U, 512U})
        refused(one + std::string(zeros, '\0'), "what follows part 1 is no other");
    refused(one + two + "x", "what follows part 2 is no other complete part: ");
    for (std::size_t length = 1; length < two.size(); ++length)
        refused(one + two.substr(0, length), "what follows part 1 is no other complete part: the file ends too early");
    std::string flipped = one + two;
    flipped[flipped.size() - 5] = static_cast<char>(flipped[flipped.size() - 5] ^ 1);  // its checksum
    refused(flipped, "");
    flipped = one + two;
    flipped[one.size() - 5] = static_cast<char>(flipped[one.size() - 5] ^ 1);
    refused(flipped, "");

    // A part may be empty, and parts may end anywhere in the pieces in which files are read.
    put(directory / "a", make_gzip("") + one + make_gzip("") + two + make_gzip(""));
    REQUIRE(read(directory / "a", 1000) == "one, two");
    std::string many, all;
    while (many.size() < 300'000) {
        const std::string text(many.size() % 97, static_cast<char>('a' + many.size() % 26));
        many += make_gzip(text);
        all += text;
    }
    put(directory / "a", many);
    REQUIRE(read(directory / "a", 1'000'000) == all);
    gzip_input<> input(directory / "a");
    std::string pieces;
    for (std::vector<std::byte> piece; !(piece = input.read(1000)).empty();)
        pieces.append(reinterpret_cast<const char*>(piece.data()), piece.size());
    REQUIRE(pieces == all);
    refused(many + "x", "is no other complete part");
}

TEST_CASE("damage behind what is asked for is not looked for; asking for one byte more finds it") {
    temporary_directory directory;
    put(directory / "a", make_gzip("0123456789") + "x");
    REQUIRE(read(directory / "a", 10) == "0123456789");
    REQUIRE(error_of(directory / "a", 11)->kind() == file_fault::corrupt);
}

TEST_CASE("other forms of compression are no gzip") {
    temporary_directory directory;
    // Too short for gzip's two bytes: taken as they are. zlib's own form too.
    for (const char* plain : {"\x1F", "\x78\x9C\x03", "\x1F\x9D\x90", "BZh91AY"}) {
        put(directory / "a", plain);
        REQUIRE(read(directory / "a", 100) == plain);
    }
    put(directory / "a", "\x1F\x8B\x07 not deflated");
    REQUIRE_THAT(error_of(directory / "a", 100)->what(), Catch::Contains("unknown compression method"));
}
