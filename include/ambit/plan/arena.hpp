// SPDX-License-Identifier: BSL-1.0
// Where temporary values lie: a first-fit allocator that runs over the steps of a plan. Values that are not alive at
// the same time share memory; the highest end is the size of the arena.
#pragma once

#include <ambit/core/buffer.hpp>

#include <cstdint>

namespace AMBIT_NAMESPACE::plan_parts {

/// Every value begins at a multiple of this many bytes: one cache line, one AVX-512 register.
inline constexpr std::int64_t arena_alignment = 64;

constexpr std::int64_t aligned(std::int64_t bytes) {
    return (bytes + arena_alignment - 1) / arena_alignment * arena_alignment;
}

/// Looks through gaps, not through what is alive: there are few of them, since what is free side by side is one gap and
/// what is free at the end is none. What dies is found by the step it dies in. So a step costs what happens in it.
class arena_allocator {
public:
    /// Memory for `bytes` from now to the end of step `last`; returns its offset.
    constexpr std::int64_t allocate(std::int64_t bytes, int last) {
        const std::int64_t size = aligned(bytes);
        const std::int64_t offset = take(size);
        if (offset + size > size_) size_ = offset + size;
        if (last < step_) last = step_;
        if (last >= dying_.size()) dying_.resize(last + 1, -1);
        blocks_.push_back({offset, offset + size, dying_[last]});
        dying_[last] = blocks_.size() - 1;
        return offset;
    }

    /// Gives back what was last used before `step`. Steps come in order.
    constexpr void begin_step(int step) {
        for (; step_ < step; ++step_) {
            if (step_ >= dying_.size()) continue;
            for (int i = dying_[step_]; i >= 0; i = static_cast<int>(blocks_[i].next))
                give_back(blocks_[i].begin, blocks_[i].end);
        }
    }

    /// The largest end of any allocation: bytes of the arena.
    constexpr std::int64_t size() const { return size_; }

private:
    struct block {
        std::int64_t begin = 0;
        std::int64_t end = 0;
        std::int64_t next = -1;  // of those that die in the same step
    };
    struct gap {
        std::int64_t begin = 0;
        std::int64_t end = 0;
    };

    constexpr std::int64_t take(std::int64_t size) {
        for (int i = 0; i < gaps_.size(); ++i) {
            gap& found = gaps_[i];
            if (found.end - found.begin < size) continue;
            const std::int64_t offset = found.begin;
            found.begin += size;
            if (found.begin == found.end) remove_gap(i);
            return offset;
        }
        const std::int64_t offset = top_;
        top_ += size;
        return offset;
    }

    constexpr void give_back(std::int64_t begin, std::int64_t end) {
        if (begin == end) return;
        int low = 0, high = gaps_.size();  // the first gap behind it
        while (low < high) {
            const int middle = (low + high) / 2;
            if (gaps_[middle].begin < begin) low = middle + 1;
            else high = middle;
        }
        const bool joins_before = low > 0 && gaps_[low - 1].end == begin;
        const bool joins_behind = low < gaps_.size() && gaps_[low].begin == end;
        if (joins_before && joins_behind) {
            gaps_[low - 1].end = gaps_[low].end;
            remove_gap(low);
        } else if (joins_before) {
            gaps_[low - 1].end = end;
        } else if (joins_behind) {
            gaps_[low].begin = begin;
        } else {
            gaps_.push_back({});
            for (int i = gaps_.size() - 1; i > low; --i) gaps_[i] = gaps_[i - 1];
            gaps_[low] = {begin, end};
        }
        if (!gaps_.empty() && gaps_.back().end == top_) {
            top_ = gaps_.back().begin;
            gaps_.pop_back();
        }
    }

    constexpr void remove_gap(int index) {
        for (int i = index + 1; i < gaps_.size(); ++i) gaps_[i - 1] = gaps_[i];
        gaps_.pop_back();
    }

    buffer<block> blocks_;
    buffer<int> dying_;  // the first block that dies in each step
    buffer<gap> gaps_;  // by offset
    std::int64_t top_ = 0;  // everything from here on is free
    std::int64_t size_ = 0;
    int step_ = 0;
};

}  // namespace ambit::plan_parts
