// SPDX-License-Identifier: BSL-1.0
// Random numbers that depend on a key and a place, never on what was drawn before: Philox4x32-10.
//
//     constexpr philox_key key{42, "conv1/weights"};       // a model's seed and a variable's path
//     random_stream stream(key, 7);                        // what element 7 draws from
//     double first = stream.uniform(), second = stream.normal();
//
// Source: J. K. Salmon, M. A. Moraes, R. O. Dror, D. E. Shaw, "Parallel random numbers: as easy as 1, 2, 3",
// SC'11.
#pragma once

#include <ambit/core/hash.hpp>
#include <ambit/core/seed.hpp>
#include <ambit/math/constexpr_math.hpp>

#include <array>
#include <concepts>
#include <cstdint>
#include <string_view>
#include <type_traits>

namespace AMBIT_NAMESPACE::math_parts {

/// One block of Philox4x32 with 10 rounds: a bijection of 128-bit counters, chosen by a 64-bit key.
constexpr std::array<std::uint32_t, 4> philox4x32(std::array<std::uint32_t, 4> counter,
                                                  std::array<std::uint32_t, 2> key) {
    auto [c0, c1, c2, c3] = counter;
    auto [k0, k1] = key;
    for (int round = 0; round < 10; ++round) {
        const std::uint64_t even = std::uint64_t{0xD2511F53} * c0;
        const std::uint64_t odd = std::uint64_t{0xCD9E8D57} * c2;
        c0 = static_cast<std::uint32_t>(odd >> 32) ^ c1 ^ k0;
        c2 = static_cast<std::uint32_t>(even >> 32) ^ c3 ^ k1;
        c1 = static_cast<std::uint32_t>(odd);
        c3 = static_cast<std::uint32_t>(even);
        k0 += 0x9E3779B9;
        k1 += 0xBB67AE85;
    }
    return {c0, c1, c2, c3};
}

/// The key of one sequence of random numbers. Made from a seed and a path; `with` derives further keys from
/// it (an initializer's own seed, the number of a call).
struct philox_key {
    constexpr philox_key() = default;
    constexpr philox_key(std::uint64_t seed, std::string_view path) : philox_key(of_hash(seed, fnv1a(path))) {}

    /// The same from `fnv1a(path)`, where the path is not kept.
    static constexpr philox_key of_hash(std::uint64_t seed, std::uint64_t path) {
        philox_key key;
        key.bits = mixed(mixed(seed) + path);
        return key;
    }

    /// Another key for each value; the same one each time.
    constexpr philox_key with(std::uint64_t value) const {
        philox_key derived;
        derived.bits = mixed(bits + mixed(value));
        return derived;
    }

    friend constexpr bool operator==(const philox_key&, const philox_key&) = default;

    std::uint64_t bits = 0;

private:
    /// The finalizer of SplitMix64 after one step of its counter: a bijection in which each bit moves every
    /// other. Source: G. L. Steele, D. Lea, C. H. Flood, "Fast splittable pseudorandom number generators",
    /// OOPSLA'14.
    static constexpr std::uint64_t mixed(std::uint64_t value) {
        value += 0x9E3779B97F4A7C15;
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }
};

}  // namespace ambit::math_parts

namespace AMBIT_NAMESPACE {

/// The random numbers of one element: an endless sequence that depends on the key and the element's index
/// only. The same in constant evaluation and at run time, bit for bit, whatever the compiler's options.
class random_stream {
public:
    /// A sequence of a user's own: of so many, `name` tells them apart.
    constexpr random_stream(seed s, std::string_view name, std::int64_t element)
        : random_stream(math_parts::philox_key(s.value, name), element) {}
    constexpr random_stream(math_parts::philox_key key, std::int64_t element)
        : key_{static_cast<std::uint32_t>(key.bits), static_cast<std::uint32_t>(key.bits >> 32)},
          element_(static_cast<std::uint64_t>(element)) {}

    /// 32 random bits.
    constexpr std::uint32_t bits() {
        if (used_ == 4) refill();
        return words_[used_++];
    }

    /// Uniform in [0, 1): a multiple of 2^-53 for double, of 2^-24 for float.
    template <std::floating_point T = double> constexpr T uniform() {
        if constexpr (std::is_same_v<T, float>) return static_cast<float>(bits() >> 8) * 0x1p-24f;
        const std::uint64_t high = bits();
        return static_cast<T>(static_cast<double>((high << 21) | (bits() >> 11)) * 0x1p-53);
    }

    /// Normal with mean 0 and standard deviation 1. Two uniform numbers make two normal ones; every second
    /// call returns the other of the pair. Source: G. E. P. Box, M. E. Muller, "A note on the generation of
    /// random normal deviates", 1958.
    constexpr double normal() {
        if (has_spare_) {
            has_spare_ = false;
            return spare_;
        }
        const double radius = math::sqrt(-2.0 * math::log(1.0 - uniform()));  // 1 - uniform is in (0, 1]
        const math::sine_cosine angle = math::sin_cos_turns(uniform());
        spare_ = math::product(radius, angle.sine);
        has_spare_ = true;
        return math::product(radius, angle.cosine);
    }

private:
    constexpr void refill() {
        words_ =
            math_parts::philox4x32({static_cast<std::uint32_t>(element_), static_cast<std::uint32_t>(element_ >> 32),
                                    static_cast<std::uint32_t>(block_), static_cast<std::uint32_t>(block_ >> 32)},
                                   key_);
        ++block_;
        used_ = 0;
    }

    std::array<std::uint32_t, 2> key_;
    std::array<std::uint32_t, 4> words_ = {};
    std::uint64_t element_;
    std::uint64_t block_ = 0;
    double spare_ = 0;
    unsigned used_ = 4;
    bool has_spare_ = false;
};

}  // namespace ambit
