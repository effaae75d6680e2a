// SPDX-License-Identifier: BSL-1.0
// The blocks of several_machines.md: a trainer on the ranks of an MPI job. `mpirun -n 2 guide.several_machines` runs it
// on two; without a launcher there is one.
#include <ambit/ambit.hpp>
#include <ambit/distributed.hpp>
#include <ambit/distributed/checkpoints.hpp>
#include <ambit/io/batches.hpp>

#include <xtensor/xtensor.hpp>

#include <array>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <iostream>
#include <span>
#include <string>
#include <string_view>
#include <tuple>

#include <unistd.h>

using namespace ambit;

namespace {

int failures = 0;
void expect(bool is_met, std::string_view claim) {
    std::cout << (is_met ? "  holds  " : "  FAILS  ") + std::string(claim) + '\n';
    failures += is_met ? 0 : 1;
}

struct classifier {
    struct outputs {
        tensor logits, loss;
        operation train;
    };
    constexpr outputs operator()(scope& s, tensor points, tensor labels) const {
        const tensor hidden = relu(dense(s, "hidden", points, 16));
        const tensor logits = dense(s, "logits", hidden, 2);
        const tensor loss = reduce_mean(sparse_softmax_cross_entropy(logits, labels));
        return {logits, loss, minimize(s, loss, adam{.learning_rate = 0.01})};
    }
};
using outputs = classifier::outputs;
using trainer = model<classifier, input<float, 16, 2>, input<std::int32_t, 16>>;

/// Points of the plane, and whether they lie near its middle. `batch(n)` has the same on every rank.
struct examples {
    xt::xtensor<float, 2> points = xt::xtensor<float, 2>(std::array<std::size_t, 2>{16, 2});
    xt::xtensor<std::int32_t, 1> labels = xt::xtensor<std::int32_t, 1>(std::array<std::size_t, 1>{16});
};
examples batch(std::int64_t number) {
    examples drawn;
    random_stream random(seed{7}, "points", number);
    for (std::size_t i = 0; i < 16; ++i) {
        const float x = 2 * random.uniform<float>() - 1, y = 2 * random.uniform<float>() - 1;
        drawn.points(i, 0) = x;
        drawn.points(i, 1) = y;
        drawn.labels(i) = x * x + y * y < 0.5F ? 1 : 0;
    }
    return drawn;
}

void train(const mpi_environment& mpi) {
    communicator ranks(mpi, {.deadline = std::chrono::seconds(30)});
    data_parallel<trainer> t(ranks, seed{1});
    for (std::int64_t step = 0; step < 300; ++step) {
        const examples own = batch(step * ranks.size() + ranks.rank());
        const float loss = t.run<&outputs::train, &outputs::loss>(own.points, own.labels);
        const double of_all = ranks.mean(loss);
        if (ranks.is_root() && step % 100 == 0) std::cout << "step " << step << ", loss " << of_all << '\n';
    }
    t.expect_same_weights();

    const std::string directory =
        (std::filesystem::temp_directory_path() / ("points-" + std::to_string(::getppid()))).string();
    if (ranks.is_root()) std::filesystem::create_directories(directory);
    saver checkpoints;
    const std::string file = save(t, checkpoints, directory + "/points", 300);
    data_parallel<trainer> again(ranks, seed{2});
    expect(restore(again, file).step == 300, "ranks go on from the file");
    if (ranks.is_root()) {
        trainer alone(seed{2});
        expect(restore(alone, file).step == 300, "and so does one machine");
        std::filesystem::remove_all(directory);
        const examples unseen = batch(1'000'000);
        const float first = trainer(seed{1}).run<&outputs::loss>(unseen.points, unseen.labels);
        expect(alone.run<&outputs::loss>(unseen.points, unseen.labels) < 0.3F * first, "it has learned");
    }
}

// The mean over those of a batch that are no padding.
struct masked {
    struct outputs {
        tensor loss;
        operation train;
    };
    constexpr outputs operator()(scope& s, tensor points, tensor labels, tensor mask) const {
        const tensor losses = sparse_softmax_cross_entropy(dense(s, "logits", points, 2), labels);
        const tensor loss = reduce_sum(losses * mask) / maximum(reduce_sum(mask), 1);
        return {loss, minimize(s, loss, sgd{.learning_rate = 0.1})};
    }
};
using masked_trainer = model<masked, input<float, 16, 2>, input<std::int32_t, 16>, input<float, 16>>;

/// 40 points as a set, of which one step has 16 a rank.
struct point_set {
    static std::size_t size() { return 40; }
    static std::size_t elements() { return 2; }
    static std::string extents_in_words() { return "points of 2 numbers"; }
    static std::int32_t label(std::size_t index) { return batch(std::int64_t(index)).labels(0); }
    static void copy_example(std::size_t index, float* to) {
        const examples drawn = batch(std::int64_t(index));
        to[0] = drawn.points(0, 0);
        to[1] = drawn.points(0, 1);
    }
};

void train_on_a_set(communicator& ranks) {
    const point_set points;
    data_parallel<masked_trainer> t(ranks, seed{1});
    double weights = 0;
    const batches<16, 2> own(points, {.order = example_order::shuffled,
                                      .last = last_batch::padded,
                                      .rank = ranks.rank(),
                                      .ranks = ranks.size()});
    for (const auto& batch : own.epoch(0))
        t.run_weighted<&masked::outputs::train>(batch.weight, batch.images, batch.labels, batch.mask);
    for (const auto& batch : own.epoch(0)) weights += batch.weight;
    t.expect_same_weights();
    expect(std::abs(ranks.mean(weights) - static_cast<double>(own.size())) < 1e-12,
           "weights of a step are 1 in the mean");
}

using fine_buckets = data_parallel<trainer, data_parallel_options{.bucket_bytes = 256, .check_weights_every = 100}>;
static_assert(data_parallel<trainer>::buckets.size() == 1);
static_assert(fine_buckets::buckets.size() > 1);
static_assert(data_parallel<trainer>::buckets[0].bytes() == (2 * 16 + 16 + 16 * 2 + 16) * 4);

using in_shards = data_parallel<trainer, data_parallel_options{.shards = 8}>;

using shared_state = data_parallel<trainer, data_parallel_options{.shard_optimizer_state = 2}>;
static_assert(data_parallel<trainer>::slot_bytes == 2 * (2 * 16 + 16 + 16 * 2 + 2) * 4);
static_assert(shared_state::slot_bytes == data_parallel<trainer>::slot_bytes / 2);

void train_in_shards(communicator& ranks) {
    in_shards t(ranks, seed{1});
    double loss = 0;
    for (std::int64_t step = 0; step < 20; ++step)
        loss = t.run_shards<&outputs::train, &outputs::loss>([&](int shard) {
            const examples own = batch(step * 8 + shard);
            return std::tuple(own.points, own.labels);
        });
    communicator alone(MPI_COMM_SELF);
    in_shards same(alone, seed{1});
    double expected = 0;
    for (std::int64_t step = 0; step < 20; ++step)
        expected = same.run_shards<&outputs::train, &outputs::loss>([&](int shard) {
            const examples own = batch(step * 8 + shard);
            return std::tuple(own.points, own.labels);
        });
    expect(std::equal_to<double>()(loss, expected), "the bits are those of one rank");
}

struct centered {
    constexpr tensor operator()(scope&, tensor x) const { return x - all_reduce_mean(reduce_mean(x, {.axes = 0})); }
};

void look_over_all_ranks(communicator& ranks) {
    model<centered, input<float, 2, 1>> net(seed{1});
    const float own = static_cast<float>(ranks.rank());
    ranks.run([&] {
        const auto y = net(xt::xtensor<float, 2>{{own}, {own}});
        const double middle = 0.5 * (ranks.size() - 1);
        expect(y(0, 0) == static_cast<float>(own - middle), "the mean is that of the examples of all ranks");
    });
}

}  // namespace

int main(int argc, char** argv) {
    const mpi_environment mpi(argc, argv);
    try {
        train(mpi);
        communicator ranks(mpi);
        train_on_a_set(ranks);
        train_in_shards(ranks);
        look_over_all_ranks(ranks);
    } catch (const distributed_error& e) {
        std::cerr << e.what() << '\n';
        return 1;
    }
    return failures;
}
