// SPDX-License-Identifier: BSL-1.0
// The program on texts of a small grammar, and its parts.
#include "../judgement.hpp"
#include "../nets/pieces.hpp"
#include "../writing.hpp"

#include "../../../tests/support/temporary_directory.hpp"

#include <catch2/catch.hpp>

#include <cmath>
#include <cstdio>
#include <filesystem>
#include <limits>
#include <memory>
#include <numeric>
#include <set>
#include <string>
#include <vector>

#include <sys/wait.h>

using namespace characters;
using ambit_test::put;
using ambit_test::temporary_directory;

namespace {

struct program_run {
    int exit_code;
    std::string said;
};

program_run run_program(const std::string& arguments) {
    std::FILE* const pipe = ::popen(("'" AMBIT_CHARACTERS "' " + arguments + " 2>&1").c_str(), "r");
    REQUIRE(pipe != nullptr);
    std::string said;
    for (int c = std::fgetc(pipe); c != EOF; c = std::fgetc(pipe)) said += static_cast<char>(c);
    const int status = ::pclose(pipe);
    return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, said};
}

#ifdef __OPTIMIZE__
constexpr bool is_optimized = true;
#else
constexpr bool is_optimized = false;
#endif

judged_text sum_of(const std::vector<judged_text>& results) {
    judged_text sum;
    for (const judged_text& result : results) sum.add(result);
    return sum;
}

std::string written(text_net& net, const alphabet& letters, std::uint64_t seed) {
    std::string text;
    write_text(net, letters, "the cat", 200, {.temperature = 0.8, .top_k = 20, .top_p = 0.95}, seed,
               [&](char c) { text += c; });
    return text;
}

/// What is read at once and what is read character by character is the same but for rounding.
void expect_same_in_steps(text_net& net, const std::vector<std::int32_t>& text) {
    std::vector<float> at_once;
    net.read(text, [&](std::size_t, std::span<const float> of_each) {
        at_once.insert(at_once.end(), of_each.begin(), of_each.end());
    });
    REQUIRE(at_once.size() == text.size() * static_cast<std::size_t>(classes));
    float largest = 0;
    std::span<const float> of_each = net.begin();
    for (std::size_t place = 0; place < text.size(); ++place) {
        for (std::size_t c = 0; c < of_each.size(); ++c)
            largest = std::max(largest, std::fabs(of_each[c] - at_once[place * of_each.size() + c]));
        of_each = net.next(text[place]);
    }
    CHECK(largest < 1e-4F);
}

}  // namespace

// Where trainer and reader do not share, it takes 7 bits. Without a gradient into what remembers it takes at least
// 1.97, the entropy of a letter behind a letter; that of the grammar is 0.55.
TEST_CASE("nets learn a grammar, from a file they go on as before", "[characters]") {
    if (!is_optimized) {
        WARN("training takes minutes without optimization");
        return;
    }
    const auto [make, most] = GENERATE(table<std::unique_ptr<text_net> (*)(std::uint64_t), double>(
        {{make_recurrent_net, 1.3}, {make_transformer, 1.93}}));
    constexpr std::int64_t steps = 140;
    const text_set all = make_texts();
    const std::unique_ptr<text_net> net = make(1);
    const auto history = net->train(joined(all), {steps, 1, {}, [&] { return held_back_bits(*net, all); }});
    const judged_text sum = sum_of(judge(*net, all));
    CAPTURE(history.back().training, sum.net / sum.characters, sum.mixed / sum.characters);
    CHECK(history.back().steps == steps);
    CHECK(sum.net < most * sum.characters);
    CHECK(sum.mixed < 1.01 * sum.net);
    expect_same_in_steps(*net, all.letters.numbers(all.texts[0].unseen.substr(0, 400)));

    const temporary_directory directory;
    const std::string file = (directory / "net").string();
    net->save(file);
    const std::unique_ptr<text_net> again = make(2);
    again->load(file);
    CHECK(held_back_bits(*again, all) == history.back().held_back);
    const std::string text = written(*net, all.letters, 1);
    CHECK(text.size() == 207);
    CHECK(written(*again, all.letters, 1) == text);
    CHECK(written(*again, all.letters, 2) != text);
    CHECK_THROWS_WITH(write_text(*net, all.letters, "\x01", 1, {}, 1, [](char) {}), Catch::Contains("in none of the"));
}

