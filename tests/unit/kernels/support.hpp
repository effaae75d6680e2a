// SPDX-License-Identifier: BSL-1.0
// What the kernel tests share: operands at unaligned addresses that end where their memory ends, outputs
// between guards, and the bound that sums have to keep.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <random>
#include <type_traits>
#include <vector>

namespace kernel_test {


/// Small random values: integers of a few units, floats in (-1, 1). The first element is one element off
/// alignment.
template <class T> class operand {
public:
    explicit operand(std::int64_t count, unsigned seed = 1) : memory_(static_cast<std::size_t>(count) + 1) {
        std::mt19937 engine(seed + static_cast<unsigned>(count));
        for (T& x : memory_) {
            if constexpr (std::is_floating_point_v<T>)
                x = static_cast<T>(std::uniform_real_distribution<double>(-1, 1)(engine));
            else if constexpr (std::is_unsigned_v<T>) x = static_cast<T>(engine() % 13);
            else x = static_cast<T>(static_cast<int>(engine() % 25) - 12);
        }
    }
    T* data() { return memory_.data() + 1; }
    const T* data() const { return memory_.data() + 1; }
    T& operator[](std::int64_t i) { return memory_[static_cast<std::size_t>(i) + 1]; }
    const T& operator[](std::int64_t i) const { return memory_[static_cast<std::size_t>(i) + 1]; }

private:
    std::vector<T> memory_;
};

/// An output with guard elements before and behind it.
template <class T> class guarded {
public:
    explicit guarded(std::int64_t count) : count_(count),
        memory_(static_cast<std::size_t>(count) + 2 * guards, guard()) {}
    T* data() { return memory_.data() + guards; }
    const T& operator[](std::int64_t i) const { return memory_[static_cast<std::size_t>(i) + guards]; }
    std::int64_t size() const { return count_; }

    bool is_intact() const {
        for (std::size_t i = 0; i < guards; ++i)
            if (memory_[i] != guard() || memory_[memory_.size() - 1 - i] != guard()) return false;
        return true;
    }

private:
    static constexpr std::size_t guards = 67;
    static T guard() { return static_cast<T>(113); }
    std::int64_t count_;
    std::vector<T> memory_;
};

/// 64-byte aligned scratch memory.
template <class T> class scratch_memory {
public:
    explicit scratch_memory(std::int64_t count) : memory_(static_cast<std::size_t>(count) * sizeof(T) + 64) {}
    T* data() {
        const auto address = reinterpret_cast<std::uintptr_t>(memory_.data());
        return reinterpret_cast<T*>(memory_.data() + (64 - address % 64) % 64);
    }

private:
    std::vector<unsigned char> memory_;
};

template <class T>
using accumulator = std::conditional_t<std::is_floating_point_v<T>, double, std::int64_t>;

/// Whether `value` is within 2·terms·ε·`magnitude` of `wanted`; equal for integers.
template <class T> bool is_close(T value, double wanted, double magnitude, std::int64_t terms) {
    if constexpr (std::is_integral_v<T>) {
        return static_cast<double>(value) == wanted;
    } else {
        constexpr auto epsilon = static_cast<double>(std::numeric_limits<T>::epsilon());
        const double bound = 2.0 * static_cast<double>(terms) * epsilon;
        return std::fabs(static_cast<double>(value) - wanted) <= bound * magnitude;
    }
}

/// Whether `value` is the sum of so many equal terms, as exactly as a sum of any length has to be.
inline bool is_sum_of_equals(float value, float term, std::int64_t terms) {
    const double wanted = static_cast<double>(term) * static_cast<double>(terms);
    return std::fabs(static_cast<double>(value) - wanted) <= 2e-6 * std::fabs(wanted);
}

/// Numbers whose sums round at nearly every step.
inline constexpr float unround[] = {0.1f, 0.3f, 0.7f, 1.0f / 3, 3.14159274f, -2.71828183f};

/// Whether two runs gave the same bits.
template <class T> bool are_identical(const guarded<T>& a, const guarded<T>& b) {
    for (std::int64_t i = 0; i < a.size(); ++i)
        if (std::memcmp(&a[i], &b[i], sizeof(T)) != 0) return false;
    return true;
}

}  // namespace kernel_test
