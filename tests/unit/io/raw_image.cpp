// SPDX-License-Identifier: BSL-1.0
#include <ambit/io/raw_image.hpp>

#include <catch2/catch.hpp>

#include "../../support/make_gzip.hpp"
#include "../../support/temporary_directory.hpp"

#include <array>
#include <cmath>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include <xtensor/xmath.hpp>

using namespace ambit;
using namespace ambit_test;
using namespace std::string_literals;

namespace {

struct asked {
    std::int64_t height, width;
    sample_format format = sample_format::one_byte;
    raw_image_options options = {};
};

std::optional<image_error> error_of(const std::filesystem::path& file, const asked& a) {
    try {
        read_raw_image(file, a.height, a.width, a.format, a.options);
        return std::nullopt;
    } catch (const image_error& e) {
        return e;
    }
}

const std::filesystem::path scanned_slice = "/usr/share/matplotlib/mpl-data/sample_data/s1045.ima.gz";

}  // namespace

TEST_CASE("samples of each format, plain and compressed") {
    temporary_directory directory;
    const std::string bytes = "\x00\x01\x12\x34\xFF\xFF\xFF\x00\x00\xFF\x80\x00"s;
    put(directory / "plain", bytes);
    put(directory / "compressed", make_gzip(bytes));
    for (const char* name : {"plain", "compressed"}) {
        const xt::xtensor<float, 3> big = {{{1 / 65535.0F}, {0x1234 / 65535.0F}, {1.0F}},
                                           {{0xFF00 / 65535.0F}, {0xFF / 65535.0F}, {0x8000 / 65535.0F}}};
        REQUIRE((read_raw_image(directory / name, 2, 3, sample_format::uint16_big_endian) == big));
        const xt::xtensor<float, 3> little = {{{0x0100 / 65535.0F}, {0x3412 / 65535.0F}},
                                              {{1.0F}, {0x00FF / 65535.0F}},
                                              {{0xFF00 / 65535.0F}, {0x0080 / 65535.0F}}};
        REQUIRE((read_raw_image(directory / name, 3, 2, sample_format::uint16_little_endian) == little));
        const auto small = read_raw_image(directory / name, 12, 1, sample_format::one_byte);
        REQUIRE(small.shape() == std::array<std::size_t, 3>{12, 1, 1});
        REQUIRE(small(2, 0, 0) == 0x12 / 255.0F);
        REQUIRE(small(4, 0, 0) == 1.0F);
    }
}

TEST_CASE("white says which sample is 1; what is brighter is 1 too") {
    temporary_directory directory;
    put(directory / "a", "\x00\x00\x00\x40\x00\x80\x01\x00"s);
    const xt::xtensor<float, 3> expected = {{{0.0F}, {0.5F}}, {{1.0F}, {1.0F}}};
    REQUIRE((read_raw_image(directory / "a", 2, 2, sample_format::uint16_big_endian, {.white = 128}) ==
             expected));
}

TEST_CASE("too few and too many samples") {
    temporary_directory directory;
    for (bool compressed : {false, true}) {
        const auto refuse = [&](std::size_t size, const char* words) {
            const std::string bytes(size, 'x');
            put(directory / "a", compressed ? make_gzip(bytes) : bytes);
            const auto e = error_of(directory / "a", {2, 3, sample_format::uint16_big_endian});
            REQUIRE(e);
            REQUIRE(e->kind() == file_fault::wrong_size);
            REQUIRE_THAT(e->what(), Catch::Contains(words) &&
                                        Catch::Contains("2 x 3 samples take 12; check the extents"));
        };
        refuse(11, "the file holds 11 bytes");
        refuse(13, "the file holds more than 12 bytes");
        refuse(0, "the file holds 0 bytes");
        refuse(10'000'000, "the file holds more than 12 bytes");
    }
    put(directory / "a", make_gzip(std::string(12, 'x')) + "x");
    REQUIRE(error_of(directory / "a", {2, 3, sample_format::uint16_big_endian})->kind() == file_fault::corrupt);
}

TEST_CASE("arguments that describe no picture") {
    temporary_directory directory;
    put(directory / "a", "x");
    constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();
    for (const asked& a :
         {asked{0, 1}, asked{1, 0}, asked{-1, -1}, asked{1, 1, sample_format::one_byte, {.white = 256}},
          asked{1, 1, sample_format::uint16_big_endian, {.white = 65536}},
          asked{1, 1, sample_format::one_byte, {.white = -1}}})
        REQUIRE(error_of(directory / "a", a)->kind() == file_fault::bad_argument);
    for (const asked& a : {asked{most, most}, asked{most, 2}, asked{8192, 8193}, asked{1, most}})
        REQUIRE(error_of(directory / "a", a)->kind() == file_fault::too_large);
    REQUIRE(error_of(directory / "missing", {1, 1})->kind() == file_fault::cannot_open);
}

TEST_CASE("damaged compressed data") {
    temporary_directory directory;
    std::string compressed = make_gzip(std::string(12, 'x'));
    compressed[compressed.size() - 6] ^= 1;  // the checksum
    put(directory / "a", compressed);
    const auto e = error_of(directory / "a", {3, 4});
    REQUIRE(e);
    REQUIRE(e->kind() == file_fault::corrupt);
}

TEST_CASE("a real slice from a scanner") {
    if (!std::filesystem::exists(scanned_slice)) {
        WARN("skipped: " << scanned_slice << " is not there; the Debian package python-matplotlib-data has it");
        return;
    }
    // Samples, largest and sum as Python's gzip and struct modules read them.
    const auto picture = read_raw_image(scanned_slice, 256, 256, sample_format::uint16_big_endian, {.white = 255});
    REQUIRE(picture.shape() == std::array<std::size_t, 3>{256, 256, 1});
    const float row_128[] = {184, 177, 169, 158, 149, 147, 153, 160, 164, 165};
    for (std::size_t at = 0; at < 10; ++at) REQUIRE(picture(128, 100 + at, 0) == row_128[at] / 255);
    REQUIRE(xt::amin(picture)() == 0.0F);
    REQUIRE(xt::amax(picture)() == 215.0F / 255);
    double sum = 0;
    for (float value : picture) sum += std::round(value * 255.0);
    REQUIRE(sum == 38.651885986328125 * 65536);
}
