// SPDX-License-Identifier: BSL-1.0
// The image filter against plain loops in double precision over the whole picture: values, seams, borders; and
// the program itself on files.
#include "../sheet.hpp"
#include "../tiles.hpp"

#include "../../../tests/support/make_picture.hpp"
#include "../../../tests/support/temporary_directory.hpp"

#include <ambit/io/images.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <sstream>
#include <string>
#include <vector>

#include <sys/wait.h>

#include <catch2/catch.hpp>

using namespace image_filter;

namespace {

constexpr double pi = 3.14159265358979323846;

/// What the filter means, written another way: the whole picture at once, its pixels fetched one by one.
class reference {
public:
    explicit reference(const picture& source)
        : source_(source), height_(int(source.shape(0))), width_(int(source.shape(1))) {
        for (int row = -4; row <= 4; ++row)
            for (int column = -4; column <= 4; ++column) bell_sum_ += bell(row, column);
        for (int row = -1; row <= height_; ++row)
            for (int column = -1; column <= width_; ++column)
                for (int channel = 0; channel < 3; ++channel)
                    blurred_.push_back(blur_at(row, column, channel));
    }

    /// One pixel of border is known as well.
    double blurred(int row, int column, int channel) const {
        return blurred_[static_cast<std::size_t>(((row + 1) * (width_ + 2) + column + 1) * 3 + channel)];
    }

    double edges(int row, int column, int channel) const {
        const double sobel[3][3] = {{-1, 0, 1}, {-2, 0, 2}, {-1, 0, 1}};
        double right = 0, up = 0;
        for (int i = -1; i <= 1; ++i)
            for (int j = -1; j <= 1; ++j) {
                const double brightness = 0.299 * blurred(row + i, column + j, 0) +
                                          0.587 * blurred(row + i, column + j, 1) +
                                          0.114 * blurred(row + i, column + j, 2);
                right += sobel[i + 1][j + 1] / 8 * brightness;
                up -= sobel[j + 1][i + 1] / 8 * brightness;
            }
        const double angle = (90 + 120 * channel) * pi / 180;
        return std::max(0.0, 12 * (std::cos(angle) * right + std::sin(angle) * up) - 0.03);
    }

private:
    static double bell(int row, int column) { return std::exp(-(row * row + column * column) / 8.0); }

    static int reflect(int at, int count) {
        if (count == 1) return 0;
        while (at < 0 || at >= count) at = at < 0 ? -at : 2 * (count - 1) - at;
        return at;
    }

    double blur_at(int row, int column, int channel) const {
        double sum = 0;
        for (int i = -4; i <= 4; ++i)
            for (int j = -4; j <= 4; ++j)
                sum += bell(i, j) *
                       double{source_(std::size_t(reflect(row + i, height_)),
                                      std::size_t(reflect(column + j, width_)), std::size_t(channel))};
        return sum / bell_sum_;
    }

    const picture& source_;
    int height_, width_;
    double bell_sum_ = 0;
    std::vector<double> blurred_;
};

/// Smooth, with noise and hard steps, so that every direction of edge occurs.
picture make(std::size_t height, std::size_t width) {
    picture result = picture::from_shape({height, width, std::size_t{3}});
    std::uint32_t state = 1;
    for (std::size_t row = 0; row < height; ++row)
        for (std::size_t column = 0; column < width; ++column)
            for (std::size_t channel = 0; channel < 3; ++channel) {
                state = state * 1664525 + 1013904223;
                const double wave =
                    std::sin(0.13 * double(row) + 0.9 * double(channel)) * std::cos(0.11 * double(column));
                const double step = (row / 37 + column / 41 + channel) % 2 == 0 ? 0.2 : -0.2;
                result(row, column, channel) =
                    static_cast<float>(0.5 + 0.2 * wave + step + 0.1 * (state >> 8) / 16777216.0);
            }
    return result;
}

/// The largest differences from the reference, values cut to [0, 1] if the pictures were files.
std::array<double, 2> errors(const stages& result, const picture& source, bool files = false) {
    const reference expected(source);
    const auto cut = [&](double value) { return files ? std::min(std::max(value, 0.0), 1.0) : value; };
    std::array<double, 2> worst{};
    for (std::size_t row = 0; row < source.shape(0); ++row)
        for (std::size_t column = 0; column < source.shape(1); ++column)
            for (std::size_t channel = 0; channel < 3; ++channel) {
                const double blurred = cut(expected.blurred(int(row), int(column), int(channel)));
                const double edges = cut(expected.edges(int(row), int(column), int(channel)));
                worst[0] = std::max(worst[0], std::abs(result.blurred(row, column, channel) - blurred));
                worst[1] = std::max(worst[1], std::abs(result.edges(row, column, channel) - edges));
            }
    return worst;
}

struct program_run {
    int exit_code;
    std::string said;
};

program_run run_program(const std::string& arguments) {
    std::FILE* const pipe = ::popen(("'" AMBIT_IMAGE_FILTER "' " + arguments + " 2>&1").c_str(), "r");
    REQUIRE(pipe != nullptr);
    std::string said;
    for (int c = std::fgetc(pipe); c != EOF; c = std::fgetc(pipe)) said += static_cast<char>(c);
    const int status = ::pclose(pipe);
    return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, said};
}

}  // namespace

