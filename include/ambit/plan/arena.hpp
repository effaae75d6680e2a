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

    // Plain pointers here and below: a call for each gap would be charged to the evaluation's budget.
    constexpr std::int64_t take(std::int64_t size) {
        gap* const gaps = gaps_.begin();
        const int count = gaps_.size();
        for (int i = count - 1; i >= 0; --i) {
            if (gaps[i].end - gaps[i].begin < size) continue;
            const std::int64_t offset = gaps[i].begin;
            gaps[i].begin += size;
            if (gaps[i].begin == gaps[i].end) remove_gap(i);
            return offset;
        }
        const std::int64_t offset = top_;
        top_ += size;
        return offset;
    }

    constexpr void give_back(std::int64_t begin, std::int64_t end) {
        if (begin == end) return;
        gap* gaps = gaps_.begin();
        const int count = gaps_.size();
        int low = 0, high = count;  // the first gap in front of it
        while (low < high) {
            const int middle = (low + high) / 2;
            if (gaps[middle].begin > begin) low = middle + 1;
            else high = middle;
        }
        const bool joins_before = low < count && gaps[low].end == begin;
        const bool joins_behind = low > 0 && gaps[low - 1].begin == end;
        if (joins_before && joins_behind) {
            gaps[low].end = gaps[low - 1].end;
            remove_gap(low - 1);
        } else if (joins_before) {
            gaps[low].end = end;
        } else if (joins_behind) {
            gaps[low - 1].begin = begin;
        } else {
            gaps_.push_back({});
            gaps = gaps_.begin();
            for (int i = count; i > low; --i) gaps[i] = gaps[i - 1];
            gaps[low] = {begin, end};
        }
        if (!gaps_.empty() && gaps_[0].end == top_) {
            top_ = gaps_[0].begin;
            remove_gap(0);
        }
    }

    constexpr void remove_gap(int index) {
        gap* const gaps = gaps_.begin();
        const int count = gaps_.size();
        for (int i = index + 1; i < count; ++i) gaps[i - 1] = gaps[i];
        gaps_.pop_back();
    }

    buffer<block> blocks_;
    buffer<int> dying_;  // the first block that dies in each step
    // By offset, the last one first: the way back from a loss frees what lies ever further in front, and the first one
    // that is large enough is taken, so that few others move.
    buffer<gap> gaps_;
    std::int64_t top_ = 0;  // everything from here on is free
    std::int64_t size_ = 0;
    int step_ = 0;
};

}  // namespace ambit::plan_parts
