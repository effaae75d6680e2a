// SPDX-License-Identifier: BSL-1.0
// Ranks that each hold a part of the optimizer's state, shards of a batch, and what of a training is left when a rank
// is killed.
#include <ambit/distributed/checkpoints.hpp>

#include "ranks.hpp"
#include "trainers.hpp"
#include "../support/temporary_directory.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <csignal>
#include <filesystem>
#include <iostream>
#include <limits>
#include <string>

using namespace ambit;
using namespace ambit_test;

namespace {

// 18 weights and 3 biases: neither is a multiple of 4, so that last parts are filled up.
struct linear {
    struct outputs {
        tensor loss;
        operation train;
    };
    constexpr outputs operator()(scope& s, const tensor& x, const tensor& labels) const {
        const tensor loss = reduce_mean(sparse_softmax_cross_entropy(dense(s, "logits", x, 3), labels));
        return {loss, minimize(s, loss, adam{.learning_rate = 0.01}, {.clip = clip_by_global_norm(0.3)})};
    }
};
using linear_trainer = model<linear, input<float, own_batch, 6>, input<std::int32_t, own_batch>>;
template <int Ranks>
using sharing_state =
    data_parallel<linear_trainer, data_parallel_options{.check_gradients = true, .shard_optimizer_state = Ranks}>;
using holding_all = data_parallel<linear_trainer>;

const std::filesystem::path directory = "killed_rank";  // below that of the build

static_assert(sharing_state<1>::slot_bytes == 2 * (18 + 3) * 4);
static_assert(sharing_state<2>::slot_bytes == 2 * (9 + 2) * 4);
static_assert(sharing_state<4>::slot_bytes == 2 * (5 + 1) * 4);
static_assert(sharing_state<4>::buckets.size() == 1 && sharing_state<4>::buckets[0].elements == 4 * (5 + 1));

template <class Trainer> double train(Trainer& t, int first, int count) {
    double loss = 0;
    for (int step = first; step < first + count; ++step) {
        const examples own(t.ranks().rank() * own_batch, own_batch, step);
        loss = t.ranks().mean(t.template run<&linear::outputs::train, &linear::outputs::loss>(own.x, own.labels));
    }
    return loss;
}

template <int Ranks> void check_shared_state(communicator& ranks) {
    sharing_state<Ranks> t(ranks, seed{3});
    holding_all all(ranks, seed{3});
    CHECK(train(t, 0, 20) == Approx(train(all, 0, 20)).epsilon(1e-4));
    t.expect_same_weights();
    const auto ours = t.net().template get<"logits/weights">(), theirs = all.net().template get<"logits/weights">();
    for (int i = 0; i < 6; ++i)
        for (int k = 0; k < 3; ++k) CHECK(ours(i, k) == Approx(theirs(i, k)).margin(1e-5));

    // The file has all of it: ranks that each hold all go on, and so do ranks that share it again.
    std::optional<temporary_directory> folder;
    if (ranks.is_root()) folder.emplace();
    saver checkpoints;
    const std::string file = save(t, checkpoints, ranks.is_root() ? (*folder / "model").string() : "", 20);
    holding_all other(ranks, seed{4});
    sharing_state<Ranks> again(ranks, seed{5});
    CHECK(restore(other, file).step == 20);
    CHECK(restore(again, file).step == 20);
    const double next = train(t, 20, 10);
    CHECK(train(again, 20, 10) == next);
    CHECK(hash_of_weights(again.net()) == hash_of_weights(t.net()));
    CHECK(train(other, 20, 10) == Approx(next).epsilon(1e-5));
    if (ranks.is_root()) {
        linear_trainer alone(seed{6});
        CHECK(restore(alone, file).step == 20);
    }

    examples own(ranks.rank() * own_batch, own_batch, 0);
    if (ranks.rank() == Ranks - 1) own.x(2, 1) = std::numeric_limits<float>::quiet_NaN();
    expect_to_name_last_rank(ranks, [&] { again.template run<&linear::outputs::train>(own.x, own.labels); });
    CHECK(restore(again, file).step == 20);
    CHECK(train(again, 20, 10) == next);
}

std::string what_is_said(const auto& of) {
    try {
        of();
    } catch (const std::exception& e) {
        return e.what();
    }
    return {};
}

}  // namespace

