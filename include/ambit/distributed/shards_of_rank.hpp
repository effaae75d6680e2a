// SPDX-License-Identifier: BSL-1.0
// The shards of a batch that one rank computes, one after another, so that a step ends in the same bits as on any other
// number of ranks. Each shard begins with the same variables: what a call for a shard has written is taken back before
// the next. The last call has the gradients of all shards, and its updates stay. Moving averages become the mean of
// what they are after each shard; random numbers are those of the shard, whichever rank has it.
#pragma once

#include <ambit/distributed/gradient_buckets.hpp>
#include <ambit/model/parameters.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace AMBIT_NAMESPACE::distributed_parts {

/// Seeds of random numbers that differ between ranks; that of rank 0 is the user's.
constexpr seed seed_of_rank(seed s, int rank) {
    return {s.value + static_cast<std::uint64_t>(rank) * 0x9E3779B97F4A7C15};  // the golden ratio: far apart
}

/// Whether a variable is one that nobody trains and calls may change, such as a moving average.
constexpr bool is_statistic(const variable_info& variable) {
    return variable.local == 0 && variable.trainable == 0 && variable.role == scope_parts::variable_role::weight &&
           is_floating(variable.dtype);
}

/// The numbers among what a call answers.
template <class... Numbers> std::array<double, sizeof...(Numbers)> as_numbers(const std::tuple<Numbers...>& answer) {
    static_assert((std::is_arithmetic_v<Numbers> && ...),
                  "[ambit] run_shards answers means over all shards: ask for scalars");
    return std::apply([](const auto&... number) { return std::array{static_cast<double>(number)...}; }, answer);
}
template <class Number> std::array<double, 1> as_numbers(const Number& answer) {
    return as_numbers(std::tuple<Number>(answer));
}

template <class Model> class shards_of_rank {
    static constexpr std::size_t variable_count = Model::variables.size();

public:
    shards_of_rank(communicator& ranks, const Model& net, int shards, seed s) : ranks_(&ranks), shards_(shards) {
        for (std::size_t v = 0; v < variable_count; ++v) {
            const variable_info& variable = Model::variables[v];
            if (variable.local == 0 && shards > 1) before_[v].resize(static_cast<std::size_t>(variable.bytes()));
            if (is_statistic(variable)) statistics_[v].emplace(variable.dtype, variable.elements(), shards);
        }
        for (int shard = 0; shard < shards; ++shard) {
            const Model begun(net.parameters(), seed_of_rank(s, ranks.rank() * shards + shard));
            auto& kept = locals_.emplace_back();
            for_each_local([&](std::size_t v) { keep(kept[v], begun, v); });
        }
    }

    /// A step: `call(shard)` for each shard of this rank, numbered over all ranks.
    template <class Call> auto run(Model& net, gradient_buckets& buckets, const Call& call) {
        using answer = decltype(call(0));
        std::vector<double> numbers;
        for (std::size_t v = 0; v < variable_count; ++v)
            if (!before_[v].empty()) keep(before_[v], net, v);
        for (int shard = 0; shard < shards_; ++shard) {
            for (std::size_t v = 0; v < variable_count; ++v)
                if (shard > 0 && !before_[v].empty()) put_back(before_[v], net, v);
            for_each_local([&](std::size_t v) { put_back(locals_[std::size_t(shard)][v], net, v); });
            buckets.begin_shard(shard);
            if constexpr (std::is_void_v<answer>) {
                call(ranks_->rank() * shards_ + shard);
            } else {
                const auto told = as_numbers(call(ranks_->rank() * shards_ + shard));
                numbers.insert(numbers.end(), told.begin(), told.end());
            }
            ranks_->throw_failure();
            for_each_local([&](std::size_t v) { keep(locals_[std::size_t(shard)][v], net, v); });
            for (std::size_t v = 0; v < variable_count; ++v)
                if (statistics_[v]) statistics_[v]->add(shard, net.addresses_of_variables()[v]);
        }
        for (std::size_t v = 0; v < variable_count; ++v)
            if (statistics_[v]) write_mean(net, v);
        if constexpr (!std::is_void_v<answer>) return means_of<call_answers<answer>()>(numbers);
    }

private:
    template <class Answer> static constexpr std::size_t call_answers() {
        return std::tuple_size_v<decltype(as_numbers(std::declval<Answer>()))>;
    }
    template <class Visit> static void for_each_local(const Visit& visit) {
        for (std::size_t v = 0; v < variable_count; ++v)
            if (Model::variables[v].local != 0) visit(v);
    }
    static void keep(std::vector<std::byte>& kept, const Model& net, std::size_t v) {
        const std::byte* const memory = net.addresses_of_variables()[v];
        kept.assign(memory, memory + Model::variables[v].bytes());
    }
    static void put_back(const std::vector<std::byte>& kept, Model& net, std::size_t v) {
        std::memcpy(net.addresses_of_variables()[v], kept.data(), kept.size());
        if (Model::variables[v].local == 0) net.parameters().raise_generation(v);
    }

    template <class T> void divide(std::byte* memory, std::int64_t elements) const {
        T* const values = reinterpret_cast<T*>(memory);
        const T terms = static_cast<T>(shards_ * ranks_->size());
        for (std::int64_t i = 0; i < elements; ++i) values[i] /= terms;
    }
    void write_mean(Model& net, std::size_t v) {
        statistics_[v]->add_other_ranks(*ranks_);
        ranks_->throw_failure();
        std::byte* const memory = net.addresses_of_variables()[v];
        std::memcpy(memory, statistics_[v]->values(), static_cast<std::size_t>(statistics_[v]->bytes()));
        if (Model::variables[v].dtype == dtype::float32) divide<float>(memory, Model::variables[v].elements());
        else divide<double>(memory, Model::variables[v].elements());
        net.parameters().raise_generation(v);
    }

    /// Of the numbers of each shard of this rank, the means over all shards, added in their order.
    template <std::size_t Count> auto means_of(const std::vector<double>& own) const {
        const std::vector<double> all = ranks_->all_gather(std::span<const double>(own));
        std::array<double, Count> means{};
        for (std::size_t i = 0; i < all.size(); ++i) means[i % Count] += all[i];
        for (double& mean : means) mean /= shards_ * ranks_->size();
        if constexpr (Count == 1) return means[0];
        else return means;
    }

    communicator* ranks_;
    int shards_;
    std::array<std::vector<std::byte>, variable_count> before_;  // what a step begins with; empty of one shard
    std::array<std::optional<shard_sum>, variable_count> statistics_;
    std::vector<std::array<std::vector<std::byte>, variable_count>> locals_;  // by shard
};

}  // namespace ambit::distributed_parts
