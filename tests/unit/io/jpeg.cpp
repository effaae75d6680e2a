// SPDX-License-Identifier: BSL-1.0
#include <ambit/io/jpeg.hpp>

#include <catch2/catch.hpp>

#include "../../support/child_process.hpp"
#include "../../support/make_picture.hpp"
#include "../../support/temporary_directory.hpp"

#include <cmath>
#include <optional>
#include <string>
#include <vector>

using namespace ambit;
using namespace ambit::io_parts;
using namespace ambit_test;

namespace {

pixels decode(const std::string& file, int channels) {
    return decode_jpeg(bytes_of(file), channels, "some.jpg");
}

std::optional<image_error> error_of(const std::string& file, int channels = 3) {
    try {
        decode(file, channels);
        return std::nullopt;
    } catch (const image_error& e) {
        return e;
    }
}

/// Slow waves, which JPEG keeps to within a few levels.
jpeg_recipe waves(std::uint32_t height, std::uint32_t width, int components) {
    jpeg_recipe recipe{.height = height,
                       .width = width,
                       .components = components,
                       .given = components == 1   ? JCS_GRAYSCALE
                                : components == 3 ? JCS_RGB
                                                  : JCS_CMYK,
                       .samples = {}};
    for (unsigned row = 0; row < height; ++row)
        for (unsigned column = 0; column < width; ++column)
            for (int component = 0; component < components; ++component)
                recipe.samples.push_back(static_cast<unsigned char>(
                    128 + 100 * std::sin(0.11 * row + 0.07 * column + 1.3 * component)));
    return recipe;
}

double largest_difference(const pixels& picture, const jpeg_recipe& recipe) {
    REQUIRE(picture.values.size() == recipe.samples.size());
    double largest = 0;
    for (std::size_t at = 0; at < picture.values.size(); ++at)
        largest = std::max(largest, std::abs(picture.values[at] - recipe.samples[at] / 255.0));
    return largest;
}

}  // namespace

TEST_CASE("colour and grey JPEG pictures, baseline and progressive") {
    for (bool progressive : {false, true})
        for (int components : {1, 3}) {
            CAPTURE(progressive, components);
            jpeg_recipe recipe = waves(21, 35, components);
            recipe.progressive = progressive;
            const pixels picture = decode(make_jpeg(recipe), components);
            REQUIRE(picture.height == 21);
            REQUIRE(picture.width == 35);
            REQUIRE(picture.channels == static_cast<std::size_t>(components));
            REQUIRE(largest_difference(picture, recipe) < 6.0 / 255);
        }
}

TEST_CASE("grey JPEG is repeated for three channels, colour becomes luma for one") {
    const std::string grey = make_jpeg(waves(9, 10, 1));
    const pixels one = decode(grey, 1), three = decode(grey, 3);
    for (std::size_t at = 0; at < one.values.size(); ++at)
        for (std::size_t channel = 0; channel < 3; ++channel)
            REQUIRE(three.values[at * 3 + channel] == one.values[at]);

    const std::string colour = make_jpeg(waves(9, 10, 3));
    const pixels rgb = decode(colour, 3), y = decode(colour, 1);
    for (std::size_t at = 0; at < y.values.size(); ++at)
        REQUIRE(std::abs(y.values[at] - luma(rgb.values[at * 3], rgb.values[at * 3 + 1],
                                             rgb.values[at * 3 + 2])) < 1.5F / 255);
}

TEST_CASE("JPEG in CMYK is refused by name") {
    const auto e = error_of(make_jpeg(waves(8, 8, 4)));
    REQUIRE(e);
    REQUIRE(e->kind() == file_fault::unsupported);
    REQUIRE_THAT(e->what(),
                 Catch::Contains("some.jpg: the JPEG picture has neither grey nor RGB colours; convert"));
}

TEST_CASE("channels that JPEG readers do not make") {
    for (int channels : {0, 2, 4})
        REQUIRE(error_of(make_jpeg(waves(8, 8, 3)), channels)->kind() == file_fault::bad_argument);
}

TEST_CASE("JPEG pictures above the limit are refused before anything is allocated for them") {
    std::string file = make_jpeg(waves(8, 8, 1));
    const std::size_t frame = file.find("\xFF\xC0");
    REQUIRE(frame != std::string::npos);
    file.replace(frame + 5, 4, "\xFF\xDC\xFF\xDC");  // the extents: 65,500 each, the most that libjpeg takes
    const auto e = error_of(file, 1);
    REQUIRE(e);
    REQUIRE(e->kind() == file_fault::too_large);
    REQUIRE_THAT(e->what(), Catch::Contains("65500 x 65500 pixels"));
}

