// SPDX-License-Identifier: BSL-1.0
// A net on the ranks of an MPI job: `mpirun -n 2 mnist --ranks`. Each rank reads its part of the digits; what is
// printed, drawn and saved is that of all of them, by rank 0.
//
//     run_on_ranks<dense_net>(options);
#pragma once

#include "../scaling.hpp"
#include "program.hpp"

#include <ambit/distributed.hpp>

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>

namespace mnist {

template <class Net> using parallel_trainer = data_parallel<trainer<Net>>;

inline training_batches own_batches(const communicator& ranks, const labelled_images& digits, std::uint64_t order) {
    return {digits, {.order = example_order::shuffled, .shuffle = seed{order}, .rank = ranks.rank(),
                     .ranks = ranks.size()}};
}

template <class Net>
scores train_epoch(parallel_trainer<Net>& t, const training_batches& own, int epoch, int epochs) {
    using outputs = training_outputs;
    communicator& ranks = t.ranks();
    std::optional<progress_bar> bar;
    if (ranks.is_root())
        bar.emplace(std::cerr, "epoch " + std::to_string(epoch + 1) + '/' + std::to_string(epochs),
                    static_cast<std::int64_t>(own.examples()) * ranks.size(), "examples",
                    terminal_width(STDERR_FILENO));
    scores sum;
    double count = 0;
    for (const auto& batch : own.epoch(epoch)) {
        const auto [loss, accuracy] =
            t.template run<&outputs::loss, &outputs::accuracy, &outputs::train>(batch.images, batch.labels);
        for (const auto& [their_loss, their_accuracy] : ranks.all_gather(std::array{loss, accuracy})) {
            sum.loss += double{their_loss} / ranks.size();
            sum.accuracy += double{their_accuracy} / ranks.size();
        }
        ++count;
        if (bar)
            bar->advance(static_cast<std::int64_t>(training_batch) * ranks.size(),
                         {{"loss", sum.loss / count}, {"accuracy", sum.accuracy / count}});
    }
    if (bar) bar->finish();
    return {sum.loss / count, sum.accuracy / count};
}

/// The share of unseen digits that are read right, of which each rank looks at its part.
template <class Net>
double accuracy_of(communicator& ranks, evaluator<Net>& net, const labelled_images& unseen) {
    const evaluation_batches own(unseen,
                                 {.last = last_batch::padded, .rank = ranks.rank(), .ranks = ranks.size()});
    double right = 0;
    for (const auto& batch : own.epoch()) {
        const auto [guesses, losses] = net(batch.images, batch.labels);
        for (std::size_t i = 0; i < batch.count; ++i)
            if (guesses(i) == batch.labels(i)) ++right;
    }
    return ranks.sum(right) / static_cast<double>(unseen.size());
}

/// Examples a second of all ranks, over as many as 100 steps.
template <class Net> double speed_of(communicator& ranks, const labelled_images& digits) {
    parallel_trainer<Net> t(ranks, seed{1});
    const training_batches own = own_batches(ranks, digits, 1);
    const auto start = std::chrono::steady_clock::now();
    int steps = 0;
    for (const auto& batch : own.epoch()) {
        t.template run<&training_outputs::train>(batch.images, batch.labels);
        if (++steps == 100) break;
    }
    const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start;
    return static_cast<double>(steps) * training_batch * ranks.size() / elapsed.count();
}

/// All that the command line asks for. Throws `error`.
template <class Net> void run_on_ranks(const options& wanted) {
    const mpi_environment mpi;
    communicator ranks(mpi);
    const digit_sets digits = wanted.data ? read_digits(*wanted.data) : draw_digits(4000);
    const training_batches own = own_batches(ranks, digits.training, wanted.seed);
    if (own.size() == 0) throw error("there are too few digits for a batch of each rank; give more data");
    if (ranks.is_root())
        std::cout << digits.origin << ": " << digits.training.size() << " to train on, " << digits.unseen.size()
                  << " unseen; " << ranks.size() << " ranks\n";
    parallel_trainer<Net> t(ranks, seed{wanted.seed});
    evaluator<Net> reader(t.net().parameters());
    const int epochs = wanted.epochs.value_or(Net::epochs);
    for (int epoch = 0; epoch < epochs; ++epoch) train_epoch<Net>(t, own, epoch, epochs);
    t.expect_same_weights();
    const double accuracy = accuracy_of<Net>(ranks, reader, digits.unseen);
    const double hidden = ranks.mean(t.communication().hidden_share());
    if (ranks.is_root())
        std::cout << std::fixed << std::setprecision(2) << "accuracy " << 100 * accuracy << " % of "
                  << digits.unseen.size() << " unseen digits; " << std::setprecision(0) << 100 * hidden
                  << " % of communication hidden\n";
    if (wanted.save)
        ranks.on_root([&] {
            save(t.net(), *wanted.save);
            std::cout << "saved " << wanted.save->string() << '\n';
        });
    if (wanted.pictures)
        write_scaling(ranks, *wanted.pictures,
                      [&](communicator& some) { return speed_of<Net>(some, digits.training); });
}

}  // namespace mnist