TEST_CASE("the program trains, goes on from its checkpoints and writes", "[characters]") {
    if (!is_optimized) return;
    const temporary_directory directory;
    const std::string train = "--made --train-dir " + (directory / "train").string(),
                      file = (directory / "net").string();
    CHECK(run_program(train + " --steps 20").exit_code == 0);
    const program_run on =
        run_program(train + " --steps 24 --save " + file + " --pictures " + directory.path().string());
    CAPTURE(on.said);
    CHECK(on.exit_code == 0);
    CHECK(on.said.find("going on behind 20 steps") != std::string::npos);
    CHECK(on.said.find("the net with what it can copy 0.") != std::string::npos);
    CHECK(std::filesystem::file_size(directory / "characters.png") > 1000);
    const std::string write = "--made --sample 40 --begin 'the ' --evaluate " + file;
    const program_run first = run_program(write);
    CHECK(first.exit_code == 0);
    CHECK(first.said.size() == 45);
    CHECK(first.said.rfind("the ", 0) == 0);
    CHECK(run_program(write).said == first.said);
}

TEST_CASE("the command line of the program", "[characters]") {
    CHECK(run_program("--help").said.find("--temperature T") != std::string::npos);
    for (const char* wrong : {"--model deep", "--steps 0", "--top-p 0", "--top-k 0", "--temperature -1", "--seed -1",
                              "--evaluate a --save b"}) {
        const program_run refused = run_program(wrong);
        CAPTURE(wrong, refused.said);
        CHECK(refused.exit_code == 2);
        CHECK(refused.said.rfind("characters: ", 0) == 0);
    }
    CHECK(run_program("--text /nowhere").exit_code == 1);
}

TEST_CASE("what xz takes for texts that are known", "[characters]") {
    CHECK(xz_size("") == 32);  // header and footer alone
    CHECK(xz_size("a") == 60);
    std::string random;
    std::mt19937 engine(1);
    for (int i = 0; i < 3000; ++i) random += static_cast<char>(engine());
    CHECK(xz_size(random) > 3000);
    CHECK(xz_size_behind(random, random) < 100);
    CHECK(xz_size_behind("", random) == xz_size(random) - 32);
}

TEST_CASE("a memory knows what followed on the longest match", "[characters]") {
    alphabet letters;
    letters.add("abcdefgh");
    copy_memory memory;
    const auto read = [&](std::string_view text) {
        for (const std::int32_t c : letters.numbers(text)) memory.add(c);
    };
    memory.add_text(letters.numbers("abcdeabcdfgabch"));
    CHECK(memory.matches().empty());
    memory.begin_text();
    read("fgabc");
    auto matches = memory.matches();
    REQUIRE(matches.size() == 3);  // of 3, 4 and 5 characters
    CHECK(matches[0].in_all == 3);
    CHECK(matches[0].share(letters.number('d')) == Approx(2 / 3.0));
    CHECK(matches[2].in_all == 1);
    CHECK(matches[2].share(letters.number('h')) == 1);

    // What was read since is met again, and forgotten.
    const std::size_t known = memory.size() - 6;
    read("hfgabc");
    CHECK(memory.matches()[2].in_all == 2);
    memory.forget_behind(known);
    memory.begin_text();
    read("fgabc");
    CHECK(memory.matches()[2].in_all == 1);
    // Nothing matches beyond the beginning of a text.
    memory.begin_text();
    read("ab");
    CHECK(memory.matches().empty());
}

TEST_CASE("a mixture is a distribution, and finds out whom to trust", "[characters]") {
    const text_set all = make_texts();
    copy_memory memory;
    memory.add_text(all.letters.numbers(all.texts[0].learned));
    const double uniform = 1 / static_cast<double>(all.letters.size());
    mixture both;
    const auto bits = [&] {
        copy_memory with = memory;
        double sum = 0;
        with.begin_text();
        for (const std::int32_t c : all.letters.numbers(all.texts[1].unseen)) {
            const auto matches = with.matches();
            double in_all = 0;
            for (std::size_t other = 1; other <= all.letters.size(); ++other)
                in_all += both.probability(uniform, matches, static_cast<std::int32_t>(other));
            REQUIRE(in_all == Approx(1).epsilon(1e-12));
            sum -= std::log2(both.probability(uniform, matches, c));
            with.add(c);
        }
        return sum / static_cast<double>(all.texts[1].unseen.size());
    };
    const double before = bits();
    copy_memory with = memory;
    with.begin_text();
    for (const std::int32_t c : all.letters.numbers(all.texts[1].held_back)) {
        both.observe(uniform, with.matches(), c);
        with.add(c);
    }
    both.fit();
    const double after = bits();
    CHECK(after < before - 0.05);
    CHECK(after < 1.5);

    // Where what follows has nothing to do with what followed before, the net is trusted.
    mixture doubting;
    std::mt19937 engine(1);
    memory.begin_text();
    for (const std::int32_t c : all.letters.numbers(all.texts[1].held_back)) {
        const auto random = static_cast<std::int32_t>(1 + engine() % all.letters.size());
        doubting.observe(uniform, memory.matches(), random);
        memory.add(c);
    }
    doubting.fit();
    memory.begin_text();
    for (const std::int32_t c : all.letters.numbers("the cat sees the ")) memory.add(c);
    REQUIRE(memory.matches().size() > 4);
    CHECK(doubting.probability(uniform, memory.matches(), all.letters.number('c')) < 3 * uniform);
}