TEST_CASE("cut off at any length, a JPEG file is refused") {
    for (bool progressive : {false, true}) {
        jpeg_recipe recipe = waves(16, 24, 3);
        recipe.progressive = progressive;
        const std::string file = make_jpeg(recipe);
        for (std::size_t length = 0; length < file.size(); ++length) {
            CAPTURE(progressive, length);
            const auto e = error_of(file.substr(0, length));
            REQUIRE(e);
            REQUIRE(e->kind() == file_fault::corrupt);
            REQUIRE_THAT(e->what(), Catch::Contains("the JPEG picture is damaged: "));
        }
        REQUIRE_THAT(error_of(file.substr(0, file.size() - 2))->what(), Catch::Contains("Premature end"));
    }
}

TEST_CASE("with any bit flipped, reading a JPEG file ends well") {
    for (bool progressive : {false, true}) {
        jpeg_recipe recipe = waves(8, 16, 3);
        recipe.progressive = progressive;
        recipe.quality = 60;
        const std::string file = make_jpeg(recipe);
        int refused = 0;
        for (std::size_t at = 0; at < file.size(); ++at)
            for (int bit = 0; bit < 8; ++bit) {
                CAPTURE(progressive, at, bit);
                std::string flipped = file;
                flipped[at] = static_cast<char>(static_cast<unsigned char>(flipped[at]) ^ (1U << bit));
                try {
                    const pixels picture = decode(flipped, 3);
                    REQUIRE(picture.values.size() == picture.height * picture.width * 3);
                } catch (const image_error&) {
                    ++refused;
                }
            }
        REQUIRE(refused > 500);
    }
}

TEST_CASE("remarks that cost no data do not refuse a photograph") {
    std::string file = make_jpeg(waves(8, 8, 3));
    const std::size_t table = file.find("\xFF\xDB");
    file.insert(table, "stray");
    REQUIRE_FALSE(error_of(file));
}

TEST_CASE("a small file that asks for very many passes is stopped") {
    jpeg_recipe recipe = waves(16, 16, 1);
    recipe.progressive = true;
    std::string file = make_jpeg(recipe);
    // The second scan with its table, repeated: each repetition is legal and a pass over the picture.
    const std::size_t first = file.find("\xFF\xDA");
    const std::size_t second = file.find("\xFF\xC4", first);
    REQUIRE(second != std::string::npos);
    const std::string scan = file.substr(second, file.size() - 2 - second);
    const auto repeated = [&](int times) {
        std::string result = file.substr(0, file.size() - 2);
        for (int time = 0; time < times; ++time) result += scan;
        return result + file.substr(file.size() - 2);
    };
    REQUIRE_FALSE(error_of(repeated(90), 1));
    const auto e = error_of(repeated(110), 1);
    REQUIRE(e);
    REQUIRE(e->kind() == file_fault::corrupt);
    REQUIRE_THAT(e->what(), Catch::Contains("more than 100 scans"));
}

TEST_CASE("the first bytes of JPEG") {
    REQUIRE(is_jpeg(bytes_of("\xFF\xD8\xFF\xE0")));
    REQUIRE_FALSE(is_jpeg(bytes_of("\xFF\xD8")));
    REQUIRE_FALSE(is_jpeg(bytes_of("")));
    REQUIRE_FALSE(is_jpeg(bytes_of("\x89PNG\r\n\x1A\n")));
}

TEST_CASE("a small file that announces a large picture costs nothing") {
    const auto announced = [](jpeg_recipe recipe, const char* frame_mark) {
        std::string file = make_jpeg(std::move(recipe));
        const std::size_t frame = file.find(frame_mark);
        REQUIRE(frame != std::string::npos);
        file.replace(frame + 5, 4, std::string("\x20\0\x20\0", 4));  // 8192 x 8192
        return file;
    };
    jpeg_recipe progressive = waves(8, 8, 3);
    progressive.progressive = true;
    const std::string files[] = {announced(waves(8, 8, 1), "\xFF\xC0"), announced(waves(8, 8, 3), "\xFF\xC0"),
                                 announced(progressive, "\xFF\xC2")};
    const child_result child = in_child([&] {
        const long before = peak_memory();
        for (const std::string& file : files) {
            const auto e = error_of(file);
            if (!e || e->kind() != file_fault::corrupt) return 1;
            if (std::string(e->what()).find("bytes cannot hold 8192 x 8192 pixels") == std::string::npos) return 2;
        }
        return peak_memory() - before < 40 ? 0 : 3;
    });
    REQUIRE(child.exit_code == 0);
}

TEST_CASE("the smallest file of a large picture still reads") {
    // One level everywhere: six bits a block, and one in a progressive file, whose codes are made for it.
    for (const bool progressive : {false, true}) {
        jpeg_recipe recipe{.height = 2000,
                           .width = 2000,
                           .components = 1,
                           .given = JCS_GRAYSCALE,
                           .progressive = progressive,
                           .samples = std::vector<unsigned char>(2000 * 2000, 128)};
        const std::string file = make_jpeg(recipe);
        REQUIRE(file.size() < (progressive ? 10'000 : 50'000));
        for (const float value : decode(file, 1).values)
            if (std::abs(value - 128 / 255.0F) > 1e-6F) FAIL(value);
    }
}

