// SPDX-License-Identifier: BSL-1.0
// The dense net on the ranks of an MPI job: `mpirun -n 2 mnist --ranks`. Each rank reads its part of the digits; what
// is printed, drawn and saved is that of all of them, by rank 0.
#include "program.hpp"

#include <ambit/distributed.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <optional>
#include <span>
#include <utility>

namespace mnist {

namespace {

using parallel_trainer = data_parallel<trainer<dense_net>>;

training_batches own_batches(const communicator& ranks, const labelled_images& digits, std::uint64_t order) {
    return {digits, {.order = example_order::shuffled, .shuffle = seed{order}, .rank = ranks.rank(),
                     .ranks = ranks.size()}};
}

scores train_epoch(parallel_trainer& t, const training_batches& own, int epoch, int epochs) {
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
            t.run<&outputs::loss, &outputs::accuracy, &outputs::train>(batch.images, batch.labels);
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
double accuracy_of(communicator& ranks, evaluator<dense_net>& net, const labelled_images& unseen) {
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

/// Examples a second on the first `count` ranks, while the others wait; the same answer on all.
double speed_of(communicator& all, int count, const labelled_images& digits) {
    MPI_Comm some = MPI_COMM_NULL;
    MPI_Comm_split(MPI_COMM_WORLD, all.rank() < count ? 0 : 1, all.rank(), &some);
    double speed = 0;
    if (all.rank() < count) {
        communicator ranks(some);
        parallel_trainer t(ranks, seed{1});
        const training_batches own = own_batches(ranks, digits, 1);
        const auto start = std::chrono::steady_clock::now();
        int steps = 0;
        for (const auto& batch : own.epoch()) {
            t.run<&training_outputs::train>(batch.images, batch.labels);
            if (++steps == 100) break;
        }
        const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start;
        speed = static_cast<double>(steps) * training_batch * count / elapsed.count();
    }
    MPI_Comm_free(&some);
    all.broadcast(std::as_writable_bytes(std::span(&speed, 1)));
    return speed;
}

/// Bars: examples a second on 1, 2, 4 … ranks, each beside as many times those of one.
xt::xtensor<float, 3> draw_scaling(const std::vector<std::pair<int, double>>& speeds) {
    constexpr int width = 60, height = 200, top = 40, left = 20;
    canvas paper(top + height + 40, std::max(420, left + int(speeds.size()) * (2 * width + 40)));
    double most = 0;
    for (const auto& [ranks, speed] : speeds) most = std::max({most, speed, speeds[0].second * ranks});
    int x = left;
    for (const auto& [ranks, speed] : speeds) {
        const auto bar = [&](double value, const auto& ink) {
            const int tall = std::max(1, int(height * value / most));
            paper.rectangle(x, top + height - tall, width - 4, tall, ink);
            x += width;
        };
        paper.write(x, top + height + 8, std::to_string(ranks) + (ranks == 1 ? " rank" : " ranks"), black);
        paper.write(x, top + height + 22, decimals(speed, 0), black);
        bar(speed, blue);
        bar(speeds[0].second * ranks, grey);
        x += 40;
    }
    paper.write(left, top - 26, "examples a second; grey: as many times one rank", black);
    return paper.picture();
}

}  // namespace

void run_on_ranks(const options& wanted) {
    const mpi_environment mpi;
    communicator ranks(mpi);
    const digit_sets digits = wanted.data ? read_digits(*wanted.data) : draw_digits(4000);
    const training_batches own = own_batches(ranks, digits.training, wanted.seed);
    if (own.size() == 0) throw error("there are too few digits for a batch of each rank; give more data");
    if (ranks.is_root())
        std::cout << digits.origin << ": " << digits.training.size() << " to train on, " << digits.unseen.size()
                  << " unseen; " << ranks.size() << " ranks\n";
    parallel_trainer t(ranks, seed{wanted.seed});
    evaluator<dense_net> reader(t.net().parameters());
    const int epochs = wanted.epochs.value_or(dense_net::epochs);
    for (int epoch = 0; epoch < epochs; ++epoch) train_epoch(t, own, epoch, epochs);
    t.expect_same_weights();
    const double accuracy = accuracy_of(ranks, reader, digits.unseen);
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
    if (!wanted.pictures) return;
    std::vector<std::pair<int, double>> speeds;
    for (int count = 1; count <= ranks.size(); count *= 2)
        speeds.emplace_back(count, speed_of(ranks, count, digits.training));
    ranks.on_root([&] {
        std::filesystem::create_directories(*wanted.pictures);
        write_png(*wanted.pictures / "scaling.png", draw_scaling(speeds));
        std::cout << "wrote " << (*wanted.pictures / "scaling.png").string() << '\n';
    });
}

}  // namespace mnist