TEST_CASE("characters are drawn by their probabilities", "[characters]") {
    const std::vector<float> of_each{0.1F, 0.4F, 0.2F, 0.3F};
    const auto expect = [&](const draw_options& options, std::vector<double> wanted) {
        const std::vector<double> left = sharpened(of_each, options);
        for (std::size_t i = 0; i < wanted.size(); ++i) CHECK(left[i] == Approx(wanted[i]).margin(1e-6));
    };
    expect({}, {0.1, 0.4, 0.2, 0.3});
    expect({.temperature = 0}, {0, 1, 0, 0});
    expect({.temperature = 0.5}, {1 / 30.0, 16 / 30.0, 4 / 30.0, 9 / 30.0});
    expect({.top_k = 2}, {0, 4 / 7.0, 0, 3 / 7.0});
    expect({.top_p = 0.75}, {0, 4 / 9.0, 2 / 9.0, 3 / 9.0});
    expect({.top_p = 0.01}, {0, 1, 0, 0});
    std::mt19937_64 engine(1);
    std::vector<int> times(4);
    for (int i = 0; i < 2000; ++i) ++times[static_cast<std::size_t>(draw(of_each, {.top_k = 2}, engine))];
    CHECK(times[0] + times[2] == 0);
    CHECK(times[1] / 2000.0 == Approx(4 / 7.0).margin(0.05));
}

TEST_CASE("pieces of a text follow one another", "[characters]") {
    std::vector<std::int32_t> text(1000);
    std::iota(text.begin(), text.end(), 0);
    const pieces_of_text pieces(text, 4, 10, 1);
    std::vector<std::int32_t> seen(40), wanted(40), next(40), rows_first(40), unused(40);
    pieces.copy(7, true, seen, wanted);
    pieces.copy(8, true, next, unused);
    pieces.copy(7, false, rows_first, unused);
    for (std::size_t row = 0; row < 4; ++row)
        for (std::size_t i = 0; i < 10; ++i) {
            CHECK(wanted[i * 4 + row] == (seen[i * 4 + row] + 1) % 1000);
            CHECK(rows_first[row * 10 + i] == seen[i * 4 + row]);
            CHECK(seen[i * 4 + row] == (seen[0] + static_cast<int>(250 * row + i)) % 1000);
        }
    CHECK(next[0] == (seen[0] + 10) % 1000);
}

TEST_CASE("texts are files, each once", "[characters]") {
    const temporary_directory directory;
    put(directory / "one", std::string(15'000, 'a') + "\n");
    put(directory / "two", "bcd");
    std::filesystem::create_symlink(directory / "one", directory / "also-one");
    const text_set all = read_texts(directory.path());
    REQUIRE(all.texts.size() == 2);
    CHECK(all.letters.size() == 5);
    CHECK(all.texts[0].name == "one");
    CHECK(all.texts[0].unseen == std::string(1499, 'a') + "\n");
    CHECK(all.texts[0].held_back.size() == 750);
    CHECK(all.texts[1].learned == "bcd");
    CHECK(all.letters.byte(all.letters.number('d')) == 'd');
    CHECK_THROWS_WITH(read_texts(directory / "two"), Catch::Contains("too little text"));
    CHECK_THROWS_WITH(read_texts(directory / "three"), Catch::Contains("three"));
    std::string bytes;
    for (int i = 0; i < 30'000; ++i) bytes += static_cast<char>(i);
    put(directory / "bytes", bytes);
    CHECK_THROWS_WITH(read_texts(directory / "bytes"), Catch::Contains("256 different bytes"));
}
