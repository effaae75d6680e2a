// SPDX-License-Identifier: BSL-1.0
#include <ambit/io/images.hpp>

#include <catch2/catch.hpp>

#include "../../support/child_process.hpp"
#include "../../support/failing_calls.hpp"
#include "../../support/make_picture.hpp"
#include "../../support/temporary_directory.hpp"

#include <array>
#include <cerrno>
#include <cmath>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include <xtensor/xadapt.hpp>
#include <xtensor/xarray.hpp>
#include <xtensor/xbuilder.hpp>
#include <xtensor/xmath.hpp>
#include <xtensor/xview.hpp>

using namespace ambit;
using namespace ambit::io_parts;
using namespace ambit_test;

namespace {

template <class Action> std::optional<image_error> error_of(Action action) {
    try {
        action();
        return std::nullopt;
    } catch (const image_error& e) {
        return e;
    }
}

/// [height, width, channels] of levels k / 255, all different where there is room.
xt::xtensor<float, 3> levels(std::size_t height, std::size_t width, std::size_t channels) {
    auto result = xt::xtensor<float, 3>::from_shape({height, width, channels});
    for (std::size_t at = 0; at < result.size(); ++at)
        result.data()[at] = static_cast<float>(at * 7 % 256) / 255.0F;
    return result;
}

const std::filesystem::path photograph = "/usr/share/matplotlib/mpl-data/sample_data/grace_hopper.jpg";

}  // namespace

TEST_CASE("what is written as PNG is read again") {
    temporary_directory directory;
    for (std::size_t channels : {1U, 3U})
        for (std::size_t height : {1U, 2U, 31U})
            for (std::size_t width : {1U, 3U, 64U}) {
                const auto picture = levels(height, width, channels);
                write_png(directory / "a.png", picture);
                REQUIRE((read_image(directory / "a.png", static_cast<int>(channels)) == picture));
            }
    REQUIRE(directory.names() == std::vector<std::string>{"a.png"});
}

TEST_CASE(
    "views, lazy expressions, column-major arrays, doubles and run-time ranks are written as they read") {
    temporary_directory directory;
    const auto picture = levels(6, 5, 3);
    const auto written = [&](const auto& expression, int channels) {
        write_png(directory / "a.png", expression);
        return read_image(directory / "a.png", channels);
    };
    REQUIRE(xt::allclose(written(1.0F - picture, 3), 1.0F - picture, 0, 1e-6));
    const auto part = xt::view(picture, xt::range(1, 4), xt::all(), xt::range(2, 3));
    REQUIRE((written(part, 1) == part));
    const xt::xtensor<float, 3, xt::layout_type::column_major> columns = picture;
    REQUIRE((written(columns, 3) == picture));
    const xt::xarray<double> doubles = picture;
    REQUIRE((written(doubles, 3) == picture));
}

TEST_CASE("values outside [0, 1] are clamped, NaN is black") {
    temporary_directory directory;
    const xt::xtensor<float, 3> picture = {{{-1.0F}, {2.0F}, {std::nanf("")}, {0.2F}}};
    write_png(directory / "a.png", picture);
    const xt::xtensor<float, 3> expected = {{{0.0F}, {1.0F}, {0.0F}, {51 / 255.0F}}};
    REQUIRE((read_image(directory / "a.png", 1) == expected));
}

TEST_CASE("the format is told by the content, not by the name") {
    temporary_directory directory;
    jpeg_recipe recipe{.height = 8, .width = 9, .samples = std::vector<unsigned char>(8 * 9 * 3, 77)};
    put(directory / "a.png", make_jpeg(recipe));
    put(directory / "b.jpg", make_png({.height = 1, .width = 2, .rows = {{51, 102}}}));
    const auto from_jpeg = read_image(directory / "a.png");
    REQUIRE(from_jpeg.shape() == std::array<std::size_t, 3>{8, 9, 3});
    REQUIRE(xt::allclose(from_jpeg, 77.0F / 255.0F, 0, 1.5 / 255));
    const xt::xtensor<float, 3> expected = {{{0.2F}, {0.4F}}};
    REQUIRE((read_image(directory / "b.jpg", 1) == expected));
}

TEST_CASE("files that are no pictures") {
    temporary_directory directory;
    for (const char* content :
         {"", "\x89PN", "GIF89a and so on", "\xFF\xD8", "P6 1 1 255 abc", "{\"png\": 1}"}) {
        put(directory / "a.png", content);
        const auto e = error_of([&] { read_image(directory / "a.png"); });
        REQUIRE(e);
        REQUIRE(e->kind() == file_fault::unknown_format);
        REQUIRE(e->file() == directory / "a.png");
        REQUIRE_THAT(e->what(),
                     Catch::Contains("a.png: the file begins neither as PNG nor as JPEG; convert"));
    }
    put(directory / "a.png", "\x89PNG\r\n\x1A\n");
    REQUIRE(error_of([&] { read_image(directory / "a.png"); })->kind() == file_fault::corrupt);
}

TEST_CASE("paths that cannot be read") {
    temporary_directory directory;
    const auto missing = error_of([&] { read_image(directory / "missing.png"); });
    REQUIRE(missing);
    REQUIRE(missing->kind() == file_fault::cannot_open);
    REQUIRE_THAT(missing->what(), Catch::Contains("missing.png: cannot open: No such file") &&
                                      Catch::Contains("check the path"));
    REQUIRE(error_of([&] { read_image(directory.path()); })->kind() == file_fault::cannot_open);
    REQUIRE(error_of([&] { read_image("/dev/zero"); })->kind() == file_fault::cannot_open);
    REQUIRE(error_of([&] { read_image(directory / "missing.png", 2); })->kind() == file_fault::bad_argument);

    put(directory / "vast", "\x89PNG\r\n\x1A\n");
    std::filesystem::resize_file(directory / "vast", max_image_bytes + 1);  // takes no room on the device
    const auto vast = error_of([&] { read_image(directory / "vast"); });
    REQUIRE(vast);
    REQUIRE(vast->kind() == file_fault::too_large);
    REQUIRE_THAT(vast->what(), Catch::Contains("the file has 537919489 bytes"));
}

