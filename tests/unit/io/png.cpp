// SPDX-License-Identifier: BSL-1.0
#include <ambit/io/png.hpp>

#include <catch2/catch.hpp>

#include "../../support/child_process.hpp"
#include "../../support/make_picture.hpp"
#include "../../support/temporary_directory.hpp"

#include <cmath>
#include <limits>
#include <optional>
#include <string>
#include <vector>

using namespace ambit;
using namespace ambit_test;
using floats = std::vector<float>;

namespace {

pixels decode(const std::string& file, int channels) {
    return decode_png(bytes_of(file), channels, "some.png");
}

std::optional<image_error> error_of(const std::string& file, int channels = 1) {
    try {
        decode(file, channels);
        return std::nullopt;
    } catch (const image_error& e) {
        return e;
    }
}

floats over(float largest, floats values) {
    for (float& value : values) value /= largest;
    return values;
}

std::string text_of(const std::vector<std::byte>& bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// Changes a chunk's content and makes its checksum right again.
std::string with_chunk_byte(std::string file, std::string_view type, std::size_t index, unsigned char value) {
    const std::size_t at = file.find(type);
    REQUIRE(at != std::string::npos);
    std::uint32_t length = 0;
    for (std::size_t byte = 0; byte < 4; ++byte)
        length = length * 256 + static_cast<unsigned char>(file[at - 4 + byte]);
    file[at + 4 + index] = static_cast<char>(value);
    std::uint32_t crc = 0xFFFFFFFF;  // CRC-32 of the PNG specification, annex D
    for (std::size_t byte = at; byte < at + 4 + length; ++byte) {
        crc ^= static_cast<unsigned char>(file[byte]);
        for (int bit = 0; bit < 8; ++bit) crc = crc & 1 ? 0xEDB88320 ^ (crc >> 1) : crc >> 1;
    }
    crc ^= 0xFFFFFFFF;
    for (std::size_t byte = 0; byte < 4; ++byte)
        file[at + 4 + length + byte] = static_cast<char>(crc >> (24 - 8 * byte));
    return file;
}

const std::string small = make_png({.height = 3,
                                    .width = 5,
                                    .colour = PNG_COLOR_TYPE_RGB,
                                    .rows = {{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15},
                                             {99, 98, 97, 0, 255, 0, 255, 0, 255, 1, 1, 1, 200, 201, 202},
                                             {0, 0, 0, 9, 9, 9, 8, 8, 8, 7, 7, 7, 6, 6, 6}}});

}  // namespace

TEST_CASE("grey PNG pictures of every depth") {
    REQUIRE(decode(make_png({.height = 1, .width = 4, .depth = 1, .rows = {{0b01010000}}}), 1).values ==
            floats{0, 1, 0, 1});
    REQUIRE(decode(make_png({.height = 1, .width = 4, .depth = 2, .rows = {{0b00011011}}}), 1).values ==
            over(255, {0, 85, 170, 255}));
    REQUIRE(decode(make_png({.height = 1, .width = 2, .depth = 4, .rows = {{0x1F}}}), 1).values ==
            over(255, {17, 255}));
    REQUIRE(decode(make_png({.height = 2, .width = 2, .depth = 8, .rows = {{0, 1}, {128, 255}}}), 1).values ==
            over(255, {0, 1, 128, 255}));
    REQUIRE(
        decode(make_png({.height = 1, .width = 3, .depth = 16, .rows = {{0, 0, 0x12, 0x34, 0xFF, 0xFF}}}), 1)
            .values == over(65535, {0, 0x1234, 65535}));
}

TEST_CASE("grey is repeated for three channels, colour becomes luma for one") {
    const pixels three = decode(make_png({.height = 1, .width = 2, .rows = {{51, 102}}}), 3);
    REQUIRE(three.channels == 3);
    REQUIRE(three.values == over(255, {51, 51, 51, 102, 102, 102}));

    const pixels one = decode(make_png({.height = 1,
                                        .width = 4,
                                        .colour = PNG_COLOR_TYPE_RGB,
                                        .rows = {{255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 255}}}),
                              1);
    REQUIRE(one.channels == 1);
    REQUIRE(one.values.size() == 4);
    REQUIRE(one.values[0] == Approx(0.299));
    REQUIRE(one.values[1] == Approx(0.587));
    REQUIRE(one.values[2] == Approx(0.114));
    REQUIRE(one.values[3] == Approx(1.0));
}

TEST_CASE("colour PNG pictures of 8 and 16 bits, extents and order") {
    const pixels picture = decode(small, 3);
    REQUIRE(picture.height == 3);
    REQUIRE(picture.width == 5);
    REQUIRE(picture.values.size() == 45);
    REQUIRE(picture.values[0] == 1 / 255.0F);
    REQUIRE(picture.values[(1 * 5 + 4) * 3 + 2] == 202 / 255.0F);
    REQUIRE(decode(make_png({.height = 1,
                             .width = 1,
                             .depth = 16,
                             .colour = PNG_COLOR_TYPE_RGB,
                             .rows = {{0x01, 0x02, 0x80, 0x00, 0xFF, 0xFE}}}),
                   3)
                .values == over(65535, {0x0102, 0x8000, 0xFFFE}));
}

TEST_CASE("palettes become their colours") {
    const std::vector<png_color> palette = {{255, 0, 51}, {0, 102, 0}, {1, 2, 3}};
    for (int depth : {2, 8}) {
        const std::vector<unsigned char> row =
            depth == 2 ? std::vector<unsigned char>{0b10000100} : std::vector<unsigned char>{2, 0, 1, 0};
        const std::string file = make_png({.height = 1,
                                           .width = 4,
                                           .depth = depth,
                                           .colour = PNG_COLOR_TYPE_PALETTE,
                                           .rows = {row},
                                           .palette = palette,
                                           .transparency = {0, 128}});
        REQUIRE(decode(file, 3).values == over(255, {1, 2, 3, 255, 0, 51, 0, 102, 0, 255, 0, 51}));
        REQUIRE(decode(file, 1).values[1] == Approx((0.299 * 255 + 0.114 * 51) / 255));
    }
}

TEST_CASE("alpha is dropped, gamma is ignored") {
    REQUIRE(decode(make_png({.height = 1,
                             .width = 2,
                             .colour = PNG_COLOR_TYPE_RGB_ALPHA,
                             .rows = {{10, 20, 30, 0, 40, 50, 60, 255}}}),
                   3)
                .values == over(255, {10, 20, 30, 40, 50, 60}));
    REQUIRE(
        decode(
            make_png(
                {.height = 1, .width = 2, .colour = PNG_COLOR_TYPE_GRAY_ALPHA, .rows = {{10, 0, 20, 128}}}),
            1)
            .values == over(255, {10, 20}));
    REQUIRE(decode(make_png({.height = 1,
                             .width = 1,
                             .depth = 16,
                             .colour = PNG_COLOR_TYPE_GRAY_ALPHA,
                             .rows = {{0x12, 0x34, 0, 0}}}),
                   1)
                .values == over(65535, {0x1234}));
    REQUIRE(decode(make_png({.height = 1, .width = 2, .rows = {{10, 20}}, .gamma = true}), 1).values ==
            over(255, {10, 20}));
}

TEST_CASE("interlaced pictures are the same pictures") {
    png_recipe recipe{.height = 13, .width = 11, .colour = PNG_COLOR_TYPE_RGB, .rows = {}};
    for (unsigned row = 0; row < 13; ++row) {
        recipe.rows.emplace_back();
        for (unsigned sample = 0; sample < 33; ++sample)
            recipe.rows.back().push_back(static_cast<unsigned char>((row * 57 + sample * 31) % 256));
    }
    const std::string plain = make_png(recipe);
    recipe.interlaced = true;
    const std::string interlaced = make_png(recipe);
    REQUIRE(plain != interlaced);
    REQUIRE(decode(interlaced, 3).values == decode(plain, 3).values);
    REQUIRE(decode(interlaced, 3).values[(12 * 11 + 10) * 3 + 2] ==
            static_cast<float>((12 * 57 + 32 * 31) % 256) / 255);
}

TEST_CASE("what is encoded is decoded, at all 256 levels") {
    pixels picture{16, 16, 1, {}};
    for (int level = 0; level < 256; ++level) picture.values.push_back(static_cast<float>(level) / 255.0F);
    const std::string file = text_of(encode_png(picture, "a.png"));
    REQUIRE(is_png(bytes_of(file)));
    const pixels grey = decode(file, 1);
    REQUIRE(grey.height == 16);
    REQUIRE(grey.width == 16);
    REQUIRE(grey.values == picture.values);

    pixels colour{2, 4, 3, floats(picture.values.begin() + 100, picture.values.begin() + 124)};
    REQUIRE(decode(text_of(encode_png(colour, "a.png")), 3).values == colour.values);
}

TEST_CASE("values are clamped and rounded to the nearest level, NaN is black") {
    constexpr float infinity = std::numeric_limits<float>::infinity();
    const pixels picture{1,
                         9,
                         1,
                         {-1, -0.0F, std::nanf(""), 1.5F, infinity, -infinity, 0.5F / 255.0F - 1e-6F,
                          0.5F / 255.0F + 1e-6F, 254.6F / 255.0F}};
    REQUIRE(decode(text_of(encode_png(picture, "a.png")), 1).values ==
            over(255, {0, 0, 0, 255, 255, 0, 0, 1, 255}));
}

TEST_CASE("arguments that make no picture") {
    const auto kind_of = [](const auto& action) {
        try {
            action();
        } catch (const image_error& e) {
            return e.kind();
        }
        return file_fault::cannot_open;
    };
    for (int channels : {0, 2, 4, -1}) REQUIRE(error_of(small, channels)->kind() == file_fault::bad_argument);
    REQUIRE_THAT(error_of(small, 2)->what(),
                 Catch::Contains("some.png: 2 channels were asked for; ask for 1"));
    REQUIRE(kind_of([] { encode_png({1, 1, 2, {0, 0}}, "a"); }) == file_fault::bad_argument);
    REQUIRE(kind_of([] { encode_png({2, 2, 1, {0, 0}}, "a"); }) == file_fault::bad_argument);
    REQUIRE(kind_of([] { encode_png({0, 2, 1, {}}, "a"); }) == file_fault::too_large);
    REQUIRE(kind_of([] {
                encode_png({std::size_t{1} << 40, std::size_t{1} << 40, 1, {}}, "a");
            }) == file_fault::too_large);
}

TEST_CASE("pictures above the limit are refused before anything is allocated for them") {
    // Width 2^20 and height 2^20: bytes 1 and 5 of IHDR's big-endian extents.
    std::string file = with_chunk_byte(small, "IHDR", 1, 0x10);
    file = with_chunk_byte(file, "IHDR", 5, 0x10);
    const auto e = error_of(file);
    REQUIRE(e);
    REQUIRE(e->kind() == file_fault::too_large);
    REQUIRE_THAT(e->what(), Catch::Contains("1048579 x 1048581 pixels") && Catch::Contains("67108864"));
    // 2^31 - 1 each: the product needs more than 32 bits.
    std::string vast = small;
    for (std::size_t index : {0U, 4U}) vast = with_chunk_byte(vast, "IHDR", index, 0x7F);
    REQUIRE(error_of(vast)->kind() == file_fault::too_large);
}

TEST_CASE("a picture that promises more than its file can hold costs nothing") {
    const auto e = error_of(with_chunk_byte(small, "IHDR", 5, 0x10));  // 2^20 + 3 rows
    REQUIRE(e);
    REQUIRE(e->kind() == file_fault::corrupt);
    REQUIRE_THAT(e->what(), Catch::Contains("bytes cannot hold 1048579 x 5 pixels"));
}

TEST_CASE("the best compression that there is still reads") {
    const std::size_t side = 2000;
    const std::string file = make_png({.height = side,
                                       .width = side,
                                       .depth = 1,
                                       .rows = std::vector(side, std::vector<unsigned char>(side / 8))});
    REQUIRE(side * side / 8 > 900 * file.size() / 2);  // nothing but the overhead of the format is left
    REQUIRE(decode(file, 1).values == floats(side * side, 0));
}

TEST_CASE("a picture that promises more rows than it has") {
    const auto e = error_of(with_chunk_byte(small, "IHDR", 7, 200));
    REQUIRE(e);
    REQUIRE(e->kind() == file_fault::corrupt);
    REQUIRE_THAT(e->what(), Catch::Contains("the PNG picture is damaged: ") && Catch::Contains("fetch it"));
}

TEST_CASE("cut off at any length, a PNG file is refused") {
    for (std::size_t length = 0; length < small.size(); ++length) {
        CAPTURE(length);
        const auto e = error_of(small.substr(0, length));
        REQUIRE(e);
        REQUIRE(e->kind() == file_fault::corrupt);
    }
    REQUIRE_THAT(error_of(small.substr(0, small.size() - 5))->what(),
                 Catch::Contains("the file ends too early"));
}

TEST_CASE("with any bit flipped, a PNG file is refused: its checksums see it") {
    const floats expected = decode(small, 3).values;
    for (std::size_t at = 0; at < small.size(); ++at)
        for (int bit = 0; bit < 8; ++bit) {
            CAPTURE(at, bit);
            std::string flipped = small;
            flipped[at] = static_cast<char>(static_cast<unsigned char>(flipped[at]) ^ (1U << bit));
            const auto e = error_of(flipped, 3);
            if (!e) REQUIRE(decode(flipped, 3).values == expected);
            else REQUIRE(e->kind() != file_fault::bad_argument);
        }
}

TEST_CASE("damaged content with the right checksums ends well") {
    const std::size_t data = small.find("IDAT");
    const std::size_t length = static_cast<unsigned char>(small[data - 1]);
    REQUIRE(length > 10);
    for (std::size_t index = 0; index < length; ++index)
        for (unsigned value = 0; value < 256; value += 5) {
            const std::string file = with_chunk_byte(small, "IDAT", index, static_cast<unsigned char>(value));
            if (!error_of(file, 3)) REQUIRE(decode(file, 3).values.size() == 45);
        }
    for (std::size_t index = 0; index < 13; ++index)
        for (unsigned value = 0; value < 256; ++value) {
            const std::string file = with_chunk_byte(small, "IHDR", index, static_cast<unsigned char>(value));
            if (error_of(file, 3)) continue;
            const pixels picture = decode(file, 3);
            REQUIRE(picture.values.size() == picture.height * picture.width * 3);
        }
}

namespace {

const std::string signature = "\x89PNG\r\n\x1A\n", end_chunk = png_chunk("IEND", "");

std::string header_chunk(unsigned height, unsigned width, int depth, int colour) {
    std::string content(13, '\0');
    for (unsigned byte = 0; byte < 4; ++byte) {
        content[byte] = static_cast<char>(width >> (24 - 8 * byte));
        content[4 + byte] = static_cast<char>(height >> (24 - 8 * byte));
    }
    content[8] = static_cast<char>(depth);
    content[9] = static_cast<char>(colour);
    return png_chunk("IHDR", content);
}

/// A grey picture of one pixel of level 127, with chunks before and behind its data.
std::string pixel_with(const std::string& before, const std::string& behind = "") {
    return signature + header_chunk(1, 1, 8, PNG_COLOR_TYPE_GRAY) + before +
           png_chunk("IDAT", zlib_compressed(std::string("\0\x7F", 2))) + behind + end_chunk;
}

void require_damaged(const std::string& file, const std::string& words, int channels = 3) {
    CAPTURE(words);
    const auto e = error_of(file, channels);
    REQUIRE(e);
    REQUIRE(e->kind() == file_fault::corrupt);
    REQUIRE_THAT(e->what(), Catch::Contains("the PNG picture is damaged: ") && Catch::Contains(words));
}

}  // namespace

TEST_CASE("chunks that are no part of the picture are skipped, whatever they would cost") {
    const std::string bomb = zlib_compressed(std::string(7'900'000, 'A'));
    REQUIRE(bomb.size() < 10'000);
    const std::string zero(1, '\0');
    std::string all;
    for (int number = 0; number < 25; ++number) {
        const std::string key = "k" + std::to_string(number);
        all += png_chunk("zTXt", key + zero + zero + bomb);
        all += png_chunk("iTXt", key + zero + "\1" + zero + zero + zero + bomb);
        all += png_chunk("iCCP", key + zero + zero + bomb);
    }
    all += png_chunk("tEXt", "k" + zero + std::string(9'000'000, 'x'));
    all += png_chunk("eXIf", std::string(9'000'000, 'x')) +
           png_chunk("sPLT", "p" + zero + "\x08" + std::string(9'000'000, '\0'));
    all += png_chunk("noNe", std::string(9'000'000, 'x')) + png_chunk("gAMA", "?") + png_chunk("hIST", "");
    const std::string files[] = {pixel_with(all), pixel_with("", all)};
    const child_result child = in_child([&] {
        const long before = peak_memory();
        for (const std::string& file : files)
            if (decode(file, 1).values != over(255, {127})) return 1;
        return peak_memory() - before < 40 ? 0 : 2;
    });
    REQUIRE(child.exit_code == 0);
}

TEST_CASE("a chunk that announces more than the file has costs what is there") {
    const child_result child = in_child([&] {
        const long before = peak_memory();
        for (const char* type : {"sPLT", "zTXt", "iTXt", "iCCP", "eXIf", "noNe", "PLTE", "tRNS", "IDAT", "NONE"}) {
            // 2,052,348,020 bytes.
            const std::string file =
                signature + header_chunk(7, 47, 8, PNG_COLOR_TYPE_GRAY) + "\x7A\x54\x48\x74" + type + "IDAT";
            const auto e = error_of(file);
            if (!e || e->kind() != file_fault::corrupt) return 1;
        }
        return peak_memory() - before < 40 ? 0 : 2;
    });
    REQUIRE(child.exit_code == 0);
}

TEST_CASE("a checksum that is wrong is damage in any chunk") {
    for (const char* type : {"tEXt", "zTXt", "gAMA", "noNe"}) {
        std::string chunk = png_chunk(type, "content");
        REQUIRE_FALSE(error_of(pixel_with(chunk)));
        chunk.back() = static_cast<char>(chunk.back() ^ 1);
        require_damaged(pixel_with(chunk), "CRC error");
        require_damaged(pixel_with("", chunk), "CRC error");
    }
}

TEST_CASE("data beyond the picture are damage") {
    const std::string head = signature + header_chunk(1, 1, 8, PNG_COLOR_TYPE_GRAY);
    std::string rows;
    for (int row = 0; row < 500; ++row) rows += std::string("\0\x7F", 2);
    const std::string one = zlib_compressed(rows.substr(0, 2)), many = zlib_compressed(rows);
    REQUIRE_FALSE(error_of(head + png_chunk("IDAT", one) + end_chunk));
    // One chunk of data may be cut into several anywhere, and empty ones may follow.
    for (std::size_t cut = 0; cut <= one.size(); ++cut)
        REQUIRE_FALSE(error_of(head + png_chunk("IDAT", one.substr(0, cut)) + png_chunk("IDAT", one.substr(cut)) +
                               png_chunk("IDAT", "") + png_chunk("IDAT", "") + end_chunk));
    const auto in_bytes = [](const std::string& data) {
        std::string chunks;
        for (const char byte : data) chunks += png_chunk("IDAT", {byte});
        return chunks;
    };
    REQUIRE(decode(head + in_bytes(one) + end_chunk, 1).values == over(255, {127}));
    require_damaged(head + in_bytes(one + "x") + end_chunk, "Extra compressed data");
    require_damaged(head + in_bytes(many) + end_chunk, "");
    require_damaged(head + png_chunk("IDAT", many) + end_chunk, "");
    require_damaged(head + png_chunk("IDAT", zlib_compressed(rows.substr(0, 3))) + end_chunk, "");
    require_damaged(head + png_chunk("IDAT", one + "x") + end_chunk, "");
    for (const std::string& more : {std::string("x"), one, many}) {
        require_damaged(head + png_chunk("IDAT", one) + png_chunk("IDAT", more) + end_chunk, "Extra compressed data");
        require_damaged(head + png_chunk("IDAT", one) + png_chunk("IDAT", "") + png_chunk("IDAT", more) + end_chunk,
                        "Extra compressed data");
        require_damaged(head + png_chunk("IDAT", one) + png_chunk("tEXt", "k") + png_chunk("IDAT", more) + end_chunk,
                        "");
    }
    // The end of the compressed data is missing, or their checksum is wrong; the pixels are all there.
    for (std::size_t less = 1; less <= 4; ++less)
        require_damaged(head + png_chunk("IDAT", one.substr(0, one.size() - less)) + end_chunk, "");
    std::string spoiled = one;
    spoiled.back() = static_cast<char>(spoiled.back() ^ 1);
    require_damaged(head + png_chunk("IDAT", spoiled) + end_chunk, "");
    require_damaged(head + in_bytes(spoiled) + end_chunk, "");
    // Blocks without content in front of the end, more than libpng looks at in one piece.
    const std::string stored("\0\2\0\xFD\xFF\0\x7F", 7), empty("\0\0\0\xFF\xFF", 5), last("\1\0\0\xFF\xFF", 5);
    std::string long_way = one.substr(0, 2) + stored;
    for (int block = 0; block < 6000; ++block) long_way += empty;
    long_way += last + one.substr(one.size() - 4);
    REQUIRE(decode(head + png_chunk("IDAT", long_way) + end_chunk, 1).values == over(255, {127}));
    require_damaged(head + png_chunk("IDAT", long_way + "x") + end_chunk, "Extra compressed data");
    long_way.back() = static_cast<char>(long_way.back() ^ 1);
    require_damaged(head + png_chunk("IDAT", long_way) + end_chunk, "");
    // Behind the end.
    for (const char* more : {"x", "IEND", "a whole text"})
        require_damaged(small + more, "goes on behind the end of the picture");
    require_damaged(small + small, "goes on behind the end of the picture");
    require_damaged(head + png_chunk("IDAT", one) + png_chunk("IEND", "x"), "");
    require_damaged(head + png_chunk("IDAT", one), "the file ends too early");
}

TEST_CASE("indices beyond the palette are damage, at every depth") {
    const std::vector<png_color> palette = {{255, 0, 51}, {0, 102, 0}, {1, 2, 3}};
    const auto of = [&](int depth, std::vector<unsigned char> row, bool interlaced = false) {
        return make_png({.height = 1,
                         .width = 4,
                         .depth = depth,
                         .colour = PNG_COLOR_TYPE_PALETTE,
                         .rows = {std::move(row)},
                         .palette = palette,
                         .interlaced = interlaced});
    };
    for (const bool interlaced : {false, true}) {
        REQUIRE_FALSE(error_of(of(2, {0b00011010}, interlaced)));
        require_damaged(of(2, {0b00011011}, interlaced), "palette");
        require_damaged(of(4, {0x01, 0x23}, interlaced), "palette");
        require_damaged(of(8, {0, 1, 2, 3}, interlaced), "palette");
        require_damaged(of(8, {0, 1, 255, 2}, interlaced), "palette", 1);
    }
    // Bits that fill up the last byte of a row belong to no pixel.
    REQUIRE(decode(make_png({.height = 1,
                             .width = 3,
                             .depth = 2,
                             .colour = PNG_COLOR_TYPE_PALETTE,
                             .rows = {{0b00011011}},
                             .palette = palette}),
                   3)
                .values == over(255, {255, 0, 51, 0, 102, 0, 1, 2, 3}));
    // A palette that is missing, empty, or cut within a colour.
    const std::string head = signature + header_chunk(1, 1, 8, PNG_COLOR_TYPE_PALETTE);
    const std::string data = png_chunk("IDAT", zlib_compressed(std::string(2, '\0'))) + end_chunk;
    REQUIRE_FALSE(error_of(head + png_chunk("PLTE", "abc") + data));
    require_damaged(head + data, "");
    require_damaged(head + png_chunk("PLTE", "") + data, "");
    require_damaged(head + png_chunk("PLTE", "abcd") + data, "");
    require_damaged(head + png_chunk("PLTE", std::string(257 * 3, 'x')) + data, "");
    require_damaged(head + png_chunk("PLTE", "abc") + png_chunk("tRNS", "xy") + data, "");
}

TEST_CASE("transparency changes no sample") {
    const auto with = [](int depth, int colour, const std::string& transparent, const std::string& row) {
        return signature + header_chunk(1, 2, depth, colour) + png_chunk("tRNS", transparent) +
               png_chunk("IDAT", zlib_compressed(row)) + end_chunk;
    };
    const std::string zero(1, '\0');
    REQUIRE(decode(with(8, PNG_COLOR_TYPE_GRAY, zero + "\x10", zero + "\x10\x20"), 1).values == over(255, {16, 32}));
    REQUIRE(decode(with(1, PNG_COLOR_TYPE_GRAY, zero + "\x01", zero + "\x80"), 1).values == over(255, {255, 0}));
    REQUIRE(decode(with(16, PNG_COLOR_TYPE_GRAY, "\x10\x20", zero + "\x10\x20\x30\x40"), 1).values ==
            over(65535, {0x1020, 0x3040}));
    REQUIRE(
        decode(with(8, PNG_COLOR_TYPE_RGB, zero + "\1" + zero + "\2" + zero + "\3", zero + "\1\2\3\4\5\6"), 3).values ==
        over(255, {1, 2, 3, 4, 5, 6}));
}

TEST_CASE("interlaced pictures of every depth and of few pixels are the same pictures") {
    for (const int depth : {1, 2, 4, 8, 16})
        for (const int colour : {PNG_COLOR_TYPE_GRAY, PNG_COLOR_TYPE_RGB, PNG_COLOR_TYPE_PALETTE}) {
            if ((colour == PNG_COLOR_TYPE_RGB && depth < 8) || (colour == PNG_COLOR_TYPE_PALETTE && depth > 8))
                continue;
            for (const unsigned height : {1U, 2U, 5U, 9U})
                for (const unsigned width : {1U, 2U, 3U, 4U, 5U, 9U}) {
                    CAPTURE(depth, colour, height, width);
                    const unsigned samples = colour == PNG_COLOR_TYPE_RGB ? 3 * width : width;
                    png_recipe recipe{.height = height, .width = width, .depth = depth, .colour = colour, .rows = {}};
                    for (unsigned row = 0; row < height; ++row) {
                        recipe.rows.emplace_back((samples * static_cast<unsigned>(depth) + 7) / 8);
                        for (std::size_t at = 0; at < recipe.rows[row].size(); ++at)
                            recipe.rows[row][at] = static_cast<unsigned char>(row * 59 + at * 37 + 11);
                    }
                    if (colour == PNG_COLOR_TYPE_PALETTE)
                        for (int index = 0; index < 1 << depth; ++index)
                            recipe.palette.push_back(
                                {static_cast<png_byte>(index), static_cast<png_byte>(255 - index), 7});
                    const floats plain = decode(make_png(recipe), 3).values;
                    recipe.interlaced = true;
                    REQUIRE(decode(make_png(recipe), 3).values == plain);
                }
        }
}
