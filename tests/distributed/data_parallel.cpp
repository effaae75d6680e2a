// SPDX-License-Identifier: BSL-1.0
// Ranks that share a batch train as one that has all of it.
#include <ambit/distributed/data_parallel.hpp>

#include <ambit/core/hash.hpp>
#include <ambit/nn/dense.hpp>
#include <ambit/optim/adam.hpp>

#include "ranks.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <chrono>
#include <iostream>
#include <string>
#include <string_view>
#include <thread>
#include <tuple>
#include <vector>

using namespace ambit;
using namespace ambit_test;

namespace {

constexpr int own_batch = 8;

struct classifier {
    int hidden = 12;
    struct outputs {
        tensor loss;
        operation train;
    };
    constexpr outputs operator()(scope& s, const tensor& x, const tensor& labels) const {
        const tensor h = relu(dense(s, "hidden", x, hidden));
        const tensor logits = dense(s, "logits", h, 3);
        const tensor loss = reduce_mean(sparse_softmax_cross_entropy(logits, labels));
        return {loss, minimize(s, loss, adam{.learning_rate = 0.01}, {.clip = clip_by_global_norm(0.5)})};
    }
};
using outputs = classifier::outputs;
using trainer = model<classifier, input<float, own_batch, 6>, input<std::int32_t, own_batch>>;
using trainer_of_any = model<classifier, input<float, any_size, 6>, input<std::int32_t, any_size>>;
constexpr data_parallel_options small_buckets{.bucket_bytes = 64};

/// Examples that can be learned, the same on all ranks.
struct examples {
    xt::xtensor<float, 2> x;
    xt::xtensor<std::int32_t, 1> labels;

    static std::array<std::size_t, 2> shape_of(int count) { return {static_cast<std::size_t>(count), 6}; }
    examples(int first, int count, int step) : x(shape_of(count)), labels(std::array{x.shape()[0]}) {
        for (int i = 0; i < count; ++i) {
            const int number = 37 * step + first + i;
            for (int k = 0; k < 6; ++k) x(i, k) = static_cast<float>((number * (k + 3) * 7919) % 101) / 50 - 1;
            labels(i) = x(i, 0) + x(i, 1) > 0.3f ? 0 : x(i, 2) > x(i, 3) ? 1 : 2;
        }
    }
};

template <class Net> std::uint64_t hash_of_weights(const Net& net) {
    std::uint64_t hash = core_parts::fnv1a_of_nothing;
    for (std::size_t v = 0; v < Net::variables.size(); ++v) {
        if (Net::variables[v].local != 0) continue;
        const std::string_view bytes(reinterpret_cast<const char*>(net.parameters().variables()[v]),
                                     static_cast<std::size_t>(Net::variables[v].bytes()));
        hash = core_parts::fnv1a_with(hash, core_parts::fnv1a(bytes));
    }
    return hash;
}

// The last layer's gradients end first, a bias before its weights or behind them.
using whole = data_parallel<trainer>;
static_assert(whole::buckets.size() == 1 && whole::buckets[0].gradients == 4);
static_assert(whole::buckets[0].elements == 12 * 3 + 3 + 6 * 12 + 12);
using parted = data_parallel<trainer, small_buckets>;
static_assert(parted::buckets.size() == 4);

// Of four buckets three are on their way when the last product of the way back begins; sums are written over
// gradients.
using plan = plan_of<parted::model::graph, plan_parts::all_outputs>;
constexpr bool is_step_of(int step, const op_info& op) {
    const int root = plan::value.steps[step].root;
    return root >= 0 && plan::view.node(root).op->id == op.id;
}
constexpr int last_step_of(const op_info& op) {
    int last = -1;
    for (int s = 0; s < plan::counts.steps; ++s)
        if (is_step_of(s, op)) last = s;
    return last;
}
constexpr int deposits_before(int step) {
    int count = 0;
    for (int s = 0; s < step; ++s) count += is_step_of(s, distributed_parts::deposit_gradient_info) ? 1 : 0;
    return count;
}
constexpr bool sums_lie_where_gradients_lay() {
    for (int s = 0; s < plan::counts.steps; ++s) {
        if (!is_step_of(s, distributed_parts::collect_gradient_info)) continue;
        const auto* const operands = plan::value.operands.elements + plan::value.steps[s].first_operand;
        if (operands[0].space != operands[1].space || operands[0].offset != operands[1].offset) return false;
    }
    return true;
}
static_assert(deposits_before(last_step_of(op_parts::matmul_info)) == 3);
static_assert(sums_lie_where_gradients_lay());

}  // namespace

