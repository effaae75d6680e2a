// SPDX-License-Identifier: BSL-1.0
// One step of training of a table of 50,000 words, 128 numbers each, of which a batch of 32 x 16 looks rows up: by
// these rows, and by the whole table. The losses are compared with training in double precision.
#include <bench/contender.hpp>
#include <bench/numbers.hpp>

#include <ambit/ambit.hpp>
#include <ambit/nn/embedding.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <random>
#include <span>
#include <string>
#include <vector>

namespace {

using namespace bench;

constexpr std::size_t vocabulary = 50'000, units = 128, batch = 32, length = 16, looked_up = batch * length;
constexpr std::size_t batches = 8;  // in turn, so that not all rows are in the cache
constexpr double rate = 8;
using ids = std::array<std::int32_t, looked_up>;

/// The loss is the mean of (row - target)².
struct table_training {
    static constexpr std::size_t checked_steps = 2 * batches;
    static std::string name() { return "sequence/embedding_50000_128_training"; }

    numbers table = uniform(vocabulary * units, -1, 1, 1), targets = uniform(looked_up * units, -1, 1, 2);
    std::vector<ids> words = std::vector<ids>(batches);
    expectation right;

    table_training() {
        std::mt19937 engine(3);
        for (ids& of_batch : words)
            for (std::int32_t& id : of_batch)
                id = std::uniform_int_distribution<std::int32_t>(0, std::int32_t{vocabulary} - 1)(engine);
        std::vector<double> w(table.begin(), table.end());
        for (std::size_t step = 0; step < checked_steps; ++step) {
            const ids& at = words[step % batches];
            std::vector<double> error(looked_up * units);
            double loss = 0;
            const auto element = [&](std::size_t i) -> double& {
                return w[static_cast<std::size_t>(at[i / units]) * units + i % units];
            };
            for (std::size_t i = 0; i < error.size(); ++i) {
                error[i] = element(i) - static_cast<double>(targets[i]);
                loss += error[i] * error[i];
            }
            const auto count = static_cast<double>(error.size());
            right.add_near(loss / count, 32);
            for (std::size_t i = 0; i < error.size(); ++i) element(i) -= rate * 2 * error[i] / count;
        }
    }
};

/// Gradient descent that takes the gradient as a whole table.
struct by_whole_tables : ambit::sgd {
    static constexpr bool updates_rows() { return false; }
};

template <class Optimizer> struct learner {
    struct outputs {
        ambit::tensor loss;
        ambit::operation train;
    };
    constexpr outputs operator()(ambit::scope& s, const ambit::tensor& words, const ambit::tensor& targets) const {
        const ambit::tensor rows = embedding(s, "words", words, std::int64_t{vocabulary}, std::int64_t{units});
        const ambit::tensor loss = reduce_mean(square(rows - targets));
        return {loss, minimize(s, loss, Optimizer{rate})};
    }
};

template <class Optimizer> class by_ambit {
public:
    explicit by_ambit(const table_training& work) : work_(&work) {
        net_.template set<"words/weights">(std::span<const float, vocabulary * units>(work.table));
    }
    std::array<const float*, 1> operator()() {
        using outputs = typename learner<Optimizer>::outputs;
        loss_ = net_.template run<&outputs::train, &outputs::loss>(
            std::span<const std::int32_t, looked_up>(work_->words[step_++ % batches]),
            std::span<const float, looked_up * units>(work_->targets));
        return {&loss_};
    }
    std::array<const float*, 1> for_check() {
        for (std::size_t step = 0; step < table_training::checked_steps; ++step) losses_.push_back(*(*this)()[0]);
        return {losses_.data()};
    }

private:
    ambit::model<learner<Optimizer>, ambit::input<std::int32_t, batch, length>,
                 ambit::input<float, batch, length, units>>
        net_{ambit::seed{1}};
    const table_training* work_;
    std::size_t step_ = 0;
    float loss_ = 0;
    std::vector<float> losses_;
};

}  // namespace

int main(int count, char** arguments) {
    enter<table_training, by_ambit<ambit::sgd>>("ambit");
    enter<table_training, by_ambit<by_whole_tables>>("whole_table");
    return run(count, arguments);
}