TEST_CASE("a tiled picture equals one large convolution", "[image_filter]") {
    const auto [height, width] = GENERATE(table<std::size_t, std::size_t>(
        {{1, 1}, {1, 9}, {3, 200}, {127, 128}, {128, 128}, {129, 257}, {300, 40}}));
    CAPTURE(height, width);
    const picture source = make(height, width);
    image_filter::filter net(seed{1});
    using outputs = two_images::outputs;
    const stages first = filter_picture<&outputs::blurred1, &outputs::edges1>(net, source);
    const stages second = filter_picture<&outputs::blurred2, &outputs::edges2>(net, source);

    const auto [blurred, edges] = errors(first, source);
    CHECK(blurred < 2e-6);
    CHECK(edges < 2e-5);
    // One filter, so not one bit apart.
    CHECK((first.blurred == second.blurred));
    CHECK((first.edges == second.edges));
    if (height > 100) CHECK(xt::amax(first.edges)() > 0.3F);
}

TEST_CASE("a border is mirrored at its pixels, as often as needed", "[image_filter]") {
    STATIC_REQUIRE(mirrored(-1, 4) == 1);
    STATIC_REQUIRE(mirrored(0, 4) == 0);
    STATIC_REQUIRE(mirrored(3, 4) == 3);
    STATIC_REQUIRE(mirrored(4, 4) == 2);
    STATIC_REQUIRE(mirrored(6, 4) == 0);
    STATIC_REQUIRE(mirrored(7, 4) == 1);
    STATIC_REQUIRE(mirrored(-7, 4) == 1);
    STATIC_REQUIRE(mirrored(-5, 1) == 0);
}

TEST_CASE("a smaller picture holds the means of what it covers", "[image_filter]") {
    picture wide = picture::from_shape({1, 6, 3});
    for (std::size_t i = 0; i < 6; ++i)
        for (std::size_t channel = 0; channel < 3; ++channel)
            wide(0, i, channel) = static_cast<float>(i) + 10 * static_cast<float>(channel);
    const picture four = shrunk_along(wide, 1, 4);
    REQUIRE(four.shape(1) == 4);
    // Of 1.5 columns each: (0 + 1/2) / 1.5, (1/2 + 2) / 1.5, and so on.
    CHECK(four(0, 0, 0) == Approx(1.0 / 3));
    CHECK(four(0, 1, 0) == Approx(5.0 / 3));
    CHECK(four(0, 2, 1) == Approx(10 + 10.0 / 3));
    CHECK(four(0, 3, 2) == Approx(20 + 14.0 / 3));
    CHECK((xt::transpose(shrunk_along(xt::transpose(wide, {1, 0, 2}), 0, 4), {1, 0, 2}) == four));
}

TEST_CASE("a contact sheet keeps to its limits", "[image_filter]") {
    const auto [height, width, sheet_height, sheet_width] =
        GENERATE(table<std::size_t, std::size_t, std::size_t, std::size_t>({{4, 5, 4, 27},
                                                                            {600, 512, 346, 900},
                                                                            {1, 3000, 1, 900},
                                                                            {3000, 1, 900, 15},
                                                                            {3000, 10, 900, 21}}));
    CAPTURE(height, width);
    const picture grey = 0.5F * xt::ones<float>({height, width, std::size_t{3}});
    const picture sheet = side_by_side({grey, grey, grey}, 900);
    CHECK(sheet.shape(0) == sheet_height);
    CHECK(sheet.shape(1) == sheet_width);
    CHECK(sheet(0, 0, 0) == Approx(0.5));
    CHECK(sheet(sheet_height - 1, sheet_width - 1, 2) == Approx(0.5));
    CHECK(sheet(0, (sheet_width - 12) / 3, 1) == 1);
}

