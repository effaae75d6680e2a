// SPDX-License-Identifier: BSL-1.0
// What the tests on ranks train.
#pragma once

#include <ambit/core/hash.hpp>
#include <ambit/distributed/data_parallel.hpp>
#include <ambit/nn/dense.hpp>
#include <ambit/optim/adam.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>

#include <catch2/catch.hpp>

#include <xtensor/xtensor.hpp>

namespace ambit_test {

using namespace ambit;

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
using in_shards =
    data_parallel<noisy_trainer, data_parallel_options{.bucket_bytes = 64, .check_gradients = true, .shards = 8}>;

/// A step of all 8 shards.
inline auto step_in_shards(in_shards& t, int step) {
    return t.run_shards<&noisy::outputs::train, &noisy::outputs::loss, &noisy::outputs::noise>([&](int shard) {
        const examples own(shard * own_batch / 2, own_batch / 2, step);
        return std::tuple(own.x, own.labels);
    });
}

/// A step in which the last rank's gradients are no numbers: all ranks are told.
template <class Step> void expect_to_name_last_rank(communicator& ranks, const Step& step) {
    const std::int64_t steps = ranks.step();
    std::optional<distributed_error> told;
    try {
        step();
    } catch (const distributed_error& e) {
        told = e;
    }
    REQUIRE(told);
    CHECK(told->kind() == distributed_fault::not_finite);
    CHECK(told->step() == steps + 1);
    CHECK_THAT(told->what(), Catch::Contains("gradients of rank " + std::to_string(ranks.size() - 1) +
                                             " were infinite or NaN; look at its examples"));
}

}  // namespace ambit_test
