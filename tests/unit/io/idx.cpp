// SPDX-License-Identifier: BSL-1.0
#include <ambit/io/idx.hpp>

#include <catch2/catch.hpp>

#include "../../support/make_gzip.hpp"
#include "../../support/make_idx.hpp"
#include "../../support/temporary_directory.hpp"

#include <cstdint>
#include <optional>
#include <string>

using namespace ambit;
using namespace ambit::io_parts;
using namespace ambit_test;
using namespace std::string_literals;

namespace {

template <class T = std::uint8_t>
std::optional<file_error> error_of(const std::filesystem::path& file, std::uint64_t limit = max_idx_bytes) {
    try {
        read_idx<T>(file, limit);
        return std::nullopt;
    } catch (const file_error& e) {
        return e;
    }
}

}  // namespace

TEST_CASE("arrays of each element type, plain and compressed", "[io]") {
    temporary_directory directory;
    const auto check = [&]<class T>(int code, const std::string& bytes, const std::vector<T>& values) {
        CAPTURE(code);
        const std::string file = make_idx(code, {2}, bytes);
        put(directory / "plain", file);
        put(directory / "compressed", make_gzip(file));
        for (const char* name : {"plain", "compressed"}) {
            const idx_array<T> array = read_idx<T>(directory / name);
            REQUIRE(array.extents == std::vector<std::size_t>{2});
            REQUIRE(array.values == values);
        }
    };
    check(0x08, "\x07\xFF"s, std::vector<std::uint8_t>{7, 255});
    check(0x09, "\x07\xFF"s, std::vector<std::int8_t>{7, -1});
    check(0x0B, "\x01\x02\xFF\xFE"s, std::vector<std::int16_t>{258, -2});
    check(0x0C, "\x00\x01\x00\x02\xFF\xFF\xFF\xFD"s, std::vector<std::int32_t>{65538, -3});
    // IEEE 754: 1.5 and -2; 0.15625 and -0.
    check(0x0D, "\x3F\xC0\x00\x00\xC0\x00\x00\x00"s, std::vector<float>{1.5F, -2.0F});
    check(0x0E, "\x3F\xC4\x00\x00\x00\x00\x00\x00\x80\x00\x00\x00\x00\x00\x00\x00"s,
          std::vector<double>{0.15625, -0.0});
}

TEST_CASE("extents are read in their order, elements row-major", "[io]") {
    temporary_directory directory;
    put(directory / "a", make_idx(0x08, {2, 1, 3}, "abcdef"));
    const auto array = read_idx<std::uint8_t>(directory / "a");
    REQUIRE(array.extents == std::vector<std::size_t>{2, 1, 3});
    REQUIRE(std::string(array.values.begin(), array.values.end()) == "abcdef");
    put(directory / "deep", make_idx(0x08, std::vector<std::uint32_t>(255, 1), "x"));
    REQUIRE(read_idx<std::uint8_t>(directory / "deep").extents.size() == 255);
}

TEST_CASE("a file cut short anywhere is refused", "[io]") {
    temporary_directory directory;
    const std::string whole = make_idx(0x08, {3, 2}, "abcdef");
    for (std::size_t length = 0; length < whole.size(); ++length) {
        CAPTURE(length);
        put(directory / "a", whole.substr(0, length));
        const auto e = error_of(directory / "a");
        REQUIRE(e);
        REQUIRE(e->kind() == (length < 4    ? file_fault::unknown_format
                              : length < 12 ? file_fault::corrupt
                                            : file_fault::wrong_size));
        REQUIRE(e->file() == directory / "a");
        put(directory / "a", make_gzip(whole.substr(0, length)));
        REQUIRE(error_of(directory / "a")->kind() == e->kind());
    }
    put(directory / "a", whole + "g");
    REQUIRE_THAT(error_of(directory / "a")->what(),
                 Catch::Contains("after the header there are more than 6 bytes, and 3 x 2 elements take 6"));
    put(directory / "a", whole.substr(0, 15));
    REQUIRE_THAT(error_of(directory / "a")->what(), Catch::Contains("there are 3 bytes, and 3 x 2 elements take 6"));
    const std::string compressed = make_gzip(whole);
    put(directory / "a", compressed.substr(0, compressed.size() - 3));
    REQUIRE(error_of(directory / "a")->kind() == file_fault::corrupt);
}

