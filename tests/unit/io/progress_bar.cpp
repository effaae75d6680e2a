// SPDX-License-Identifier: BSL-1.0
#include <ambit/io/progress_bar.hpp>

#include <catch2/catch.hpp>

#include <limits>
#include <sstream>
#include <string>

using namespace ambit;
using namespace ambit::io_parts;

namespace {

/// A clock that stands still unless it is told.
struct by_hand {
    using duration = std::chrono::milliseconds;
    using rep = duration::rep;
    using period = duration::period;
    using time_point = std::chrono::time_point<by_hand>;
    static inline time_point at{};
    static time_point now() { return at; }
};
using bar_by_hand = basic_progress_bar<by_hand>;

std::string drawn(int width, int steps, int milliseconds, bool finishes = true) {
    std::ostringstream out;
    {
        bar_by_hand bar(out, "epoch 1/2", 100, "examples", width);
        for (int step = 0; step < steps; ++step) {
            by_hand::at += std::chrono::milliseconds(milliseconds);
            bar.advance(100 / steps, {{"loss", 1.0 / (step + 1)}});
        }
        if (finishes) bar.finish();
    }
    return out.str();
}

}  // namespace

TEST_CASE("numbers and times for people", "[io]") {
    REQUIRE(io_parts::grouped(0) == "0");
    REQUIRE(io_parts::grouped(-1234567) == "-1,234,567");
    REQUIRE(io_parts::grouped(-123) == "-123");
    REQUIRE(io_parts::duration_in_words(0) == "0.0 s");
    REQUIRE(io_parts::duration_in_words(9.94) == "9.9 s");
    REQUIRE(io_parts::duration_in_words(9.96) == "10 s");
    REQUIRE(io_parts::duration_in_words(59.4) == "59 s");
    REQUIRE(io_parts::duration_in_words(59.6) == "1 min 00 s");
    REQUIRE(io_parts::duration_in_words(3599) == "59 min 59 s");
    REQUIRE(io_parts::duration_in_words(2 * 3600 + 61) == "2 h 01 min");
    REQUIRE(io_parts::duration_in_words(-1) == "0.0 s");
}

TEST_CASE("a bar fits its terminal", "[io]") {
    const measurement values[] = {{"loss", 0.25}, {"accuracy", 0.5}};
    const progress half{"epoch 1/2", "examples", 4500, 9000, 2, values};
    REQUIRE(half.bar_line(98) ==
            "epoch 1/2 [##########----------]  50 %  loss 0.2500  accuracy 0.5000  2,250 examples/s  2.0 s left");
    REQUIRE(half.bar_line(70) == "epoch 1/2  50 %  loss 0.2500  accuracy 0.5000  2,250 examples/s  2.0 s");
    REQUIRE(half.bar_line(300).find('[' + std::string(20, '#') + std::string(20, '-') + ']') != std::string::npos);
    for (int width = 0; width < 120; ++width) REQUIRE(static_cast<int>(half.bar_line(width).size()) <= width);
    REQUIRE(half.plain_line() ==
            "epoch 1/2: 4,500 of 9,000 examples, loss 0.2500, accuracy 0.5000, 2,250 examples/s, 2.0 s");
    const progress whole{"all", "files", 10, 10, 0, {}};
    REQUIRE(whole.plain_line() == "all: 10 files, 0 files/s, 0.0 s");
    REQUIRE(whole.bar_line(40) == "all [#################] 100 %  0 files/s");
    REQUIRE(progress{"none", "files", 0, 0, 0, {}}.bar_line(30) == "none [######] 100 %  0 files/s");
    const measurement odd[] = {{"loss", std::numeric_limits<double>::quiet_NaN()},
                               {"norm", std::numeric_limits<double>::max()}};
    REQUIRE(progress{"odd", "x", 1, 2, 1, odd}.bar_line(80).size() == 80);
}

TEST_CASE("on a terminal the line is drawn again in its place, ten times a second", "[io]") {
    const std::string text = drawn(80, 4, 50);
    // After 100 ms; then the end, longer or shorter lines covering each other.
    REQUIRE(text.find("\repoch 1/2 [") == 0);
    REQUIRE(std::count(text.begin(), text.end(), '\r') == 2);
    REQUIRE(text.find(" 50 %  loss 0.5000  500 examples/s  0.1 s left") != std::string::npos);
    REQUIRE(text.find("100 %  loss 0.2500  500 examples/s") != std::string::npos);
    REQUIRE(std::count(text.begin(), text.end(), '\n') == 1);
    REQUIRE(text.back() == '\n');
    // Left behind in the middle.
    const std::string broken = drawn(80, 3, 100, false);
    REQUIRE(broken.back() == '\n');
    REQUIRE(broken.find("100 %") == std::string::npos);
    // Taken away: blanks over all of it, and the line is free.
    std::ostringstream out;
    {
        bar_by_hand bar(out, "work", 100, "files", 40);
        bar.clear();
        REQUIRE(out.str().empty());
        by_hand::at += std::chrono::milliseconds(100);
        bar.advance(50);
        const std::size_t columns = out.str().size() - 1;
        bar.clear();
        REQUIRE(out.str().substr(1 + columns) == '\r' + std::string(columns, ' ') + '\r');
    }
    REQUIRE(out.str().back() == '\r');
}

TEST_CASE("elsewhere there are plain lines, every ten seconds and at the end", "[io]") {
    REQUIRE(drawn(0, 4, 100) == "epoch 1/2: 100 examples, loss 0.2500, 250 examples/s, 0.4 s\n");
    REQUIRE(drawn(0, 2, 10'000) == "epoch 1/2: 50 of 100 examples, loss 1.0000, 5 examples/s, 10 s\n"
                                   "epoch 1/2: 100 examples, loss 0.5000, 5 examples/s, 20 s\n");
    REQUIRE(drawn(0, 1, 100, false).empty());
}

TEST_CASE("what is no terminal has no width", "[io]") {
    int ends[2];
    REQUIRE(::pipe(ends) == 0);
    REQUIRE(terminal_width(ends[1]) == 0);
    ::close(ends[0]);
    ::close(ends[1]);
}
