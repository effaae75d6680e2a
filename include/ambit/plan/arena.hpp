// SPDX-License-Identifier: BSL-1.0
// Where temporary values lie: a first-fit allocator that runs over the steps of a plan. Values that are not alive at
// the same time share memory; the highest end is the size of the arena.
#pragma once

#include <ambit/core/buffer.hpp>

#include <cstdint>

namespace ambit {

/// Every value begins at a multiple of this many bytes: one cache line, one AVX-512 register.
inline constexpr std::int64_t arena_alignment = 64;

constexpr std::int64_t aligned(std::int64_t bytes) { return (bytes + arena_alignment - 1) / arena_alignment * arena_alignment; }

class arena_allocator {
public:
    /// Memory for `bytes` from now to the end of step `last`; returns its offset.
    constexpr std::int64_t allocate(std::int64_t bytes, int last) {
        const std::int64_t size = aligned(bytes);
        std::int64_t offset = 0;
        int place = 0;
        for (; place < live_.size() && live_[place].begin - offset < size; ++place) offset = live_[place].end;
        live_.push_back({});
        for (int i = live_.size() - 1; i > place; --i) live_[i] = live_[i - 1];
        live_[place] = {offset, offset + size, last};
        if (offset + size > size_) size_ = offset + size;
        return offset;
    }

    /// Gives back what was last used before `step`.
    constexpr void begin_step(int step) {
        int kept = 0;
        for (int i = 0; i < live_.size(); ++i)
            if (live_[i].last >= step) live_[kept++] = live_[i];
        live_.truncate(kept);
    }

    /// The largest end of any allocation: bytes of the arena.
    constexpr std::int64_t size() const { return size_; }

private:
    struct block {
        std::int64_t begin = 0;
        std::int64_t end = 0;
        std::int64_t last = 0;
    };
    buffer<block> live_;  // by offset
    std::int64_t size_ = 0;
};

}  // namespace ambit
