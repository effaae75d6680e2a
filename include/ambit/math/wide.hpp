// SPDX-License-Identifier: BSL-1.0
// Unsigned integers of 128 bits, which 32-bit processors' compilers lack:
//
//     const auto upper = static_cast<std::uint64_t>(wide{a} * b >> 64);
#pragma once

#include <ambit/core/namespaces.hpp>

#include <cstdint>

namespace AMBIT_NAMESPACE::math {

/// As two words. What an operation leaves out wraps around.
class two_words {
public:
    constexpr two_words() = default;
    constexpr explicit two_words(std::uint64_t value) : low_(value) {}
    constexpr two_words(std::uint64_t high, std::uint64_t low) : high_(high), low_(low) {}

    constexpr explicit operator std::uint64_t() const { return low_; }

    friend constexpr two_words operator+(const two_words& a, const two_words& b) {
        const std::uint64_t low = a.low_ + b.low_;
        return {a.high_ + b.high_ + (low < a.low_ ? 1 : 0), low};
    }
    friend constexpr two_words operator+(const two_words& a, std::uint64_t b) { return a + two_words{b}; }
    friend constexpr two_words operator*(const two_words& a, std::uint64_t b) {
        two_words result = product(a.low_, b);
        result.high_ += a.high_ * b;
        return result;
    }
    friend constexpr two_words operator~(const two_words& a) { return {~a.high_, ~a.low_}; }
    friend constexpr two_words operator<<(const two_words& a, int by) {
        if (by == 0) return a;
        if (by >= 64) return {a.low_ << (by - 64), 0};
        return {a.high_ << by | a.low_ >> (64 - by), a.low_ << by};
    }
    friend constexpr two_words operator>>(const two_words& a, int by) {
        if (by == 0) return a;
        if (by >= 64) return {0, a.high_ >> (by - 64)};
        return {a.high_ >> by, a.low_ >> by | a.high_ << (64 - by)};
    }
    constexpr two_words& operator<<=(int by) { return *this = *this << by; }

    friend constexpr bool operator==(const two_words&, const two_words&) = default;
    friend constexpr bool operator==(const two_words& a, std::uint64_t b) { return a == two_words{b}; }

private:
    static constexpr two_words product(std::uint64_t a, std::uint64_t b) {
        const std::uint64_t half = 0xFFFFFFFF;
        const std::uint64_t low = (a & half) * (b & half);
        const std::uint64_t first = (a >> 32) * (b & half) + (low >> 32);
        const std::uint64_t second = (a & half) * (b >> 32) + (first & half);
        return {(a >> 32) * (b >> 32) + (first >> 32) + (second >> 32), second << 32 | (low & half)};
    }

    std::uint64_t high_ = 0, low_ = 0;
};

#if defined(__SIZEOF_INT128__)
__extension__ using wide = unsigned __int128;
#else
using wide = two_words;
#endif

}  // namespace ambit::math