TEST_CASE("the program filters files", "[image_filter]") {
    const ambit_test::temporary_directory directory;
    write_png(directory / "colour.png", make(150, 140));
    ambit_test::jpeg_recipe recipe{
        .height = 60, .width = 90, .components = 1, .given = JCS_GRAYSCALE, .samples = {}};
    for (unsigned i = 0; i < 60 * 90; ++i) recipe.samples.push_back(static_cast<unsigned char>(i * i / 400));
    ambit_test::put(directory / "grey.jpg", ambit_test::make_jpeg(recipe));

    const std::filesystem::path results = directory / "a/b";
    const program_run run = run_program((directory / "colour.png").string() + ' ' +
                                        (directory / "grey.jpg").string() + ' ' + results.string());
    CAPTURE(run.said);
    REQUIRE(run.exit_code == 0);

    for (const char* name : {"colour", "grey"}) {
        CAPTURE(name);
        const picture source =
            read_image(directory / (name + std::string(name[0] == 'c' ? ".png" : ".jpg")), 3);
        const stages files{read_image(results / (name + std::string("-blurred.png")), 3),
                           read_image(results / (name + std::string("-edges.png")), 3)};
        REQUIRE(files.edges.shape() == source.shape());
        const auto [blurred, edges] = errors(files, source, true);
        CHECK(blurred < 0.51 / 255);
        CHECK(edges < 0.51 / 255);
        const picture sheet = read_image(results / (name + std::string("-sheet.png")), 3);
        CHECK(sheet.shape(0) == source.shape(0));
        CHECK(sheet.shape(1) == 3 * source.shape(1) + 12);
        CHECK(run.said.find((results / (name + std::string("-edges.png"))).string()) != std::string::npos);
    }
    CHECK(run.said.find("weights     float32[9, 9, 3, 3]        729     2.9 KiB    49.2 M   2 shared") !=
          std::string::npos);
    CHECK(run.said.find("140 x 150 pixels, 4 tiles: ") != std::string::npos);
    std::istringstream lines(run.said);
    for (std::string line; std::getline(lines, line);)
        if (line.find("float32[") == std::string::npos && line.find(directory.path().string()) == std::string::npos)
            CHECK(line.size() <= 80);
}

TEST_CASE("the README's pictures are what the program makes", "[image_filter]") {
    const std::filesystem::path samples = "/usr/share/matplotlib/mpl-data/sample_data";
    if (!std::filesystem::exists(samples / "grace_hopper.jpg")) {
        WARN("the pictures of python-matplotlib-data are not here: nothing was compared");
        return;
    }
    const ambit_test::temporary_directory directory;
    const program_run run =
        run_program((samples / "grace_hopper.jpg").string() + ' ' + (samples / "s1045.ima.gz").string() +
                    ' ' + directory.path().string());
    REQUIRE(run.exit_code == 0);
    for (const std::string name : {"grace_hopper", "s1045"}) {
        const picture made = read_image(directory / (name + "-sheet.png"));
        const picture shown =
            read_image(std::filesystem::path(__FILE__).parent_path() / "../pictures" / (name + ".png"));
        REQUIRE(made.shape() == shown.shape());
        CHECK(xt::amax(xt::abs(made - shown))() < 3.5F / 255);
    }
}

TEST_CASE("the program keeps pictures of one name apart", "[image_filter]") {
    const ambit_test::temporary_directory directory;
    write_png(directory / "it.png", make(8, 8));
    const std::string file = (directory / "it.png").string();
    REQUIRE(run_program(file + ' ' + file + ' ' + (directory / "out").string()).exit_code == 0);
    for (const char* name :
         {"it-1-blurred.png", "it-1-edges.png", "it-1-sheet.png", "it-2-blurred.png", "it-2-edges.png"})
        CHECK(std::filesystem::exists(directory / "out" / name));
}

TEST_CASE("the program says what is wrong with a picture, and writes nothing", "[image_filter]") {
    const ambit_test::temporary_directory directory;
    write_png(directory / "good.png", make(8, 8));
    ambit_test::put(directory / "text.png", "no picture at all");
    ambit_test::put(directory / "short.gz", "no slice");
    const std::string good = (directory / "good.png").string();
    const auto [bad, words] =
        GENERATE(table<std::string, std::string>({{"missing.jpg", "missing.jpg: "},
                                                  {"text.png", "begins neither as PNG nor as JPEG"},
                                                  {"short.gz", "8 bytes"}}));

    const program_run run =
        run_program(good + ' ' + (directory / bad).string() + ' ' + (directory / "out").string());
    CAPTURE(bad, run.said);
    CHECK(run.exit_code == 1);
    CHECK(run.said.rfind("image_filter: " + (directory / bad).string(), 0) == 0);
    CHECK(run.said.find(words) != std::string::npos);
    CHECK_FALSE(std::filesystem::exists(directory / "out"));
}

TEST_CASE("the program explains itself", "[image_filter]") {
    const program_run help = run_program("--help");
    CHECK(help.exit_code == 0);
    CHECK(help.said.find("[picture] [other] [directory]") != std::string::npos);
    for (const char* words : {"alone.png", "--blur a.png b.png", "a.png b.png out more"}) {
        const program_run refused = run_program(words);
        CAPTURE(words, refused.said);
        CHECK(refused.exit_code == 2);
        CHECK(refused.said.rfind("image_filter: ", 0) == 0);
        CHECK(refused.said.find("see image_filter --help\n") != std::string::npos);
    }
}