TEST_CASE("ranks with parts of a batch train as one with all of it", "[distributed]") {
    communicator& ranks = all_ranks();
    whole one_bucket(ranks, seed{3});
    parted several(ranks, seed{3});
    trainer_of_any alone(largest_batch{ranks.size() * own_batch}, seed{3});
    for (int step = 0; step < 60; ++step) {
        const examples own(ranks.rank() * own_batch, own_batch, step), all(0, ranks.size() * own_batch, step);
        const float loss = one_bucket.run<&outputs::train, &outputs::loss>(own.x, own.labels);
        const float again = several.run<&outputs::train, &outputs::loss>(own.x, own.labels);
        const float expected = alone.run<&outputs::train, &outputs::loss>(all.x, all.labels);
        CHECK(ranks.mean(loss) == Approx(expected).epsilon(1e-4));
        CHECK(again == Approx(loss).epsilon(1e-4));
    }
    const auto ours = one_bucket.net().get<"hidden/weights">(), theirs = alone.get<"hidden/weights">();
    for (int i = 0; i < 6; ++i)
        for (int k = 0; k < 12; ++k) CHECK(ours(i, k) == Approx(theirs(i, k)).margin(1e-4));
    // All ranks have the same bits.
    for (const std::uint64_t hash : ranks.all_gather(hash_of_weights(one_bucket.net())))
        CHECK(hash == hash_of_weights(one_bucket.net()));
}

TEST_CASE("on one rank a trainer is the plain one, bit for bit", "[distributed]") {
    communicator own(MPI_COMM_SELF);
    data_parallel<trainer> t(own, seed{5});
    trainer plain(seed{5});
    for (int step = 0; step < 10; ++step) {
        const examples batch(0, own_batch, step);
        CHECK(t.run<&outputs::train, &outputs::loss>(batch.x, batch.labels) ==
              plain.run<&outputs::train, &outputs::loss>(batch.x, batch.labels));
    }
    CHECK(hash_of_weights(t.net()) == hash_of_weights(plain));
    CHECK(own.step() == 10);
}

TEST_CASE("all ranks begin with the weights of rank 0", "[distributed]") {
    communicator& ranks = all_ranks();
    data_parallel<trainer> t(ranks, seed{static_cast<std::uint64_t>(10 + ranks.rank())});
    CHECK(hash_of_weights(t.net()) == hash_of_weights(trainer(seed{10})));
}

TEST_CASE("ranks that train different models are told what differs, all of them", "[distributed]") {
    communicator& ranks = all_ranks();
    using wider =
        graph_of<configured<classifier{.hidden = 13}>, input<float, own_batch, 6>, input<std::int32_t, own_batch>>;
    using other_batch = graph_of<classifier, input<float, 4, 6>, input<std::int32_t, 4>>;
    static_assert(distributed_parts::model_parts_in_order<wider>::hash() !=
                  distributed_parts::model_parts_in_order<trainer::graph>::hash());
    distributed_parts::expect_same_model<trainer::graph>(ranks);
    if (ranks.size() == 1) return;
    const bool is_last = ranks.rank() == ranks.size() - 1;
    const std::string last = "rank " + std::to_string(ranks.size() - 1);
    const auto what_is_said = [&](const auto& of_last) {
        try {
            if (is_last) of_last();
            else distributed_parts::expect_same_model<trainer::graph>(ranks);
        } catch (const distributed_error& e) {
            CHECK(e.kind() == distributed_fault::different_models);
            return std::string(e.what());
        }
        return std::string();
    };
    CHECK_THAT(what_is_said([&] { distributed_parts::expect_same_model<wider>(ranks); }),
               Catch::Contains("rank 0 has variable hidden/weights, float32[6, 12], " + last +
                               " variable hidden/weights, float32[6, 13]"));
    CHECK_THAT(what_is_said([&] { distributed_parts::expect_same_model<other_batch>(ranks); }),
               Catch::Contains("rank 0 has op 0, input, float32[8, 6], " + last + " op 0, input, float32[4, 6]"));
}

TEST_CASE("a variable that has drifted apart is named on all ranks", "[distributed]") {
    communicator& ranks = all_ranks();
    data_parallel<trainer, data_parallel_options{.check_weights_every = 1}> t(ranks, seed{3});
    const examples own(ranks.rank() * own_batch, own_batch, 0);
    const auto step = [&] { t.run<&outputs::train, &outputs::loss>(own.x, own.labels); };
    step();
    t.expect_same_weights();
    if (ranks.size() == 1) return;
    if (ranks.rank() == ranks.size() - 1) t.net().edit<"logits/weights">([](auto view) { view(11, 2) += 1e-3f; });
    CHECK_THROWS_WITH(step(), Catch::Contains("variable logits/weights of rank " + std::to_string(ranks.size() - 1) +
                                              " is no longer that of rank 0"));
    t.broadcast_parameters();
    t.expect_same_weights();
    step();
}

