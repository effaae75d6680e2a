// SPDX-License-Identifier: BSL-1.0
// The program on drawn digits, and on real ones if AMBIT_DATA says where they are; its command line, its pictures.
#include "../digits.hpp"
#include "../command_line.hpp"
#include "../pictures.hpp"

#include "../../../tests/support/make_gzip.hpp"
#include "../../../tests/support/make_idx.hpp"
#include "../../../tests/support/temporary_directory.hpp"

#include <ambit/io/images.hpp>

#include <catch2/catch.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <set>
#include <string>
#include <vector>

#include <sys/wait.h>

using namespace mnist;
using ambit_test::make_idx;
using ambit_test::put;
using ambit_test::temporary_directory;

namespace {

struct program_run {
    int exit_code;
    std::string said;

    /// The line that begins with a word.
    std::string line(const std::string& word) const {
        const std::size_t at = ('\n' + said).find('\n' + word);
        return at == std::string::npos ? "" : said.substr(at, said.find('\n', at) - at);
    }
    /// The number behind "accuracy" in the line that begins with a word.
    double accuracy(const std::string& word = "accuracy") const {
        const std::string found = line(word);
        const std::size_t at = found.find("accuracy ");
        double percent = -1;
        return at != std::string::npos && std::sscanf(found.c_str() + at, "accuracy %lf %%", &percent) == 1 ? percent
                                                                                                           : -1;
    }
};

enum class data { drawn, real };

#ifdef __OPTIMIZE__
constexpr bool is_optimized = true;
#else
constexpr bool is_optimized = false;
#endif

program_run run_program(const std::string& arguments, data which = data::drawn) {
    const std::string command =
        std::string(which == data::drawn ? "env -u AMBIT_DATA " : "") + "'" AMBIT_MNIST "' " + arguments;
    std::FILE* const pipe = ::popen((command + " 2>&1").c_str(), "r");
    REQUIRE(pipe != nullptr);
    std::string said;
    for (int c = std::fgetc(pipe); c != EOF; c = std::fgetc(pipe)) said += static_cast<char>(c);
    const int status = ::pclose(pipe);
    return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, said};
}

/// Digits of which each is a bright field in a place of its own: learned in a few steps.
void put_fields(const temporary_directory& directory, const std::string& kind, std::uint32_t count, bool compressed) {
    std::string images, labels;
    for (std::uint32_t index = 0; index < count; ++index) {
        const std::size_t digit = index * 7 % 10;
        for (std::size_t at = 0; at < pixel_count; ++at) images += at / 78 == digit ? '\xFF' : '\0';
        labels += static_cast<char>(digit);
    }
    const auto store = [&](const std::string& name, const std::string& file) {
        put(directory / (kind + name + (compressed ? ".gz" : "")), compressed ? ambit_test::make_gzip(file) : file);
    };
    store("-images-idx3-ubyte", make_idx(0x08, {count, 28, 28}, images));
    store("-labels-idx1-ubyte", make_idx(0x08, {count}, labels));
}

}  // namespace

// With gradients that do not reach the hidden layer it reads about 66 % of them after these epochs, with variables
// that trainer and evaluator do not share about 10 %.
TEST_CASE("the program learns drawn digits", "[mnist]") {
    const temporary_directory directory;
    const std::string file = (directory / "trained").string(), pictures = (directory / "pictures").string();
    const program_run first = run_program("--epochs 3 --save " + file + " --pictures " + pictures);
    CAPTURE(first.said);
    REQUIRE(first.exit_code == 0);
    CHECK(first.line("digits drawn by this program") != "");
    CHECK(first.line("epoch 3/3: 4,000 examples, loss ") != "");
    CHECK(first.said.find('\r') == std::string::npos);
    CHECK(first.accuracy() > 75);

    SECTION("what was saved reads as well") {
        const program_run again = run_program("--evaluate " + file);
        CAPTURE(again.said);
        CHECK(again.exit_code == 0);
        CHECK(again.line("accuracy") == first.line("accuracy"));
        CHECK(again.line("epoch").empty());
    }
    SECTION("one seed, one result") {
        CHECK(run_program("--epochs 3").line("accuracy") == first.line("accuracy"));
        CHECK(run_program("--epochs 3 --seed 2").line("accuracy") != first.line("accuracy"));
    }
    SECTION("pictures") {
        for (const char* name : {"learning-curve.png", "confusion.png", "misread.png"}) {
            CAPTURE(name);
            const xt::xtensor<float, 3> picture = read_image(directory / (std::string("pictures/") + name), 3);
            CHECK(std::set<float>(picture.begin(), picture.end()).size() > 2);
        }
    }
    SECTION("a file that is no checkpoint of this model") {
        put(directory / "other", "no tensors");
        const program_run refused = run_program("--evaluate " + (directory / "other").string());
        CAPTURE(refused.said);
        CHECK(refused.exit_code == 1);
        CHECK(refused.line("mnist: " + (directory / "other").string() + ": ") != "");
    }
}

