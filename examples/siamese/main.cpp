// SPDX-License-Identifier: BSL-1.0
// Learns from pairs of digits, of which it is only told whether they are the same, to lay digits out in the plane.
#include "../command_line.hpp"
#include "../kept_training.hpp"
#include "../mnist/digits.hpp"
#include "places.hpp"

#include <ambit/checkpoint/load.hpp>
#include <ambit/checkpoint/save.hpp>
#include <ambit/io/images.hpp>
#include <ambit/io/summary.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <optional>
#include <random>
#include <string>
#include <vector>

namespace {

using namespace siamese;

struct options {
    std::optional<std::string> data, train_dir, save, evaluate, pictures;
    std::int64_t steps = 3000;
    std::uint64_t seed = 1;
};

void add_options(CLI::App& app, options& wanted) {
    app.set_help_flag("-h,--help", "print this");
    app.get_formatter()->column_width(20);
    app.add_option(
           "--data", wanted.data,
           "the MNIST files in idx format, else the directory\nAMBIT_DATA; without either, digits are drawn by\n"
           "the program")
        ->type_name("DIR");
    app.add_option("--steps", wanted.steps, "of training, 128 pairs each; 3000 if not given")
        ->type_name("N")
        ->check(CLI::Range(std::int64_t{1}, std::int64_t{1'000'000}).description(""));
    app.add_option("--seed", wanted.seed, "of initial values and pairs, 1 if not given")
        ->type_name("N")
        ->check(not_a_seed);
    app.add_option("--train-dir", wanted.train_dir, "keep checkpoints there, and go on from the latest")
        ->type_name("DIR");
    app.add_option("--save", wanted.save, "write the network, as safetensors")->type_name("FILE");
    app.add_option("--evaluate", wanted.evaluate, "read it instead of training")->type_name("FILE");
    app.add_option("--pictures", wanted.pictures, "write the plane with the unseen digits, as PNG")->type_name("DIR");
    app.callback([&wanted] {
        if (wanted.evaluate && (wanted.save || wanted.train_dir))
            throw CLI::ValidationError("--evaluate replaces training: there is nothing for --save or --train-dir");
        const char* const directory = std::getenv("AMBIT_DATA");
        if (!wanted.data && directory != nullptr && *directory != '\0') wanted.data = directory;
    });
}

/// Pairs of digits, half of them of the same digit. Those of a step are the same in each run.
class pair_source {
public:
    pair_source(const labelled_images& digits, std::uint64_t seed) : digits_(digits), seed_(seed) {
        for (std::size_t i = 0; i < digits.size(); ++i)
            of_kind_[static_cast<std::size_t>(digits.label(i))].push_back(i);
    }

    void fill(std::int64_t step) {
        std::seed_seq both{seed_, static_cast<std::uint64_t>(step)};
        std::mt19937_64 engine(both);
        const auto any_of = [&](std::size_t count) {
            return std::uniform_int_distribution<std::size_t>(0, count - 1)(engine);
        };
        for (std::size_t i = 0; i < same.size(); ++i) {
            const std::size_t one = any_of(digits_.size());
            const std::vector<std::size_t>& kind = of_kind_[static_cast<std::size_t>(digits_.label(one))];
            const std::size_t other = any_of(2) == 0 ? kind[any_of(kind.size())] : any_of(digits_.size());
            digits_.copy_example(one, first.data() + i * mnist::pixel_count);
            digits_.copy_example(other, second.data() + i * mnist::pixel_count);
            same[i] = digits_.label(one) == digits_.label(other) ? 1.0F : 0.0F;
        }
    }

    std::vector<float> first = std::vector<float>(static_cast<std::size_t>(pairs * pixel_count)), second = first;
    std::array<float, static_cast<std::size_t>(pairs)> same{};

private:
    const labelled_images& digits_;
    std::uint64_t seed_;
    std::array<std::vector<std::size_t>, mnist::class_count> of_kind_;
};

void train(trainer& net, const labelled_images& digits, const options& wanted) {
    pair_source source(digits, wanted.seed);
    train_from_latest(net, {wanted.train_dir, "siamese", wanted.steps, 500}, [&](std::int64_t step) {
        source.fill(step);
        return static_cast<double>(
            net.run<&learner::outputs::loss, &learner::outputs::train>(source.first, source.second, source.same));
    });
}

void run(const options& wanted) {
    const mnist::digit_sets digits = wanted.data ? mnist::read_digits(*wanted.data) : mnist::draw_digits(4000);
    if (digits.training.size() < 2) throw error("there are fewer than two digits to train on: give more data");
    std::cout << digits.origin << ": " << digits.training.size() << " to train on, " << digits.unseen.size()
              << " unseen\n";
    trainer net(seed{wanted.seed});
    placer network(net.parameters());  // sees each step of the trainer at once
    std::cout << summary(net);
    if (wanted.evaluate) std::cout << load(network, *wanted.evaluate) << '\n';
    else train(net, digits.training, wanted);

    const std::vector<place> known = places_of(network, digits.training), unseen = places_of(network, digits.unseen);
    std::printf("%.1f %% of %zu unseen digits lie among their own kind\n", 100 * share_near_own_kind(unseen, known),
                unseen.size());
    std::fflush(stdout);
    if (wanted.save) {
        save(network, *wanted.save);
        std::cout << "saved " << *wanted.save << '\n';
    }
    if (wanted.pictures) {
        const std::filesystem::path file = std::filesystem::path(*wanted.pictures) / "plane.png";
        std::filesystem::create_directories(*wanted.pictures);
        write_png(file, draw_places(unseen));
        std::cout << "wrote " << file.string() << '\n';
    }
}

}  // namespace

int main(int count, char** words) {
    CLI::App app("Lay digits out in the plane, from pairs of which it is known whether they are the same", "siamese");
    options wanted;
    add_options(app, wanted);
    return run_program(app, count, words, [&] { run(wanted); });
}
