// SPDX-License-Identifier: BSL-1.0
// Ranks that share a batch train as one that has all of it.
#include <ambit/distributed/data_parallel.hpp>
#include <ambit/distributed/summary.hpp>

#include "ranks.hpp"
#include "trainers.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <chrono>
#include <cmath>
#include <iostream>
#include <limits>
#include <string>
#include <string_view>
#include <thread>
#include <tuple>
#include <type_traits>
#include <vector>

using namespace ambit;
using namespace ambit_test;

namespace {

// The last layer's gradients end first, a bias before its weights or behind them.
using whole = data_parallel<trainer>;
static_assert(whole::buckets.size() == 1 && whole::buckets[0].gradients == 4);
static_assert(whole::buckets[0].elements == 16 + 48 + 16 + 6 * 12);  // each begins where a value of an arena may
using parted = data_parallel<trainer, small_buckets>;
static_assert(parted::buckets.size() == 4);
// 12 bytes are no bucket of their own, 400 are.
using of_large_gradients = data_parallel<
    model<configured<classifier{.hidden = 100}>, input<float, own_batch, 6>, input<std::int32_t, own_batch>>,
    data_parallel_options{.bucket_bytes = 1024}>;
static_assert(of_large_gradients::buckets.size() == 3 && of_large_gradients::buckets[0].elements == 16 + 300);
static_assert(of_large_gradients::buckets[1].elements == 100 && of_large_gradients::buckets[2].elements == 600);

template <class Parallel> using plan = plan_of<typename Parallel::model::graph, plan_parts::all_outputs>;
template <class Plan> constexpr bool is_step_of(int step, const op_info& op) {
    const int root = Plan::value.steps[step].root;
    return root >= 0 && Plan::view.node(root).op->id == op.id;
}
template <class Plan> constexpr int first_step_of(const op_info& op) {
    for (int s = 0; s < Plan::counts.steps; ++s)
        if (is_step_of<Plan>(s, op)) return s;
    return -1;
}
template <class Plan> constexpr int count_of(const op_info& op, int begin, int end) {
    int count = 0;
    for (int s = begin; s < end; ++s) count += is_step_of<Plan>(s, op) ? 1 : 0;
    return count;
}
template <class Plan> constexpr int last_step_of(const op_info& op) {
    int last = -1;
    for (int s = 0; s < Plan::counts.steps; ++s)
        if (is_step_of<Plan>(s, op)) last = s;
    return last;
}
constexpr const op_info &deposit = distributed_parts::deposit_gradient_info,
                        &terms = distributed_parts::terms_of_sum_info,
                        &collect = distributed_parts::collect_gradient_info;

// Of four buckets three are on their way when the last product of the way back begins. Behind each kernel from the
// first one on MPI may go on.
using of_parted = plan<parted>;
static_assert(count_of<of_parted>(deposit, 0, last_step_of<of_parted>(op_parts::matmul_info)) == 3);
static_assert(count_of<of_parted>(terms, 0, of_parted::counts.steps) == 1 + 4);

// Where no norm of all gradients is asked for, what arrives is used before the next bucket is waited for.
using of_shards = plan<in_shards>;
static_assert(in_shards::buckets.size() == 2 && count_of<of_shards>(collect, 0, of_shards::counts.steps) == 2);
static_assert(of_shards::value.steps[first_step_of<of_shards>(collect) + 1].kind == plan_parts::step_kind::elementwise);
static_assert(first_step_of<of_shards>(collect) + 2 == last_step_of<of_shards>(collect));

// Kernels write gradients to where they are sent from, and sums arrive there.
template <class Plan> constexpr bool is_in_place(const op_info& op) {
    for (int s = 0; s < Plan::counts.steps; ++s) {
        if (!is_step_of<Plan>(s, op)) continue;
        const auto* const operands = Plan::value.operands.elements + Plan::value.steps[s].first_operand;
        if (operands[0].space != operands[1].space || operands[0].offset != operands[1].offset) return false;
    }
    return true;
}
template <class Plan> constexpr bool lie_side_by_side() {
    std::int64_t begin = -1;
    for (int s = 0; s < Plan::counts.steps; ++s) {
        if (!is_step_of<Plan>(s, deposit)) continue;
        const std::int64_t lies_at = Plan::value.operands[Plan::value.steps[s].first_operand].offset;
        const std::int64_t bucket_at = lies_at - Plan::view.word(Plan::value.steps[s].root, 1);
        if (begin >= 0 && bucket_at != begin) return false;
        begin = bucket_at;
    }
    return begin >= 0;
}
static_assert(is_in_place<of_parted>(deposit) && is_in_place<of_parted>(collect));
static_assert(is_in_place<plan<whole>>(deposit) && lie_side_by_side<plan<whole>>());

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

TEST_CASE("a summary says what a rank sends, and when", "[distributed]") {
    constexpr auto begins = distributed_parts::begin_of_buckets<parted>;
    STATIC_REQUIRE(0 < begins[0]);
    for (std::size_t b = 1; b < begins.size(); ++b) CHECK(begins[b - 1] < begins[b]);
    const parted t(all_ranks(), seed{3});
    CHECK_THAT(summary(t), Catch::Contains("\n4 buckets of gradients, 492 bytes; on each rank slots of 984 bytes\n") &&
                               Catch::Contains(" bytes, 1 gradient: begins behind step " +
                                               std::to_string(begins[3]) + " of "));
}

TEST_CASE("ranks with different numbers of examples train as one with all of them", "[distributed]") {
    communicator& ranks = all_ranks();
    const int own = ranks.rank() + 1, count = ranks.size() * (ranks.size() + 1) / 2;
    data_parallel<trainer_of_any> t(ranks, largest_batch{own}, seed{3});
    trainer_of_any alone(largest_batch{count}, seed{3});
    for (int step = 0; step < 20; ++step) {
        const examples part(ranks.rank() * own / 2, own, step), all(0, count, step);
        const double weight = static_cast<double>(own * ranks.size()) / count;
        const float loss = t.run_weighted<&outputs::train, &outputs::loss>(weight, part.x, part.labels);
        CHECK(ranks.mean(weight * loss) ==
              Approx(alone.run<&outputs::train, &outputs::loss>(all.x, all.labels)).epsilon(1e-4));
    }
    // What a rank without examples makes of nothing is not looked at.
    examples part(0, 1, 20);
    const bool has_none = ranks.size() > 1 && ranks.rank() == 1;
    if (has_none) part.x.fill(std::numeric_limits<float>::quiet_NaN());
    t.run_weighted<&outputs::train>(has_none ? 0 : 1, part.x, part.labels);
    t.expect_same_weights();
    CHECK(std::isfinite(t.net().get<"hidden/weights">()(0, 0)));
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
    constexpr auto variables = static_cast<std::size_t>(trainer::graph::counts.variables);
    constexpr auto& parts = distributed_parts::parts_of_model<trainer::graph>;
    constexpr auto& parts_of_wider = distributed_parts::parts_of_model<wider>;
    static_assert(parts.size() == parts_of_wider.size() && parts.size() > variables);
    static_assert(parts[0].name == "hidden/weights" && parts[0].hash != parts_of_wider[0].hash);
    distributed_parts::expect_same_model<trainer::graph>(ranks);
    if (ranks.size() == 1) return;
    const bool is_last = ranks.rank() == ranks.size() - 1;
    const std::string last = "rank " + std::to_string(ranks.size() - 1);
    const auto what_is_said = [&]<class Graph = trainer::graph>(const auto& of_last, std::type_identity<Graph> = {}) {
        try {
            if (is_last) of_last();
            else distributed_parts::expect_same_model<Graph>(ranks);
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
    CHECK_THAT(what_is_said([&] { distributed_parts::expect_same_model<parted::model::graph>(ranks); },
                            std::type_identity<whole::model::graph>()),
               Catch::Contains(", deposit_gradient, "));  // in other buckets
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

TEST_CASE("a rank whose gradients are no numbers is named on all ranks", "[distributed]") {
    communicator& ranks = all_ranks();
    data_parallel<trainer, data_parallel_options{.check_gradients = true}> t(ranks, seed{3});
    examples own(ranks.rank() * own_batch, own_batch, 0);
    const auto step = [&](double weight) { t.run_weighted<&outputs::train>(weight, own.x, own.labels); };
    step(1);
    const bool is_last = ranks.rank() == ranks.size() - 1;
    if (is_last) own.x.fill(std::numeric_limits<float>::quiet_NaN());
    if (ranks.size() > 1) step(is_last ? 0 : 1);  // of no example the mean is NaN, and counts for nothing
    expect_to_name_last_rank(ranks, [&] { step(1); });

    in_shards several(ranks, seed{3});
    step_in_shards(several, 0);
    expect_to_name_last_rank(ranks, [&] {
        several.run_shards<&noisy::outputs::train>([&](int shard) {
            examples of_shard(shard * own_batch / 2, own_batch / 2, 1);
            if (shard == 7) of_shard.x(3, 5) = std::numeric_limits<float>::infinity();
            return std::tuple(of_shard.x, of_shard.labels);
        });
    });
}

TEST_CASE("a mean that counts for less than nothing is refused, and nothing is changed", "[distributed]") {
    whole t(all_ranks(), seed{3});
    const examples own(0, own_batch, 0);
    const std::uint64_t before = hash_of_weights(t.net());
    for (const double weight : {-0.5, -std::numeric_limits<double>::infinity(),
                                std::numeric_limits<double>::infinity(), std::numeric_limits<double>::quiet_NaN()})
        CHECK_THROWS_WITH(t.run_weighted<&outputs::train>(weight, own.x, own.labels),
                          Catch::Contains("the weight of a mean is ") && Catch::Contains("a number from 0 on"));
    CHECK_THROWS_WITH(t.run_weighted<&outputs::train>(-0.5, own.x, own.labels), Catch::Contains("is -0.5;"));
    CHECK(hash_of_weights(t.net()) == before);

    in_shards several(all_ranks(), seed{3});
    CHECK_THROWS_WITH(several.run_shards<&noisy::outputs::train>([](int shard) {
        const examples of_shard(shard * own_batch / 2, own_batch / 2, 0);
        return weighted_inputs(-1, std::tuple(of_shard.x, of_shard.labels));
    }), Catch::Contains("the weight of a mean is -1;"));
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