TEST_CASE("data beyond a JPEG picture are damage; what follows its end is not looked at") {
    const std::string file = make_jpeg(waves(16, 24, 3));
    const std::string data = file.substr(0, file.size() - 2), end = file.substr(file.size() - 2);
    // The decoder takes up to seven bytes in advance, and nobody knows of those.
    for (const std::size_t extra : {8U, 30U, 500U}) {
        const auto e = error_of(data + std::string(extra, 'x') + end);
        REQUIRE(e);
        REQUIRE(e->kind() == file_fault::corrupt);
        REQUIRE_THAT(e->what(), Catch::Contains("extraneous bytes"));
    }
    // The rows of a picture that is said to be lower.
    std::string lower = make_jpeg(waves(64, 24, 1));
    const std::size_t frame = lower.find("\xFF\xC0");
    REQUIRE(frame != std::string::npos);
    lower[frame + 6] = 8;
    REQUIRE(error_of(lower, 1)->kind() == file_fault::corrupt);
    REQUIRE(decode(file + "a second picture, as cameras put there", 3).values == decode(file, 3).values);
    REQUIRE(decode(file + file, 3).values == decode(file, 3).values);
}

TEST_CASE("restart markers are read, and missed") {
    jpeg_recipe recipe = waves(32, 32, 1);
    const pixels plain = decode(make_jpeg(recipe), 1);
    recipe.restart_interval = 3;
    const std::string file = make_jpeg(recipe);
    REQUIRE(decode(file, 1).values == plain.values);
    const std::size_t second = file.find("\xFF\xD1", file.find("\xFF\xDA"));
    REQUIRE(second != std::string::npos);
    for (const char mark : {'\xD0', '\xD2', '\xD5', '\xD9', '\x00'}) {
        CAPTURE(int{mark});
        std::string changed = file;
        changed[second + 1] = mark;
        REQUIRE(error_of(changed, 1));
    }
    std::string missing = file;
    missing.erase(second, 2);
    REQUIRE(error_of(missing, 1));
}

TEST_CASE("a colour without data is damage") {
    jpeg_recipe recipe = waves(16, 16, 3);
    recipe.progressive = true;
    const std::string file = make_jpeg(recipe);
    // Marks of scans; the first has the means of all three colours. Without it, others begin where nothing is.
    std::vector<std::size_t> scans;
    for (std::size_t at = file.find("\xFF\xDA"); at != std::string::npos; at = file.find("\xFF\xDA", at + 2))
        scans.push_back(at);
    REQUIRE(scans.size() > 3);
    for (std::size_t count = 1; count < scans.size(); ++count) {
        CAPTURE(count);
        // Scans that only make a picture better may be left out.
        REQUIRE_FALSE(error_of(file.substr(0, file.rfind("\xFF\xC4", scans[count])) + "\xFF\xD9"));
    }
    // A baseline picture of a scan for each colour, of which the last is left out.
    recipe.progressive = false;
    recipe.separate_scans = true;
    const std::string separate = make_jpeg(recipe);
    REQUIRE_FALSE(error_of(separate));
    const std::size_t last = separate.rfind("\xFF\xDA");
    const auto e = error_of(separate.substr(0, last) + "\xFF\xD9");
    REQUIRE(e);
    REQUIRE(e->kind() == file_fault::corrupt);
    REQUIRE_THAT(e->what(), Catch::Contains("a colour is missing"));
}

TEST_CASE("arithmetic coding is refused by name: its damage would not be seen") {
    jpeg_recipe recipe = waves(16, 16, 3);
    recipe.arithmetic = true;
    for (const bool progressive : {false, true}) {
        recipe.progressive = progressive;
        const auto e = error_of(make_jpeg(recipe));
        REQUIRE(e);
        REQUIRE(e->kind() == file_fault::unsupported);
        REQUIRE_THAT(e->what(), Catch::Contains("uses arithmetic coding; save it"));
    }
}

TEST_CASE("application data and comments are skipped, whatever their size") {
    const std::string file = make_jpeg(waves(8, 8, 3));
    std::string more = file.substr(0, 2);
    for (int number = 0; number < 200; ++number) {
        const char mark = static_cast<char>(number % 2 == 0 ? 0xFE : 0xE0 + 1 + number % 13);
        more += std::string("\xFF") + mark + "\xFF\xFF" + std::string(0xFFFD, 'x');
    }
    REQUIRE(decode(more + file.substr(2), 3).values == decode(file, 3).values);
    REQUIRE(error_of(more));
    REQUIRE(error_of(more + "\xFF\xE1\xFF\xFF" + "Exif"));
}
