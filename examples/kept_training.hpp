// SPDX-License-Identifier: BSL-1.0
// A training that goes on from its latest checkpoint, with a bar that shows how far it is.
//
//     train_from_latest(net, {.directory = "train", .name = "digits", .steps = 3000, .every = 500},
//                       [&](std::int64_t step) { return double{net.run<&out::loss, &out::train>(…)}; });
#pragma once

#include <ambit/checkpoint/saver.hpp>
#include <ambit/io/progress_bar.hpp>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <iostream>
#include <optional>
#include <string>

#include <unistd.h>

struct kept_training {
    std::optional<std::string> directory;  ///< of the checkpoints; without it there are none
    std::string name;                      ///< of their files
    std::int64_t steps;                    ///< in all
    std::int64_t every;                    ///< so many steps a checkpoint is written
    std::string unit = "steps", shown = "loss";
    std::string also_shown = "";  ///< the name of what a step may return beside it, which is shown as it is
    double share = 0.01;  ///< of what is shown that the last step makes up; the rest is of those before
};

/// What a step returns to be shown: one number, or two.
struct shown_values {
    double first;
    std::optional<double> second;

    shown_values(double value, std::optional<double> other = {}) : first(value), second(other) {}
};

/// `step` computes one step, counted from 0, and returns what is shown. It finds no state of its own from earlier steps:
/// a training that was interrupted then ends as one that was not.
template <class Net, class Step> void train_from_latest(Net& net, const kept_training& kept, Step&& step) {
    ambit::saver checkpoints({.max_to_keep = 3, .asynchronous = true});
    std::int64_t number = 0;
    if (kept.directory) {
        std::filesystem::create_directories(*kept.directory);
        if (const auto file = ambit::latest_checkpoint(*kept.directory)) {
            number = ambit::restore(net, *file).step.value_or(0);
            std::cout << "going on behind " << number << ' ' << kept.unit << " (" << *file << ")\n";
        }
    }
    ambit::progress_bar bar(std::cerr, "training", std::max(kept.steps - number, std::int64_t{0}), kept.unit,
                            ambit::terminal_width(STDERR_FILENO));
    double mean = 0;
    for (bool is_first = true; number < kept.steps; is_first = false) {
        const shown_values now = step(number++);
        mean = is_first ? now.first : mean + kept.share * (now.first - mean);
        if (now.second) bar.advance(1, {{kept.shown, mean}, {kept.also_shown, *now.second}});
        else bar.advance(1, {{kept.shown, mean}});
        if (kept.directory && number % kept.every == 0)
            checkpoints.save(net, *kept.directory + '/' + kept.name, number);
    }
    bar.finish();
    checkpoints.wait();
}