// With convolutions that do not learn it reads about 80 % of them after this epoch.
TEST_CASE("the net of convolutions learns drawn digits", "[mnist]") {
    if (!is_optimized) {
        WARN("convolutions take minutes without optimization: only the dense net was trained");
        return;
    }
    const temporary_directory directory;
    const std::string file = (directory / "trained").string(), pictures = (directory / "pictures").string();
    const program_run first = run_program("--model conv --epochs 1 --save " + file + " --pictures " + pictures);
    CAPTURE(first.said);
    REQUIRE(first.exit_code == 0);
    CHECK(first.line("epoch 1/1: 4,000 examples, loss ") != "");
    CHECK(first.accuracy() > 92);
    for (const char* name : {"learning-curve.png", "confusion.png", "misread.png"})
        CHECK(read_image(directory / (std::string("pictures/") + name), 3).size() > 0);

    // The evaluator drops nothing: the same each time, and the same from the file.
    const program_run again = run_program("--model conv --compact --evaluate " + file);
    CAPTURE(again.said);
    CHECK(again.exit_code == 0);
    CHECK(again.line("accuracy") == first.line("accuracy"));
    for (const char* format : {"weights as bfloat16", "weights as int8"})
        CHECK(again.accuracy(format) == Approx(first.accuracy()).margin(1));

    const program_run other = run_program("--model dense --evaluate " + file);
    CAPTURE(other.said);
    CHECK(other.exit_code == 1);
    CHECK(other.line("mnist: " + file + ": ") != "");
}

// Without a gradient in the hidden layer, 91 %.
TEST_CASE("the program learns real digits", "[mnist]") {
    const char* const directory = std::getenv("AMBIT_DATA");
    if (directory == nullptr || *directory == '\0') {
        WARN("AMBIT_DATA is not set: only drawn digits were learned");
        return;
    }
    const program_run run = run_program("", data::real);
    CAPTURE(run.said);
    REQUIRE(run.exit_code == 0);
    CHECK(run.line("the MNIST digits in " + std::string(directory)) != "");
    CHECK(run.accuracy() > 94);
    if (!is_optimized) return;
    const program_run conv = run_program("--model conv --epochs 1", data::real);
    CAPTURE(conv.said);
    CHECK(conv.accuracy() > 95);
}

TEST_CASE("data come from a directory, whole or the smaller half", "[mnist]") {
    const temporary_directory directory;
    const std::string data = "--epochs 2 --data " + directory.path().string();
    put_fields(directory, "t10k", 1200, true);
    program_run run = run_program(data);
    CAPTURE(run.said);
    CHECK(run.exit_code == 0);
    CHECK(run.said.find(": 200 to train on, 1000 unseen") != std::string::npos);

    put_fields(directory, "train", 2040, false);
    run = run_program(data);
    CAPTURE(run.said);
    CHECK(run.said.find(": 2040 to train on, 1200 unseen") != std::string::npos);
    CHECK(run.line("epoch 2/2: 2,016 examples") != "");  // 24 do not fill a batch
    CHECK(run.line("accuracy 100.00 % of 1200 unseen digits, 0 misread") != "");

    run = run_program(data + " --choose");
    CAPTURE(run.said);
    CHECK(run.said.find(": 1040 to train on, 1000 unseen") != std::string::npos);
}

TEST_CASE("data that are not as they should be", "[mnist]") {
    const temporary_directory directory;
    const auto refuse = [&](const std::string& words) {
        const program_run run = run_program("--data " + directory.path().string());
        CAPTURE(run.said, words);
        CHECK(run.exit_code == 1);
        CHECK(run.said.rfind("mnist: " + directory.path().string(), 0) == 0);
        CHECK(run.said.find(words) != std::string::npos);
    };
    refuse("t10k-labels-idx1-ubyte.gz: cannot open");
    put_fields(directory, "t10k", 1000, false);
    refuse("the set has 1000 digits; more than 1000 are needed");
    put(directory / "t10k-labels-idx1-ubyte", make_idx(0x08, {2}, "\x01\x02"));
    refuse("1000 pictures, and");
    put(directory / "t10k-images-idx3-ubyte", make_idx(0x08, {2, 1, 2}, "abcd"));
    refuse("the pictures have 1 x 2 pixels; digits of 28 x 28 are read");
    put(directory / "t10k-labels-idx1-ubyte", make_idx(0x08, {2}, "\x01\x0A"));
    refuse("label 1 is 10, and labels are below 10");
}

