// SPDX-License-Identifier: BSL-1.0
// Trains the network of the tutorial for CIFAR-10, in towers, and says how well it tells what it has not seen.
#include "../command_line.hpp"
#include "../kept_training.hpp"
#include "pictures.hpp"

#include <ambit/checkpoint/load.hpp>
#include <ambit/checkpoint/save.hpp>
#include <ambit/io/summary.hpp>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <iostream>
#include <optional>
#include <random>
#include <string>
#include <vector>

namespace {

using namespace cifar10;

struct options {
    std::optional<std::string> data, train_dir, save, evaluate;
    std::int64_t steps = 500;
    std::uint64_t seed = 1;
};

void add_options(CLI::App& app, options& wanted) {
    app.set_help_flag("-h,--help", "print this");
    app.get_formatter()->column_width(20);
    app.add_option("--data", wanted.data,
                   "the files of CIFAR-10's binary version; else patterns\nare drawn by the program")
        ->type_name("DIR");
    app.add_option("--steps", wanted.steps, "of training, 64 pictures each; 500 if not given")
        ->type_name("N")
        ->check(CLI::Range(std::int64_t{1}, std::int64_t{10'000'000}).description(""));
    app.add_option("--seed", wanted.seed, "of initial values and pictures, 1 if not given")
        ->type_name("N")
        ->check(not_a_seed);
    app.add_option("--train-dir", wanted.train_dir, "keep checkpoints there, and go on from the latest")
        ->type_name("DIR");
    app.add_option("--save", wanted.save, "write the trained variables, as safetensors")->type_name("FILE");
    app.add_option("--evaluate", wanted.evaluate, "read them instead of training")->type_name("FILE");
    app.callback([&wanted] {
        if (wanted.evaluate && (wanted.save || wanted.train_dir))
            throw CLI::ValidationError("--evaluate replaces training: there is nothing for --save or --train-dir");
    });
}

void train(trainer& net, const labelled_images& set, const options& wanted) {
    constexpr auto count = static_cast<std::size_t>(towers * batch);
    std::vector<float> images(count * numbers_of_a_picture);
    std::vector<std::int32_t> labels(count);
    train_from_latest(net, {wanted.train_dir, "cifar10", wanted.steps, 250}, [&](std::int64_t step) {
        std::seed_seq both{wanted.seed, static_cast<std::uint64_t>(step)};
        std::mt19937_64 engine(both);
        for (std::size_t i = 0; i < count; ++i) {
            const std::size_t index = std::uniform_int_distribution<std::size_t>(0, set.size() - 1)(engine);
            copy_picture(set, index, any_distortion(engine), images.data() + i * numbers_of_a_picture);
            labels[i] = set.label(index);
        }
        return static_cast<double>(net.run<&learner::outputs::loss, &learner::outputs::train>(images, labels));
    });
}

/// The share of pictures that are told right.
double precision(judge& net, const labelled_images& set) {
    constexpr auto count = static_cast<std::size_t>(batch);
    std::vector<float> images(count * numbers_of_a_picture);
    std::size_t right = 0;
    for (std::size_t first = 0; first < set.size(); first += count) {
        const std::size_t here = std::min(count, set.size() - first);
        for (std::size_t i = 0; i < here; ++i)
            copy_picture(set, first + i, {}, images.data() + i * numbers_of_a_picture);
        const auto guesses = net(images);
        for (std::size_t i = 0; i < here; ++i)
            if (guesses(i) == set.label(first + i)) ++right;
    }
    return static_cast<double>(right) / static_cast<double>(set.size());
}

void run(const options& wanted) {
    const picture_sets sets = wanted.data
                                  ? read_pictures(*wanted.data)
                                  : picture_sets{draw_pictures(2000, 1), draw_pictures(500, 2),
                                                 "patterns drawn by this program, since no data were given (--data)"};
    if (sets.training.size() == 0 || sets.unseen.size() == 0) throw error("a set of pictures is empty: give more data");
    std::cout << sets.origin << ": " << sets.training.size() << " to train on, " << sets.unseen.size() << " unseen\n";
    trainer net(seed{wanted.seed});
    judge reader(net.parameters());  // reads the moving averages, sees each step at once
    std::cout << summary(net);
    if (wanted.evaluate) std::cout << load(net, *wanted.evaluate) << '\n';
    else train(net, sets.training, wanted);
    std::printf("%.1f %% of %zu unseen pictures are told right\n", 100 * precision(reader, sets.unseen),
                sets.unseen.size());
    std::fflush(stdout);
    if (wanted.save) {
        save(net, *wanted.save);
        std::cout << "saved " << *wanted.save << '\n';
    }
}

}  // namespace

int main(int count, char** words) {
    CLI::App app("Train the network of TensorFlow's tutorial for CIFAR-10", "cifar10");
    options wanted;
    add_options(app, wanted);
    return run_program(app, count, words, [&] { run(wanted); });
}