TEST_CASE("ranks that share the optimizer's state train as those that each hold all of it", "[distributed]") {
    communicator& ranks = all_ranks();
    if (ranks.size() == 1) check_shared_state<1>(ranks);
    if (ranks.size() == 2) check_shared_state<2>(ranks);
    if (ranks.size() == 4) check_shared_state<4>(ranks);
    if (ranks.size() == 1)
        CHECK_THAT(what_is_said([&] { sharing_state<2>(ranks, seed{3}); }),
                   Catch::Contains("the state of the optimizer is for 2 ranks; start as many, or say "
                                   ".shard_optimizer_state = 1"));
}

TEST_CASE("a file that rank 0 cannot read is told on all ranks", "[distributed]") {
    communicator& ranks = all_ranks();
    holding_all t(ranks, seed{3});
    const std::uint64_t before = hash_of_weights(t.net());
    const std::string told = what_is_said([&] { restore(t, "/there/is/none.safetensors"); });
    CHECK_THAT(told, Catch::Contains("/there/is/none.safetensors"));
    if (!ranks.is_root()) CHECK_THAT(told, Catch::Contains("rank 0 has failed"));
    CHECK(hash_of_weights(t.net()) == before);
}

TEST_CASE("in shards, the bits are those of one rank", "[distributed][shards]") {
    communicator& ranks = all_ranks();
    communicator alone(MPI_COMM_SELF);
    in_shards shared(ranks, seed{3}), whole_batch(alone, seed{3});
    std::array<double, 2> first{}, last{};
    for (int step = 0; step < 100; ++step) {
        last = step_in_shards(shared, step);
        CHECK(last == step_in_shards(whole_batch, step));
        if (step == 0) first = last;
    }
    CHECK(hash_of_weights(shared.net()) == hash_of_weights(whole_batch.net()));
    CHECK(last[0] < first[0]);
    CHECK(last[1] != first[1]);
    CHECK(shared.net().get<"global_step">()() == 100);
    // The moving average is that of the whole batch.
    double expected = 0;
    for (int step = 0; step < 100; ++step) {
        double mean = 0;
        for (int shard = 0; shard < 8; ++shard) {
            const examples own(shard * own_batch / 2, own_batch / 2, step);
            for (int i = 0; i < own_batch / 2; ++i) mean += own.x(i, 0) / (4 * own_batch);
        }
        expected = 0.9 * expected + 0.1 * mean;
    }
    CHECK(shared.net().get<"seen">()(0) == Approx(expected).margin(1e-5));
}

// Two jobs (tests/CMakeLists.txt). Of the first one's four ranks the third is killed in the middle of step 6, between
// its two shards; a checkpoint has the first four.
TEST_CASE("a rank that is killed is missed at the deadline", "[.killed]") {
    const mpi_environment mpi;
    communicator ranks(mpi, {.deadline = std::chrono::seconds(3)});
    ranks.on_root([&] {
        std::filesystem::remove_all(directory);
        std::filesystem::create_directories(directory);
    });
    in_shards t(ranks, seed{3});
    saver checkpoints;
    try {
        for (int step = 0; step < 6; ++step) {
            if (step == 4) save(t, checkpoints, (directory / "model").string(), step);
            t.run_shards<&noisy::outputs::train>([&](int shard) {
                if (step == 5 && shard == 5) std::raise(SIGKILL);
                const examples own(shard * own_batch / 2, own_batch / 2, step);
                return std::tuple(own.x, own.labels);
            });
        }
    } catch (const distributed_error& e) {
        if (e.step() == 6 && e.rank() == ranks.rank()) std::cout << e.what() << std::endl;
    }
}

// The second one has two ranks.
TEST_CASE("fewer ranks go on with the bits of a training that was not interrupted", "[.continued]") {
    communicator& ranks = all_ranks();
    communicator alone(MPI_COMM_SELF);
    in_shards continued(ranks, seed{99}), uninterrupted(alone, seed{3});
    const auto file = latest_checkpoint(directory.string());
    REQUIRE(file.has_value());
    REQUIRE(restore(continued, *file).step == 4);
    std::array<double, 2> ours{}, theirs{};
    for (int step = 0; step < 10; ++step) theirs = step_in_shards(uninterrupted, step);
    for (int step = 4; step < 10; ++step) ours = step_in_shards(continued, step);
    CHECK(ours == theirs);
    CHECK(hash_of_weights(continued.net()) == hash_of_weights(uninterrupted.net()));
    ranks.barrier();
    if (ranks.is_root()) std::filesystem::remove_all(directory);
}
