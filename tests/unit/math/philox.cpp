// SPDX-License-Identifier: BSL-1.0
#include <ambit/math/philox.hpp>

#include <catch2/catch.hpp>

#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <set>
#include <string>

using namespace ambit;
using namespace ambit::math_parts;

namespace {

using words = std::array<std::uint32_t, 4>;

constexpr double pi = 3.14159265358979323846;

struct draws {
    std::array<double, 4> normals{}, uniforms{};
    std::array<std::uint32_t, 5> bits{};
    friend constexpr bool operator==(const draws&, const draws&) = default;
};

constexpr draws draws_of(philox_key key, std::int64_t element) {
    draws all;
    random_stream normals(key, element), uniforms(key, element), bits(key, element);
    for (double& x : all.normals) x = normals.normal();
    for (double& x : all.uniforms) x = uniforms.uniform();
    for (std::uint32_t& x : all.bits) x = bits.bits();
    return all;
}

constexpr auto compiled = [] {
    std::array<draws, 50> all{};
    for (std::size_t i = 0; i < all.size(); ++i)
        all[i] = draws_of({42, "conv1/weights"}, static_cast<std::int64_t>(i) * 977);
    return all;
}();

}  // namespace

// The vectors that Random123 publishes for philox4x32 with 10 rounds.
TEST_CASE("philox4x32-10 gives the published answers", "[core][philox]") {
    STATIC_REQUIRE(philox4x32({0, 0, 0, 0}, {0, 0}) == words{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8});
    STATIC_REQUIRE(philox4x32({0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff}, {0xffffffff, 0xffffffff}) ==
                   words{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd});
    STATIC_REQUIRE(philox4x32({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}) ==
                   words{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1});
}

TEST_CASE("a stream is the blocks of its element, in order", "[core][philox]") {
    constexpr philox_key key{42, "a"};
    constexpr std::int64_t element = (std::int64_t{3} << 32) + 5;
    constexpr std::array<std::uint32_t, 2> halves{static_cast<std::uint32_t>(key.bits),
                                                  static_cast<std::uint32_t>(key.bits >> 32)};
    constexpr words first = philox4x32({5, 3, 0, 0}, halves), second = philox4x32({5, 3, 1, 0}, halves);
    STATIC_REQUIRE(draws_of(key, element).bits ==
                   std::array<std::uint32_t, 5>{first[0], first[1], first[2], first[3], second[0]});
}

