// SPDX-License-Identifier: BSL-1.0
// A tower on each rank of an MPI job: `mpirun -n 2 cifar10 --ranks`. What is printed, drawn and saved is that of all of
// them, by rank 0. Two ranks train on the pictures that the two towers of one process do.
#include "../scaling.hpp"
#include "program.hpp"

#include <ambit/distributed.hpp>
#include <ambit/io/progress_bar.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <iostream>
#include <optional>

namespace cifar10 {

namespace {

using trainer =
    model<learner, input<float, 1, pictures_a_rank, side, side, 3>, input<std::int32_t, 1, pictures_a_rank>>;
using parallel_trainer = data_parallel<trainer>;

batch batch_of_rank(const communicator& ranks, const labelled_images& set, std::uint64_t seed) {
    return {set, pictures_a_rank, seed, static_cast<std::size_t>(ranks.rank()), static_cast<std::size_t>(ranks.size())};
}

void train(parallel_trainer& t, const labelled_images& set, const options& wanted) {
    communicator& ranks = t.ranks();
    batch drawn = batch_of_rank(ranks, set, wanted.seed);
    std::optional<progress_bar> bar;
    if (ranks.is_root()) bar.emplace(std::cerr, "training", wanted.steps, "steps", terminal_width(STDERR_FILENO));
    double shown = 0;
    for (std::int64_t step = 0; step < wanted.steps; ++step) {
        drawn.draw(step);
        const float loss = t.run<&learner::outputs::loss, &learner::outputs::train>(drawn.images, drawn.labels);
        const double now = ranks.mean(double{loss});
        shown = step == 0 ? now : shown + 0.01 * (now - shown);
        if (bar) bar->advance(1, {{"loss", shown}});
    }
    if (bar) bar->finish();
    t.expect_same_weights();
}

/// Of a training as long as 20 steps.
double speed_of(communicator& ranks, const labelled_images& set) {
    constexpr int steps = 20;
    parallel_trainer t(ranks, seed{1});
    batch drawn = batch_of_rank(ranks, set, 1);
    const auto start = std::chrono::steady_clock::now();
    for (int step = 0; step < steps; ++step) {
        drawn.draw(step);
        t.run<&learner::outputs::train>(drawn.images, drawn.labels);
    }
    const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start;
    return steps * static_cast<double>(pictures_a_rank) * ranks.size() / elapsed.count();
}

}  // namespace

void run_on_ranks(const options& wanted) {
    const mpi_environment mpi;
    communicator ranks(mpi);
    const picture_sets sets = read_sets(wanted);
    if (ranks.is_root()) {
        print_origin(sets);
        std::cout << ranks.size() << (ranks.size() == 1 ? " rank" : " ranks") << ", each a tower of " << pictures_a_rank
                  << " pictures\n";
    }
    parallel_trainer t(ranks, seed{wanted.seed});
    judge reader(t.net().parameters());  // sees each step at once
    train(t, sets.training, wanted);
    const double right = ranks.sum(static_cast<double>(told_right(
        reader, sets.unseen, static_cast<std::size_t>(ranks.rank()), static_cast<std::size_t>(ranks.size()))));
    if (ranks.is_root()) print_told_right(right, sets.unseen);
    if (wanted.save)
        ranks.on_root([&] {
            save(t.net(), *wanted.save);
            std::cout << "saved " << *wanted.save << '\n';
        });
    if (wanted.pictures)
        write_scaling(ranks, *wanted.pictures,
                      [&](communicator& some) { return speed_of(some, sets.training); });
}

}  // namespace cifar10
