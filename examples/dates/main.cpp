// SPDX-License-Identifier: BSL-1.0
// Learns to write dates in words as ISO 8601, and shows where it looks while it writes.
#include "../command_line.hpp"
#include "../kept_training.hpp"
#include "net.hpp"
#include "pictures.hpp"

#include <ambit/checkpoint/load.hpp>
#include <ambit/checkpoint/save.hpp>
#include <ambit/io/images.hpp>
#include <ambit/io/summary.hpp>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <iostream>
#include <optional>
#include <random>
#include <string>
#include <vector>

namespace {

using namespace dates;

struct options {
    std::optional<std::string> train_dir, save, evaluate, pictures;
    std::vector<std::string> words;
    std::uint64_t seed = 1;
    std::int64_t steps = training_steps;
};

void add_options(CLI::App& app, options& wanted) {
    app.set_help_flag("-h,--help", "print this");
    app.get_formatter()->column_width(20);
    app.add_option("words", wanted.words, "dates to write, such as 'the 3rd of May 1960'")->type_name("");
    app.add_option("--steps", wanted.steps, "of training, 64 dates each; 1500 if not given")
        ->type_name("N")
        ->check(CLI::Range(std::int64_t{1}, training_steps).description(""));
    app.add_option("--seed", wanted.seed, "of initial values and dates, 1 if not given")
        ->type_name("N")
        ->check(not_a_seed);
    app.add_option("--train-dir", wanted.train_dir, "keep checkpoints there, and go on from the latest")
        ->type_name("DIR");
    app.add_option("--save", wanted.save, "write what was learned, as safetensors")->type_name("FILE");
    app.add_option("--evaluate", wanted.evaluate, "read it instead of training")->type_name("FILE");
    app.add_option("--pictures", wanted.pictures, "write where the net looked, as PNG")->type_name("DIR");
    app.callback([&wanted] {
        if (wanted.evaluate && (wanted.save || wanted.train_dir))
            throw CLI::ValidationError("--evaluate replaces training: there is nothing for --save or --train-dir");
        for (const std::string& words : wanted.words)
            if (words.empty() || words.size() > longest)
                throw CLI::ValidationError("a date has from 1 to " + std::to_string(longest) + " letters");
    });
}

/// Dates as the nets take them.
struct date_batch {
    static constexpr auto size = static_cast<std::size_t>(batch);
    std::array<std::int32_t, size * longest> words{};
    std::array<std::int32_t, size> lengths{};
    std::array<std::int32_t, iso_length * size> before{}, wanted{};

    void set(std::size_t place, const written_date& date) {
        lengths[place] = static_cast<std::int32_t>(date.words.size());
        for (std::size_t i = 0; i < longest; ++i)
            words[place * longest + i] =
                i < date.words.size()
                    ? number_of(static_cast<char>(std::tolower(static_cast<unsigned char>(date.words[i]))),
                                word_letters)
                    : 0;
        for (std::size_t i = 0; i < date.iso.size(); ++i) {
            wanted[i * size + place] = number_of(date.iso[i], iso_letters);
            before[i * size + place] = i == 0 ? before_first : number_of(date.iso[i - 1], iso_letters);
        }
    }
    template <class Engine> void draw(Engine& engine, dates_of which) {
        for (std::size_t place = 0; place < size; ++place) set(place, any_date(engine, which));
    }
};

void train(trainer& net, const options& wanted) {
    date_batch dates;
    train_from_latest(net, {wanted.train_dir, "dates", wanted.steps, 500}, [&](std::int64_t step) {
        std::seed_seq both{wanted.seed, static_cast<std::uint64_t>(step)};
        std::mt19937_64 engine(both);
        dates.draw(engine, dates_of::training);
        return static_cast<double>(net.run<&learner::outputs::loss, &learner::outputs::train>(
            dates.words, dates.lengths, dates.before, dates.wanted));
    });
}

template <class Letters> std::string written(const Letters& letters, std::size_t place) {
    std::string text;
    for (std::size_t i = 0; i < iso_length; ++i) text += iso_letters[static_cast<std::size_t>(letters(i, place))];
    return text;
}

struct test_result {
    int right = 0, dates = 0;
    std::vector<std::pair<written_date, std::string>> wrong;
};

test_result test(reader& net) {
    test_result result;
    std::mt19937_64 engine(20'260'101);
    for (int round = 0; round < 32; ++round) {
        std::array<written_date, date_batch::size> asked;
        date_batch dates;
        for (std::size_t place = 0; place < asked.size(); ++place) {
            asked[place] = any_date(engine, dates_of::test);
            dates.set(place, asked[place]);
        }
        const auto [letters, weights] = net(dates.words, dates.lengths);
        for (std::size_t place = 0; place < asked.size(); ++place, ++result.dates) {
            const std::string said = written(letters, place);
            if (said == asked[place].iso) ++result.right;
            else result.wrong.emplace_back(asked[place], said);
        }
    }
    return result;
}

void run(const options& wanted) {
    trainer net(seed{wanted.seed});
    reader translator(net.parameters());  // sees each step of the trainer at once
    std::cout << summary(net);
    if (wanted.evaluate) std::cout << load(translator, *wanted.evaluate) << '\n';
    else train(net, wanted);

    const test_result result = test(translator);
    std::printf("%d of %d dates that it has not seen are written right\n", result.right, result.dates);
    for (std::size_t i = 0; i < std::min<std::size_t>(result.wrong.size(), 3); ++i)
        std::printf("  %s: %s, not %s\n", result.wrong[i].first.words.c_str(), result.wrong[i].first.iso.c_str(),
                    result.wrong[i].second.c_str());
    std::fflush(stdout);
    if (wanted.save) {
        save(translator, *wanted.save);
        std::cout << "saved " << *wanted.save << '\n';
    }

    std::vector<std::string> shown = wanted.words;
    if (shown.empty()) shown = {"friday, the 7th of june 1968", "the twenty-ninth of february 2024", "11/9/1989"};
    date_batch dates;
    for (std::size_t first = 0; first < shown.size(); first += date_batch::size) {
        const std::size_t count = std::min(shown.size() - first, date_batch::size);
        for (std::size_t place = 0; place < count; ++place) dates.set(place, {shown[first + place], ""});
        const auto [letters, weights] = translator(dates.words, dates.lengths);
        for (std::size_t place = 0; place < count; ++place)
            std::cout << written(letters, place) << "  " << mistake_parts::visible(shown[first + place], longest)
                      << '\n';
        if (wanted.pictures && first == 0) {
            const std::filesystem::path file = std::filesystem::path(*wanted.pictures) / "attention.png";
            std::filesystem::create_directories(*wanted.pictures);
            write_png(file, draw_attention(shown[0], written(letters, 0),
                                           [&](std::size_t to, std::size_t from) { return weights(to, 0, from); }));
            std::cout << "wrote " << file.string() << '\n';
        }
    }
}

}  // namespace

int main(int count, char** words) {
    CLI::App app("Learn to write dates in words as ISO 8601", "dates");
    options wanted;
    add_options(app, wanted);
    return run_program(app, count, words, [&] { run(wanted); });
}