TEST_CASE("the command line", "[mnist]") {
    const auto parse = [](std::vector<std::string> words) {
        options result;
        CLI::App app;
        add_options(app, result);
        app.parse(std::vector<std::string>(words.rbegin(), words.rend()));
        return result;
    };
    const options all = parse({"--data", "d", "--epochs", "3", "--seed", "18446744073709551615", "--choose", "--save",
                               "s", "--pictures", "p", "--model", "conv"});
    CHECK(all.data == std::filesystem::path("d"));
    CHECK(all.epochs == 3);
    CHECK(all.model == net_kind::conv);
    CHECK(parse({}).model == net_kind::dense);
    CHECK_FALSE(parse({}).epochs);
    CHECK(all.seed == std::numeric_limits<std::uint64_t>::max());
    CHECK(all.choose);
    CHECK(all.save == std::filesystem::path("s"));
    CHECK(all.pictures == std::filesystem::path("p"));
    CHECK(parse({"--evaluate", "e"}).evaluate == std::filesystem::path("e"));
    const auto refused = [&](std::vector<std::string> words, const std::string& text) {
        CHECK_THROWS_WITH(parse(words), Catch::Contains(text));
        CHECK_THROWS_AS(parse(words), CLI::ParseError);
    };
    refused({"--epochs"}, "--epochs: 1 required N missing");
    refused({"--epochs", "0"}, "--epochs: Value 0 not in range 1 to 10000");
    refused({"--epochs", "3x"}, "3x");
    refused({"--model", "deep"}, "--model: takes dense or conv, not 'deep'");
    refused({"--seed", "-1"}, "from 0 to 18446744073709551615, not '-1'");
    refused({"--seed", "18446744073709551616"}, "18446744073709551616");
    refused({"digits"}, "digits");
    refused({"--evaluate", "a", "--save", "b"}, "--save has nothing to save");
    refused({"--ranks", "--choose"}, "--ranks trains: without --choose");
    CHECK(parse({"--ranks", "--model", "conv"}).ranks);
    const program_run help = run_program("--help");
    CHECK(help.exit_code == 0);
    CHECK(help.said.find("--evaluate FILE") != std::string::npos);
    const program_run wrong = run_program("--speed 1");
    CHECK(wrong.exit_code == 2);
    CHECK(wrong.said.rfind("mnist: ", 0) == 0);
    CHECK(wrong.said.find("see mnist --help\n") != std::string::npos);
}

TEST_CASE("drawn digits are the same each time, and differ from each other", "[mnist]") {
    const digit_sets sets = draw_digits(200), again = draw_digits(200);
    CHECK(sets.training.size() == 200);
    CHECK(sets.unseen.size() == unseen_count);
    CHECK(sets.training.pixels == again.training.pixels);
    std::set<std::string> pictures;
    for (std::size_t index = 0; index < 200; ++index) {
        const auto image = sets.training.image(index);
        pictures.emplace(image.begin(), image.end());
    }
    CHECK(pictures.size() == 200);
    CHECK(std::set(sets.training.labels.begin(), sets.training.labels.end()).size() == 10);
}

TEST_CASE("curves of losses that are no numbers, and of one epoch", "[mnist]") {
    const double nan = std::numeric_limits<double>::quiet_NaN(), infinity = std::numeric_limits<double>::infinity();
    for (const std::vector<epoch_result>& history : {std::vector<epoch_result>{{{0.3, 0.9}, {0.2, 0.95}}},
                                                     {{{nan, 0.1}, {infinity, 0.1}}, {{nan, 0.1}, {nan, 0}}}}) {
        const auto picture = draw_learning_curve(history);
        CHECK(picture.shape(1) == 640);
        for (const float value : picture) REQUIRE((value >= 0 && value <= 1));
    }
    CHECK(rounded_up(0.408) == Approx(0.6));
    CHECK(rounded_up(0.6) == Approx(0.6));
    CHECK(rounded_up(9) == Approx(10));
    CHECK(rounded_up(0) == Approx(0.001));
}

TEST_CASE("a confusion matrix is darkest where most are", "[mnist]") {
    confusion_matrix counts{};
    counts[3][3] = 90;
    counts[3][8] = 10;
    const auto picture = draw_confusion(counts);
    const auto red_at = [&](std::size_t label, std::size_t guess) {
        return picture(40 + 40 * label + 3, 40 + 40 * guess + 3, 0);
    };
    CHECK(red_at(3, 3) < red_at(3, 8));
    CHECK(red_at(3, 8) < 1);
    CHECK(red_at(8, 3) == 1);
}

TEST_CASE("misread digits stand dark on white, up to sixty", "[mnist]") {
    labelled_images set{side, side, std::vector<std::uint8_t>(2 * pixel_count), {1, 2}};
    std::fill(set.pixels.begin() + pixel_count, set.pixels.end(), std::uint8_t{255});
    const auto picture = draw_misread(set, {{1, 2, 7}, {0, 1, 8}});
    CHECK(picture(20, 20, 0) == 0);  // full ink
    CHECK(picture(20, 90, 0) == 1);  // none
    CHECK(draw_misread(set, std::vector<misreading>(61, {1, 2, 7})).shape(0) ==
          draw_misread(set, std::vector<misreading>(51, {1, 2, 7})).shape(0));
}
