// SPDX-License-Identifier: BSL-1.0
// Sums of many arrays into one, such as the parts of a batch give of a weight's gradient: as a tree, so that the error
// grows with the logarithm of their number. Levels but the last one are scratch memory.
//
//     array_sum<T> sum(blocks, size, scratch, out);       // scratch: `array_sum_scratch(blocks, size)` elements
//     for (each block) {
//         add what it has to sum.into();                  // an array of `size` elements
//         sum.finish_block();
//     }
//     sum.finish();                                       // out has all of them
#pragma once

#include <ambit/contract/array_sum.hpp>
#include <ambit/kernels/vectors/simd.hpp>

#include <algorithm>
#include <cstdint>

namespace AMBIT_NAMESPACE::kernel_parts {

template <class T> class array_sum {
public:
    array_sum(std::int64_t blocks, std::int64_t size, T* scratch, T* out) noexcept
        : size_(size), last_(array_sum_levels(blocks) - 1), scratch_(scratch), out_(out) {
        for (std::int64_t level = 0; level <= last_; ++level) std::fill_n(array(level), size_, T(0));
    }

    T* into() const noexcept { return array(0); }

    void finish_block() noexcept {
        std::int64_t left = ++blocks_;
        for (std::int64_t level = 0; level < last_ && left % blocks_of_array == 0; ++level, left /= blocks_of_array)
            carry(level);
    }

    void finish() noexcept {
        for (std::int64_t level = 0; level < last_; ++level) carry(level);
    }

private:
    std::int64_t size_, last_, blocks_ = 0;
    T* scratch_;
    T* out_;

    T* array(std::int64_t level) const noexcept { return level == last_ ? out_ : scratch_ + level * size_; }

    // Moves a level to the next one.
    void carry(std::int64_t level) const noexcept {
        T *const from = array(level), *const to = array(level + 1);
        for (std::int64_t i = 0; i < size_; ++i) {
            to[i] += from[i];
            from[i] = T(0);
        }
    }
};

}  // namespace ambit::kernel_parts
