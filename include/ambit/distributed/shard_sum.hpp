// SPDX-License-Identifier: BSL-1.0
// Sums that are the same bits however many ranks there are: what the shards of a batch give is added by one fixed tree,
// neighbours first. A rank has an aligned run of shards, and so a whole branch of the tree; ranks then add what their
// neighbours have, then what pairs of them have. A sum of two is the same in either order, so all get the same bits.
//
//     shard_sum sum(float32, 397510, 4);                     // 4 shards on this rank
//     for (int shard = 0; shard < 4; ++shard) sum.add(shard, gradient);
//     sum.add_other_ranks(ranks);
#pragma once

#include <ambit/distributed/communicator.hpp>
#include <ambit/model/variable_memory.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

namespace AMBIT_NAMESPACE::distributed_parts {

constexpr bool is_power_of_two(int number) { return number > 0 && (number & (number - 1)) == 0; }

class shard_sum {
public:
    /// Of float32 or float64 elements, over a power of two of shards on this rank.
    shard_sum(dtype type, std::int64_t elements, int shards) : type_(type), elements_(elements) {
        for (int level = 0; level == 0 || 1 << (level - 1) < shards; ++level)
            branches_.push_back(model_parts::allocate_aligned(bytes()));
    }

    /// The values of the next shard, from 0 on. A branch waits at its level for its neighbour.
    void add(int shard, const std::byte* values) noexcept {
        std::size_t level = 0;
        while ((shard >> level & 1) != 0) ++level;
        std::byte* const sum = branches_[level].get();
        std::memmove(sum, values, static_cast<std::size_t>(bytes()));
        for (std::size_t earlier = 0; earlier < level; ++earlier) add_to(sum, branches_[earlier].get());
    }

    /// Adds the sums of all other ranks, after the last shard; false if they could not be had.
    bool add_other_ranks(communicator& ranks) noexcept {
        std::vector<std::byte> theirs(static_cast<std::size_t>(ranks.size() > 1 ? bytes() : 0));
        for (int distance = 1; distance < ranks.size(); distance *= 2) {
            if (!ranks.exchange(values(), theirs.data(), bytes(), ranks.rank() ^ distance)) return false;
            add_to(values(), theirs.data());
        }
        return true;
    }

    std::byte* values() noexcept { return branches_.back().get(); }
    std::int64_t bytes() const noexcept { return elements_ * size_of(type_); }

private:
    template <class T> void add_elements(std::byte* to, const std::byte* from) const noexcept {
        T* const sums = reinterpret_cast<T*>(to);
        const T* const values = reinterpret_cast<const T*>(from);
        for (std::int64_t i = 0; i < elements_; ++i) sums[i] += values[i];
    }
    void add_to(std::byte* to, const std::byte* from) const noexcept {
        if (type_ == dtype::float32) add_elements<float>(to, from);
        else add_elements<double>(to, from);
    }

    dtype type_;
    std::int64_t elements_;
    std::vector<model_parts::aligned_bytes> branches_;  // by level: a shard, two of them, four; the last one is the sum
};

}  // namespace ambit::distributed_parts