TEST_CASE("what cannot be written leaves what was there") {
    temporary_directory directory;
    put(directory / "a.png", "old");
    const auto kind_of = [&](const auto& array) {
        const auto e = error_of([&] { write_png(directory / "a.png", array); });
        REQUIRE(e);
        REQUIRE(contents(directory / "a.png") == "old");
        return e->kind();
    };
    REQUIRE(kind_of(levels(2, 2, 2)) == file_fault::bad_argument);
    REQUIRE(kind_of(levels(2, 2, 4)) == file_fault::bad_argument);
    REQUIRE(kind_of(xt::xtensor<float, 2>(xt::zeros<float>({2, 2}))) == file_fault::bad_argument);
    REQUIRE(kind_of(xt::xarray<float>(xt::zeros<float>({1, 2, 2, 1}))) == file_fault::bad_argument);
    REQUIRE(kind_of(levels(0, 2, 1)) == file_fault::too_large);
    // A lazy expression of 2^40 pixels, which nobody has in memory.
    REQUIRE(kind_of(xt::zeros<float>(std::vector<std::size_t>{1U << 20, 1U << 20, 1U})) ==
            file_fault::too_large);
    REQUIRE(error_of([&] { write_png(directory / "none/a.png", levels(1, 1, 1)); })->kind() ==
            file_fault::cannot_write);
    REQUIRE(directory.names() == std::vector<std::string>{"a.png"});
}

TEST_CASE("no room for the picture: an error that says so, and the old file") {
    temporary_directory directory;
    put(directory / "a.png", "old");
    const child_result child = in_child([&] {
        limit_file_size(100, true);
        const auto e = error_of([&] { write_png(directory / "a.png", levels(100, 100, 3)); });
        if (!e || e->kind() != file_fault::disk_full) return 1;
        return std::string(e->what()).find("cannot write: File too large; free some space") ==
                       std::string::npos
                   ? 2
                   : 0;
    });
    REQUIRE(child.exit_code == 0);
    REQUIRE(contents(directory / "a.png") == "old");
    REQUIRE(directory.names() == std::vector<std::string>{"a.png"});
}

TEST_CASE("an error after the new picture is in place says so") {
    temporary_directory directory;
    put(directory / "a.png", "old");
    for (const bool renamed : {false, true}) {
        {
            const failing_call plan("fsync", EIO, renamed ? 1 : 0);
            const auto e = error_of([&] { write_png(directory / "a.png", levels(2, 3, 1)); });
            REQUIRE(e);
            REQUIRE(e->kind() == (renamed ? file_fault::not_durable : file_fault::cannot_write));
            if (renamed) REQUIRE_THAT(e->what(), Catch::Contains("a.png: the new file is in place, but "));
        }
        REQUIRE((contents(directory / "a.png") == "old") == !renamed);
    }
    REQUIRE(read_image(directory / "a.png", 1).shape() == std::array<std::size_t, 3>{2, 3, 1});
}

TEST_CASE("paths that no message may repeat as they are") {
    temporary_directory directory;
    write_png(directory / "a.png", levels(1, 1, 1));
    const std::string zero = (directory / "a.png").string() + std::string("\0.jpg", 5);
    REQUIRE(error_of([&] { read_image(zero); })->kind() == file_fault::cannot_open);
    REQUIRE(error_of([&] { write_png(zero, levels(1, 1, 1)); })->kind() == file_fault::cannot_write);
    REQUIRE_THAT(error_of([&] { read_image(zero); })->what(), Catch::EndsWith("check the path and its permissions"));
    const auto escape = error_of([&] { read_image(directory / "\x1B[2J\n: fine.png"); });
    REQUIRE_THAT(escape->what(), Catch::Contains("?[2J?: fine.png\": cannot open"));
    REQUIRE(escape->file() == directory / "\x1B[2J\n: fine.png");
    REQUIRE(std::string(error_of([&] { read_image(std::string(100'000, 'x')); })->what()).size() < 1200);
}

TEST_CASE("a real photograph") {
    if (!std::filesystem::exists(photograph)) {
        WARN("skipped: " << photograph << " is not there; the Debian package python-matplotlib-data has it");
        return;
    }
    const auto colour = read_image(photograph);
    REQUIRE(colour.shape() == std::array<std::size_t, 3>{600, 512, 3});
    REQUIRE(xt::amin(colour)() >= 0.0F);
    REQUIRE(xt::amax(colour)() <= 1.0F);
    // JPEG stores luma: it must be what the colours give, but for rounding and colours outside the cube.
    const auto grey = read_image(photograph, 1);
    double sum = 0;
    for (std::size_t row = 0; row < 600; ++row)
        for (std::size_t column = 0; column < 512; ++column)
            sum += std::abs(grey(row, column, 0) -
                            luma(colour(row, column, 0), colour(row, column, 1), colour(row, column, 2)));
    REQUIRE(sum / (600 * 512) < 1.0 / 255);

    temporary_directory directory;
    write_png(directory / "copy.png", colour);
    REQUIRE((read_image(directory / "copy.png") == colour));
}
