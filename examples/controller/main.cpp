// SPDX-License-Identifier: BSL-1.0
// Learns to balance a pole on a cart, then drives it a thousand times a second and says how long its calls took.
#include "../command_line.hpp"
#include "../kept_training.hpp"
#include "control_loop.hpp"
#include "learning.hpp"
#include "pictures.hpp"

#include <ambit/checkpoint/load.hpp>
#include <ambit/checkpoint/save.hpp>
#include <ambit/io/images.hpp>
#include <ambit/io/summary.hpp>

#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <iostream>
#include <optional>
#include <random>
#include <string>
#include <vector>

namespace {

using namespace controller;

struct options {
    std::uint64_t seed = 1;
    double seconds = 5;
    std::optional<std::string> train_dir, save, drive, pictures;
};

void add_options(CLI::App& app, options& wanted) {
    app.set_help_flag("-h,--help", "print this");
    app.get_formatter()->column_width(20);
    app.add_option("--seed", wanted.seed, "of initial values and drives, 1 if not given")
        ->type_name("N")
        ->check(not_a_seed);
    app.add_option("--seconds", wanted.seconds, "how long to drive at 1 kHz, 5 if not given")
        ->type_name("S")
        ->check(CLI::Range(0.1, 3600.0).description(""));
    app.add_option("--train-dir", wanted.train_dir, "keep checkpoints there, and go on from the latest")
        ->type_name("DIR");
    app.add_option("--save", wanted.save, "write what was learned, as safetensors")->type_name("FILE");
    app.add_option("--drive", wanted.drive, "read that instead of learning")->type_name("FILE");
    app.add_option("--pictures", wanted.pictures, "write learning curve and path as PNG")->type_name("DIR");
    app.callback([&wanted] {
        if (wanted.drive && (wanted.save || wanted.train_dir))
            throw CLI::ValidationError("--drive replaces learning: there is nothing for --save or --train-dir");
    });
}

/// Seconds that the pole stood in each round.
std::vector<double> learn(trainer& net, const options& wanted) {
    apprentice driver(net, wanted.seed);
    std::vector<double> seconds_up;
    const kept_training kept{.directory = wanted.train_dir,
                             .name = "controller",
                             .steps = rounds,
                             .every = 50,
                             .unit = "rounds",
                             .shown = "seconds up",
                             .share = 0.1};
    train_from_latest(net, kept, [&](std::int64_t round) {
        driver.begin_round(wanted.seed, round);
        seconds_up.push_back(driver.learn());
        return seconds_up.back();
    });
    return seconds_up;
}

void print_times(const char* what, const std::vector<double>& nanoseconds) {
    std::printf("  %-28s %8.2f %9.2f %9.2f us\n", what, quantile(nanoseconds, 0.5) / 1e3,
                quantile(nanoseconds, 0.999) / 1e3, quantile(nanoseconds, 1) / 1e3);
}

void run(const options& wanted) {
    trainer net(seed{wanted.seed});
    driver pilot(net.parameters());
    std::cout << summary(net);
    std::vector<double> seconds_up;
    if (wanted.drive) std::cout << load(pilot, *wanted.drive) << '\n';
    else seconds_up = learn(net, wanted);

    const trial_result trials = try_out(pilot, 20, wanted.seed + 1'000'000);
    std::printf("pole up to the end in %d of %d trials of %.0f s, %.3f m from the target on average\n", trials.up,
                trials.trials, trial_time, trials.from_target);
    if (wanted.save) {
        save(pilot, *wanted.save);
        std::cout << "saved " << *wanted.save << '\n';
    }

    std::mt19937_64 engine(wanted.seed);
    cart_pole cart = random_start(engine);
    cart.target = cart.position < 0 ? 0.8 : -0.8;
    const loop_result loop = control(pilot, cart, static_cast<std::size_t>(wanted.seconds * 1000));
    std::printf("%zu calls at 1 kHz, %s: %lld missed their deadline, the pole %s\n", loop.call.size(),
                loop.is_real_time ? "SCHED_FIFO" : "ordinary scheduling", static_cast<long long>(loop.missed),
                loop.is_up ? "stands" : "fell");
    std::printf("  %-28s %8s %9s %9s\n", "", "p50", "p99.9", "worst");
    print_times("a call, 8-32-32-4", loop.call);
    print_times("late, by the system", loop.late);
    std::fflush(stdout);
    if (wanted.pictures) {
        const std::filesystem::path directory = *wanted.pictures;
        std::filesystem::create_directories(directory);
        if (!seconds_up.empty()) write_png(directory / "learning.png", draw_learning(seconds_up));
        write_png(directory / "path.png", draw_path(loop, cart.target));
        std::cout << "wrote " << (directory / "path.png").string() << '\n';
    }
}

}  // namespace

int main(int count, char** words) {
    CLI::App app("Learn to balance a pole on a cart by policy gradient, and drive it at 1 kHz", "controller");
    options wanted;
    add_options(app, wanted);
    return run_program(app, count, words, [&] { run(wanted); });
}