TEST_CASE("keys differ by seed, path and value", "[core][philox]") {
    STATIC_REQUIRE(philox_key(1, "a/b") == philox_key(1, "a/b"));
    STATIC_REQUIRE(philox_key(1, "a/b") != philox_key(2, "a/b"));
    STATIC_REQUIRE(philox_key(1, "a/b") != philox_key(1, "a/c"));
    STATIC_REQUIRE(philox_key(1, "a").with(0) != philox_key(1, "a"));
    STATIC_REQUIRE(philox_key(1, "a").with(0) != philox_key(1, "a").with(1));
    STATIC_REQUIRE(philox_key(1, "a").with(7) == philox_key(1, "a").with(7));

    std::set<std::uint64_t> seen;
    for (std::uint64_t seed = 0; seed < 100; ++seed)
        for (int path = 0; path < 100; ++path) {
            const philox_key key(seed, "layer_" + std::to_string(path) + "/weights");
            seen.insert(key.bits);
            seen.insert(key.with(seed).bits);
        }
    CHECK(seen.size() == 20'000);
}

TEST_CASE("the compiler and the program draw the same bits", "[core][philox]") {
    volatile std::int64_t step = 977;
    for (std::size_t i = 0; i < compiled.size(); ++i)
        CHECK(draws_of({42, "conv1/weights"}, static_cast<std::int64_t>(i) * step) == compiled[i]);
}

TEST_CASE("uniform numbers fill [0, 1) on their grid", "[core][philox]") {
    constexpr int count = 1'000'000;
    const philox_key key(3, "uniform");
    double sum = 0, squares = 0;
    std::array<int, 100> bins{};
    std::uint64_t ever_set = 0;
    for (int i = 0; i < count; ++i) {
        const double x = random_stream(key, i).uniform();
        if (!(x >= 0 && x < 1) || x * 0x1p53 != std::floor(x * 0x1p53)) FAIL("off the grid at " << i);
        sum += x;
        squares += x * x;
        ++bins[static_cast<std::size_t>(x * 100)];
        ever_set |= static_cast<std::uint64_t>(x * 0x1p53);
    }
    CHECK(ever_set == (std::uint64_t{1} << 53) - 1);
    // Four standard errors of a uniform sample.
    CHECK(sum / count == Approx(0.5).margin(4 * std::sqrt(1.0 / 12 / count)));
    CHECK(squares / count == Approx(1.0 / 3).margin(4 * std::sqrt(4.0 / 45 / count)));
    double chi_square = 0;
    for (const int n : bins) chi_square += (n - count / 100.0) * (n - count / 100.0) / (count / 100.0);
    CHECK(chi_square > 99 - 4 * std::sqrt(2 * 99.0));
    CHECK(chi_square < 99 + 4 * std::sqrt(2 * 99.0));

    for (int i = 0; i < 10'000; ++i) {
        const float x = random_stream(key, i).uniform<float>();
        if (!(x >= 0 && x < 1) || x * 0x1p24f != std::floor(x * 0x1p24f)) FAIL("off the grid at " << i);
    }
}

TEST_CASE("normal numbers are Box and Muller's", "[core][philox]") {
    for (int i = 0; i < 10'000; ++i) {
        random_stream uniforms({3, "n"}, i), normals({3, "n"}, i);
        const double u = uniforms.uniform(), v = uniforms.uniform();
        const double radius = std::sqrt(-2 * std::log(1 - u));
        REQUIRE(normals.normal() == Approx(radius * std::cos(2 * pi * v)).margin(1e-14));
        REQUIRE(normals.normal() == Approx(radius * std::sin(2 * pi * v)).margin(1e-14));
    }
}

TEST_CASE("normal numbers have the moments of the normal distribution", "[core][philox]") {
    constexpr int count = 1'000'000;
    const philox_key key(11, "normal");
    double sum = 0, squares = 0, cubes = 0, fourths = 0, neighbours = 0, pairs = 0, before = 0;
    std::array<int, 9> below{};  // how many lie under -2, -1.5, … 2
    for (int i = 0; i < count; ++i) {
        random_stream stream(key, i);
        const double x = stream.normal(), other = stream.normal();
        sum += x;
        squares += x * x;
        cubes += x * x * x;
        fourths += x * x * x * x;
        neighbours += x * before;
        pairs += x * other;
        before = x;
        for (std::size_t b = 0; b < below.size(); ++b) below[b] += x < -2 + 0.5 * static_cast<double>(b);
    }
    // Four standard errors: the variances of x, x^2, x^3 and x^4 are 1, 2, 15 and 96.
    const double error = 4 / std::sqrt(static_cast<double>(count));
    CHECK(std::fabs(sum / count) < error);
    CHECK(std::fabs(squares / count - 1) < error * std::sqrt(2.0));
    CHECK(std::fabs(cubes / count) < error * std::sqrt(15.0));
    CHECK(std::fabs(fourths / count - 3) < error * std::sqrt(96.0));
    CHECK(std::fabs(neighbours / count) < error);
    CHECK(std::fabs(pairs / count) < error);
    for (std::size_t b = 0; b < below.size(); ++b) {
        const double p = 0.5 * std::erfc(-(-2 + 0.5 * static_cast<double>(b)) / std::sqrt(2.0));
        CHECK(below[b] / static_cast<double>(count) == Approx(p).margin(error * std::sqrt(p * (1 - p))));
    }
}

TEST_CASE("a stream of a seed and a name is that of their key") {
    constexpr auto first_of = [](random_stream stream) { return stream.bits(); };
    STATIC_REQUIRE(first_of(random_stream(seed{7}, "digits", 3)) ==
                   first_of(random_stream(philox_key(7, "digits"), 3)));
    STATIC_REQUIRE(first_of(random_stream(seed{7}, "digits", 3)) != first_of(random_stream(seed{7}, "letters", 3)));
}