namespace {

// A moving average of what a batch is like, noise, and a count of steps.
struct noisy {
    struct outputs {
        tensor loss, noise;
        operation train;
    };
    constexpr outputs operator()(scope& s, const tensor& x, const tensor& labels) const {
        const variable seen = s.get_variable("seen", {6}, {.initializer = zeros(), .trainable = false});
        s.add_to_collection(collections::updates, assign(seen, moving_average(seen, reduce_mean(x, {.axes = 0}), 0.9)));
        const tensor noise = random_uniform(s, {own_batch / 2, 6});
        const tensor logits = dense(s, "logits", x + noise, 3);
        const tensor loss = reduce_mean(sparse_softmax_cross_entropy(logits, labels));
        const variable steps = s.get_variable("global_step", {}, {.dtype = int32, .trainable = false});
        return {loss, reduce_mean(noise), minimize(s, loss, adam{.learning_rate = 0.01}, {.global_step = steps})};
    }
};
using noisy_trainer = model<noisy, input<float, own_batch / 2, 6>, input<std::int32_t, own_batch / 2>>;
using in_shards = data_parallel<noisy_trainer, data_parallel_options{.bucket_bytes = 64, .shards = 8}>;

}  // namespace

TEST_CASE("in shards, the bits are those of one rank", "[distributed]") {
    communicator& ranks = all_ranks();
    communicator alone(MPI_COMM_SELF);
    in_shards shared(ranks, seed{3}), whole_batch(alone, seed{3});
    const auto step_of = [](in_shards& t, int step) {
        return t.run_shards<&noisy::outputs::train, &noisy::outputs::loss, &noisy::outputs::noise>([&](int shard) {
            const examples own(shard * own_batch / 2, own_batch / 2, step);
            return std::tuple(own.x, own.labels);
        });
    };
    std::array<double, 2> first{}, last{};
    for (int step = 0; step < 100; ++step) {
        last = step_of(shared, step);
        CHECK(last == step_of(whole_batch, step));
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

TEST_CASE("shards that ranks cannot share are refused", "[distributed]") {
    communicator& ranks = all_ranks();
    if (ranks.size() == 1) return;
    using one_shard = data_parallel<noisy_trainer, data_parallel_options{.shards = 1}>;
    CHECK_THROWS_WITH(one_shard(ranks, seed{3}), Catch::Contains("1 shards are not shared by"));
}

TEST_CASE("each rank has its own statistics and random numbers, until they are averaged", "[distributed]") {
    communicator& ranks = all_ranks();
    data_parallel<noisy_trainer> t(ranks, seed{3});
    const float own = static_cast<float>(ranks.rank());
    t.net().edit<"seen">([&](auto view) { view(2) = own; });
    t.average_statistics();
    CHECK(t.net().get<"seen">()(2) == static_cast<float>(ranks.size() - 1) / 2);
    const std::vector<float> drawn = ranks.all_gather(t.run<&noisy::outputs::noise>());
    CHECK(drawn[0] == noisy_trainer(seed{3}).run<&noisy::outputs::noise>());
    for (std::size_t r = 1; r < drawn.size(); ++r) CHECK(drawn[r] != drawn[0]);
}

// A job of its own (tests/CMakeLists.txt): the last of three ranks does not come, and MPI cannot end as usual then.
TEST_CASE("a rank that does not come is missed at the deadline", "[.deadline]") {
    const mpi_environment mpi;
    communicator ranks(mpi, {.deadline = std::chrono::seconds(2)});
    data_parallel<trainer> t(ranks, seed{3});
    const examples own(ranks.rank() * own_batch, own_batch, 0);
    const auto step = [&] { t.run<&outputs::train, &outputs::loss>(own.x, own.labels); };
    step();
    if (ranks.rank() == 2) std::this_thread::sleep_for(std::chrono::minutes(1));
    const auto begin = std::chrono::steady_clock::now();
    try {
        step();
    } catch (const distributed_error& e) {
        const bool is_right = e.kind() == distributed_fault::deadline && e.step() == 2 && e.rank() == ranks.rank();
        const bool is_in_time = std::chrono::steady_clock::now() - begin < std::chrono::seconds(10);
        if (is_right && is_in_time) std::cout << e.what() << std::endl;
    }
}