TEST_CASE("what follows in the file is damage, plain or compressed", "[io]") {
    temporary_directory directory;
    const std::string whole = make_idx(0x08, {3, 2}, "abcdef");
    for (const std::string& file :
         {make_gzip(whole) + "x", make_gzip(whole) + std::string(512, '\0'), make_gzip(whole) + make_gzip("g"),
          make_gzip(whole.substr(0, 14)) + whole.substr(14)}) {
        put(directory / "a", file);
        const auto e = error_of(directory / "a");
        REQUIRE(e);
        REQUIRE((e->kind() == file_fault::corrupt || e->kind() == file_fault::wrong_size));
    }
    put(directory / "a", make_gzip(whole.substr(0, 14)) + make_gzip(whole.substr(14)));
    REQUIRE(read_idx<std::uint8_t>(directory / "a").values.size() == 6);
    // A header of very many extents makes no long message.
    put(directory / "a", make_idx(0x08, std::vector<std::uint32_t>(255, 0xFFFFFFFF), ""));
    REQUIRE_THAT(error_of(directory / "a")->what(), Catch::Contains(" x ... (255 extents)"));
    REQUIRE(std::string(error_of(directory / "a")->what()).size() < 500);
}

TEST_CASE("a bit flipped in the header is refused; in gzip, anywhere", "[io]") {
    temporary_directory directory;
    const std::string whole = make_idx(0x08, {3, 2}, "abcdef");
    for (std::size_t bit = 0; bit < 12 * 8; ++bit) {
        CAPTURE(bit);
        std::string changed = whole;
        changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ (1 << (bit % 8)));
        put(directory / "a", changed);
        REQUIRE(error_of(directory / "a"));
    }
    const std::string compressed = make_gzip(whole);
    for (std::size_t bit = 0; bit < compressed.size() * 8; ++bit) {
        CAPTURE(bit);
        std::string changed = compressed;
        changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ (1 << (bit % 8)));
        put(directory / "a", changed);
        if (!error_of(directory / "a")) {
            const auto array = read_idx<std::uint8_t>(directory / "a");
            REQUIRE(std::string(array.values.begin(), array.values.end()) == "abcdef");
        }
    }
}

TEST_CASE("a header that announces too much is refused before anything is read", "[io]") {
    temporary_directory directory;
    constexpr std::uint32_t most = 0xFFFFFFFF;
    // Products of 2^32 x 2^32 and more wrap around 64 bits; this one would be 0.
    for (const std::vector<std::uint32_t>& extents :
         {std::vector{most}, {most, most}, {most, most, most}, {1U << 31, 1U << 31, 4}, {1, 1U << 30, 2}}) {
        CAPTURE(extents);
        put(directory / "a", make_idx(0x08, extents, "x"));
        const auto e = error_of(directory / "a");
        REQUIRE(e);
        REQUIRE(e->kind() == file_fault::too_large);
        REQUIRE_THAT(e->what(), Catch::Contains("the header announces ") && Catch::Contains("raise the limit"));
    }
    put(directory / "a", make_idx(0x0E, {2, 2}, std::string(32, 'x')));
    REQUIRE_FALSE(error_of<double>(directory / "a", 32));
    REQUIRE(error_of<double>(directory / "a", 31)->kind() == file_fault::too_large);
    // Announced within the limit, and not there: costs what is there.
    put(directory / "a", make_idx(0x08, {1U << 30}, "x"));
    REQUIRE(error_of(directory / "a")->kind() == file_fault::wrong_size);
}

TEST_CASE("what is no idx file of this type", "[io]") {
    temporary_directory directory;
    const auto [content, kind, words] = GENERATE(table<std::string, file_fault, std::string>({
        {"", file_fault::unknown_format, "the file holds 0 bytes, less than a header"},
        {"P5 28 28 255 ", file_fault::unknown_format, "does not begin with the two zero bytes"},
        {make_idx(0x0A, {1}, "x"), file_fault::corrupt, "the header has 10 as its code of the element type"},
        {make_idx(0x0D, {1}, "abcd"), file_fault::unsupported, "the elements are float32, and uint8 were asked for"},
        {make_idx(0x08, {}, "x"), file_fault::corrupt, "the header has no extents"},
        {make_idx(0x08, {3, 0, 2}, ""), file_fault::corrupt, "an extent of 0: 3 x 0 x 2"},
    }));
    put(directory / "a", content);
    const auto e = error_of(directory / "a");
    REQUIRE(e);
    REQUIRE(e->kind() == kind);
    REQUIRE_THAT(e->what(), Catch::StartsWith((directory / "a").string() + ": ") && Catch::Contains(words));
    REQUIRE(error_of(directory / "missing")->kind() == file_fault::cannot_open);
}
