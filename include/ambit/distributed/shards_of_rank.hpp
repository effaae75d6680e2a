// SPDX-License-Identifier: BSL-1.0
// The shards of a batch that one rank computes, one after another, so that a step ends in the same bits as on any other
// number of ranks. All but the last are computed by a model that ends with the gradients; the last one has the sums of
// all shards, and updates. Each shard begins with the same variables: what a call has written, such as a moving
// average, is taken back before the next; those become the mean of what they are after each shard. Random numbers are
// those of the shard, whichever rank has it.
#pragma once

#include <ambit/distributed/gradient_buckets.hpp>
#include <ambit/model/overlap.hpp>
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

/// `Model` trains; `Gradients` is the same module without the updates of `minimize`, and so without slots.
template <class Model, class Gradients> class shards_of_rank {
    static constexpr std::size_t variable_count = Model::variables.size();

public:
    shards_of_rank(communicator& ranks, const Model& net, int shards, seed s)
        : ranks_(&ranks), shards_(shards), gradients_(net.parameters()) {
        for (std::size_t v = 0; v < variable_count; ++v) {
            const variable_info& variable = Model::variables[v];
            if (is_statistic(variable)) statistics_[v].emplace(variable.dtype, variable.elements(), shards);
        }
        for (int shard = 0; shard < shards; ++shard) {
            const seed own = seed_of_rank(s, ranks.rank() * shards + shard);
            if (shard + 1 < shards) locals_.push_back(locals_of(Gradients(net.parameters(), own)));
            else locals_.push_back(locals_of(Model(net.parameters(), own)));
        }
    }

    /// A step: `call(model, shard)` for each shard of this rank, numbered over all ranks. `Selected` are the outputs
    /// that it asks for.
    template <std::uint64_t Selected, class Call> auto run(Model& net, gradient_buckets& buckets, const Call& call) {
        using answer = decltype(call(net, 0));
        std::vector<double> numbers;
        constexpr const auto& written = model_parts::written_variables<typename Gradients::graph, Selected>;
        std::array<std::vector<std::byte>, written.size()> before;
        const auto for_each_written = [&](const auto& visit) {
            for (std::size_t i = 0; i < written.size(); ++i)
                if (const auto v = static_cast<std::size_t>(written[i]); Gradients::variables[v].local == 0)
                    visit(before[i], v);
        };
        if (shards_ > 1)
            for_each_written([&](auto& kept, std::size_t v) { kept = bytes_of_variable(gradients_, v); });
        const auto compute = [&](auto& model, int shard) {
            set_locals(model, locals_[std::size_t(shard)]);
            buckets.begin_shard(shard);
            if constexpr (std::is_void_v<answer>) {
                call(model, ranks_->rank() * shards_ + shard);
            } else {
                const auto told = as_numbers(call(model, ranks_->rank() * shards_ + shard));
                const double weight = buckets.weight();
                for (const double number : told) numbers.push_back(weight > 0 ? weight * number : 0);
            }
            ranks_->throw_failure();
            locals_[std::size_t(shard)] = locals_of(model);
            for (std::size_t v = 0; v < variable_count; ++v)
                if (statistics_[v]) statistics_[v]->add(shard, net.addresses_of_variables()[v]);
        };
        for (int shard = 0; shard + 1 < shards_; ++shard) {
            compute(gradients_, shard);
            for_each_written([&](const auto& kept, std::size_t v) { put_back(kept, v); });
        }
        compute(net, shards_ - 1);
        for (std::size_t v = 0; v < variable_count; ++v)
            if (statistics_[v]) write_mean(net, v);
        if constexpr (!std::is_void_v<answer>) return means_of<count_of<answer>()>(numbers);
    }

    /// Of each shard of this rank its local variables, one behind the other.
    std::vector<std::vector<std::byte>>& locals() { return locals_; }

private:
    template <class Answer> static constexpr std::size_t count_of() {
        return std::tuple_size_v<decltype(as_numbers(std::declval<Answer>()))>;
    }
    template <class Net> static std::vector<std::byte> bytes_of_variable(const Net& net, std::size_t v) {
        const std::byte* const memory = net.addresses_of_variables()[v];
        return {memory, memory + Net::variables[v].bytes()};
    }
    void put_back(const std::vector<std::byte>& kept, std::size_t v) {
        std::memcpy(gradients_.addresses_of_variables()[v], kept.data(), kept.size());
        gradients_.parameters().raise_generation(v);
    }
    template <class Net> static std::vector<std::byte> locals_of(const Net& net) {
        std::vector<std::byte> all;
        for (std::size_t v = 0; v < Net::variables.size(); ++v) {
            if (Net::variables[v].local == 0) continue;
            const std::byte* const memory = net.addresses_of_variables()[v];
            all.insert(all.end(), memory, memory + Net::variables[v].bytes());
        }
        return all;
    }
    template <class Net> static void set_locals(Net& net, const std::vector<std::byte>& all) {
        const std::byte* next = all.data();
        for (std::size_t v = 0; v < Net::variables.size(); ++v) {
            if (Net::variables[v].local == 0) continue;
            const auto bytes = static_cast<std::size_t>(Net::variables[v].bytes());
            std::memcpy(net.addresses_of_variables()[v], next, bytes);
            next += bytes;
        }
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
    Gradients gradients_;
    std::array<std::optional<shard_sum>, variable_count> statistics_;
    std::vector<std::vector<std::byte>> locals_;  // by shard
};

}  // namespace ambit::distributed_parts
