// SPDX-License-Identifier: BSL-1.0
#include <ambit/kernels/random/random.hpp>

#include <catch2/catch.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <vector>

using namespace ambit;
using namespace ambit::contract_parts;

namespace {

constexpr std::int64_t state[] = {0x000F'EDCB'A987'6543, 7};

random_geometry of(random_kind kind, std::int64_t count, double first, double second) {
    return {count, kind, std::bit_cast<std::int64_t>(first), std::bit_cast<std::int64_t>(second)};
}
template <class T>
std::vector<T> draw(random_kind kind, std::int64_t count, double first, double second,
                    const std::int64_t* from = state) {
    std::vector<T> out(static_cast<std::size_t>(count) + 1, T(77));
    kernel_parts::random(of(kind, count, first, second), from, out.data());
    REQUIRE(out.back() == T(77));  // nothing is written behind the last element
    out.pop_back();
    return out;
}

// Block b of the state's call, by the definition in math/philox.hpp.
std::array<std::uint32_t, 4> block(std::uint64_t b, const std::int64_t* from = state) {
    const auto key = static_cast<std::uint64_t>(from[0]), call = static_cast<std::uint64_t>(from[1]);
    const auto low = [](std::uint64_t x) { return static_cast<std::uint32_t>(x); };
    const auto high = [](std::uint64_t x) { return static_cast<std::uint32_t>(x >> 32); };
    return philox4x32({low(b), high(b), low(call), high(call)}, {low(key), high(key)});
}
// What the header of the kernel says of element e.
std::uint32_t word_of(std::uint64_t e) {
    const std::uint64_t j = e % 64 / 16, p = e % 16;
    return block(e / 64 * 16 + p / 2 + 8 * (p % 2))[j];
}
std::uint64_t pair_of(std::uint64_t e) {
    const std::uint64_t j = e % 32 / 16;
    const auto words = block(e / 32 * 16 + e % 16);
    return std::uint64_t{words[2 * j]} << 32 | words[2 * j + 1];
}

double distribution_of_normal(double z) { return std::erfc(-z / std::sqrt(2.0)) / 2; }

// The largest distance between the distribution of a sample and the one that it should have (Kolmogorov, Smirnov).
template <class T, class F> double distance(std::vector<T> sample, F distribution) {
    std::sort(sample.begin(), sample.end());
    double worst = 0;
    const auto n = static_cast<double>(sample.size());
    for (std::size_t i = 0; i < sample.size(); ++i) {
        const double wanted = distribution(static_cast<double>(sample[i])), k = static_cast<double>(i);
        worst = std::max({worst, std::abs(wanted - k / n), std::abs(wanted - (k + 1) / n)});
    }
    return worst;
}
// Of a right sample only one of ten million is further away; seeds are fixed, so the test passes always or never.
double bound(std::size_t n) { return 2.9 / std::sqrt(static_cast<double>(n)); }

template <class T> double mean_of(const std::vector<T>& x) {
    double sum = 0;
    for (const T v : x) sum += static_cast<double>(v);
    return sum / static_cast<double>(x.size());
}
template <class T> double deviation_of(const std::vector<T>& x) {
    double sum = 0;
    const double mean = mean_of(x);
    for (const T v : x) sum += (static_cast<double>(v) - mean) * (static_cast<double>(v) - mean);
    return std::sqrt(sum / static_cast<double>(x.size()));
}

}  // namespace

TEST_CASE("an element takes the words of Philox that are its own", "[kernels][random]") {
    for (const std::int64_t count : {1, 15, 16, 17, 31, 32, 33, 63, 64, 65, 127, 128, 129, 1000}) {
        CAPTURE(count);
        const auto floats = draw<float>(random_kind::uniform, count, 0, 1);
        const auto doubles = draw<double>(random_kind::uniform, count, 0, 1);
        const auto integers = draw<std::int64_t>(random_kind::uniform, count, 0, 1024);
        const auto small = draw<std::int32_t>(random_kind::uniform, count, 0, 1024);
        const auto masks = draw<float>(random_kind::mask, count, 0.25, 2);
        for (std::size_t e = 0; e < floats.size(); ++e) {
            CAPTURE(e);
            REQUIRE(floats[e] == static_cast<float>(word_of(e) >> 8) * 0x1p-24f);
            REQUIRE(doubles[e] == static_cast<double>(pair_of(e) >> 11) * 0x1p-53);
            REQUIRE(integers[e] == static_cast<std::int64_t>(pair_of(e) >> 54));
            REQUIRE(small[e] == static_cast<std::int32_t>(pair_of(e) >> 54));
            REQUIRE(masks[e] == (word_of(e) >= 0x40000000 ? 2.0f : 0.0f));
        }
    }
}

TEST_CASE("integers from all that there are", "[kernels][random]") {
    std::int64_t least = 0, most = 0;
    for (const std::int64_t x : draw<std::int64_t>(random_kind::uniform, 1000, -0x1p63, 0x1.fp62)) {
        least = std::min(least, x);
        most = std::max(most, x);
    }
    CHECK(static_cast<double>(least) < -0x1.fp62);
    CHECK(static_cast<double>(most) > 0x1.ep62);
    CHECK(static_cast<double>(most) < 0x1.fp62);
}

TEST_CASE("an array is the beginning of a longer one", "[kernels][random]") {
    const auto whole = draw<float>(random_kind::normal, 300, 1, 2);
    const auto whole_double = draw<double>(random_kind::truncated_normal, 300, 1, 2);
    for (std::int64_t count = 1; count < 300; ++count) {
        const auto part = draw<float>(random_kind::normal, count, 1, 2);
        const auto part_double = draw<double>(random_kind::truncated_normal, count, 1, 2);
        REQUIRE(std::memcmp(part.data(), whole.data(), part.size() * sizeof(float)) == 0);
        REQUIRE(std::memcmp(part_double.data(), whole_double.data(), part_double.size() * sizeof(double)) == 0);
    }
}

TEST_CASE("a geometry that the compiler knows gives the same bits", "[kernels][random]") {
    constexpr random_geometry known{100, random_kind::normal, std::bit_cast<std::int64_t>(0.5),
                                    std::bit_cast<std::int64_t>(3.0)};
    std::array<float, 100> fixed;
    kernel_parts::entry<kernel_tag::random>::run(static_value<known>{}, fixed.data(), state);
    const auto given = draw<float>(random_kind::normal, 100, 0.5, 3);
    REQUIRE(std::memcmp(fixed.data(), given.data(), sizeof fixed) == 0);
}

TEST_CASE("a normal number is where its distribution has the uniform one", "[kernels][random]") {
    // Against erfc: the distribution at z, from the nearer tail, is the uniform number.
    constexpr std::int64_t count = 200000;
    const auto normals = draw<double>(random_kind::normal, count, 0, 1);
    const auto truncated = draw<double>(random_kind::truncated_normal, count, 0, 1);
    double worst = 0, worst_truncated = 0;
    for (std::size_t e = 0; e < normals.size(); ++e) {
        const double centred = (static_cast<double>(static_cast<std::int64_t>(pair_of(e)) >> 11) + 0.5) * 0x1p-53;
        const double tail = 0.5 - std::abs(centred);
        const double got = distribution_of_normal(-std::abs(normals[e]));
        REQUIRE(std::signbit(normals[e]) == std::signbit(centred));
        worst = std::max(worst, std::abs(got - tail) / tail);
        const double cut = centred * 2 * (distribution_of_normal(2) - 0.5);
        worst_truncated = std::max(worst_truncated, std::abs(distribution_of_normal(truncated[e]) - 0.5 - cut));
    }
    CHECK(worst < 2e-7);  // 6e-9 of z, and a tail moves z times as much as z does, z² times its own share
    CHECK(worst_truncated < 1e-9);
}

TEST_CASE("tails reach as far as the bits do", "[kernels][random]") {
    using vector = xsimd::batch<double, xsimd::default_arch>;
    const auto quantile = [](double q) { return kernel_parts::random_detail::normal_quantile(vector(q)).get(0); };
    // Φ(z) = p, computed with 40 digits.
    CHECK(quantile(0.5 - 0x1p-54) == Approx(8.2923611).epsilon(1e-7));
    CHECK(quantile(-(0.5 - 0x1p-33)) == Approx(-6.3379578).epsilon(1e-7));
    CHECK(quantile(0.475) == Approx(1.9599639845400545).epsilon(1e-9));
    CHECK(quantile(0.49865010196837) == Approx(3).epsilon(1e-8));
    CHECK(quantile(0x1p-54) == Approx(0x1p-54 * 2.5066282746310002).epsilon(1e-9));
}

TEST_CASE("samples have their distributions", "[kernels][random]") {
    constexpr std::int64_t count = 100000;
    const std::int64_t states[][2] = {{1, 0}, {1, 1}, {2, 0}, {0x1F'FFFF'FFFF'FFFF, 123456789}};
    for (const auto& s : states) {
        CAPTURE(s[0], s[1]);
        const auto uniforms = draw<float>(random_kind::uniform, count, -3, 5, s);
        CHECK(distance(uniforms, [](double x) { return (x + 3) / 8; }) < bound(uniforms.size()));
        CHECK(std::abs(mean_of(uniforms) - 1) < 5 * 8 / std::sqrt(12.0 * count));
        CHECK(deviation_of(uniforms) == Approx(8 / std::sqrt(12.0)).epsilon(0.01));
        CHECK(*std::min_element(uniforms.begin(), uniforms.end()) >= -3);
        CHECK(*std::max_element(uniforms.begin(), uniforms.end()) < 5);

        const auto normals = draw<float>(random_kind::normal, count, 2, 0.5, s);
        CHECK(distance(normals, [](double x) { return distribution_of_normal((x - 2) / 0.5); }) <
              bound(normals.size()));
        CHECK(std::abs(mean_of(normals) - 2) < 5 * 0.5 / std::sqrt(1.0 * count));
        CHECK(deviation_of(normals) == Approx(0.5).epsilon(0.012));
        const auto doubles = draw<double>(random_kind::normal, count, 0, 1, s);
        CHECK(distance(doubles, &distribution_of_normal) < bound(doubles.size()));

        const auto cut = draw<float>(random_kind::truncated_normal, count, 2, 0.5, s);
        const double below = distribution_of_normal(-2), share = 1 - 2 * below;
        CHECK(distance(cut, [&](double x) { return (distribution_of_normal((x - 2) / 0.5) - below) / share; }) <
              bound(cut.size()));
        CHECK(deviation_of(cut) == Approx(0.5 * 0.87962566).epsilon(0.01));
        CHECK(*std::max_element(cut.begin(), cut.end()) <= 3);
        CHECK(*std::min_element(cut.begin(), cut.end()) >= 1);

        const auto masks = draw<float>(random_kind::mask, count, 0.3, 1 / 0.7, s);
        CHECK(std::abs(mean_of(masks) - 1) < 5 * std::sqrt(0.3 / 0.7 / count));

        const auto dice = draw<std::int32_t>(random_kind::uniform, count, 1, 7, s);
        for (std::int32_t side = 1; side <= 6; ++side)
            CHECK(std::abs(static_cast<double>(std::count(dice.begin(), dice.end(), side)) - count / 6.0) <
                  5 * std::sqrt(count * 5 / 36.0));
        CHECK(*std::min_element(dice.begin(), dice.end()) == 1);
        CHECK(*std::max_element(dice.begin(), dice.end()) == 6);
    }
}

TEST_CASE("neighbouring keys, calls and elements have nothing to do with each other", "[kernels][random]") {
    constexpr std::int64_t count = 50000;
    const std::int64_t next_call[] = {state[0], state[1] + 1}, next_key[] = {state[0] + 1, state[1]},
                       next[] = {state[0] + 1, state[1] + 1};
    const auto x = draw<double>(random_kind::normal, count, 0, 1);
    const auto correlation = [&](const std::vector<double>& y, std::size_t lag) {
        double sum = 0;
        for (std::size_t i = 0; i + lag < x.size(); ++i) sum += x[i] * y[i + lag];
        return std::abs(sum) / count;
    };
    const double five_deviations = 5 / std::sqrt(1.0 * count);
    for (const std::size_t lag : {0u, 1u, 2u, 16u, 32u})
        for (const auto* other : {next_call, next_key, next})
            CHECK(correlation(draw<double>(random_kind::normal, count, 0, 1, other), lag) < five_deviations);
    for (const std::size_t lag : {1u, 2u, 3u, 15u, 16u, 17u, 32u}) CHECK(correlation(x, lag) < five_deviations);
}

TEST_CASE("what rounds to the end of an interval becomes its beginning", "[kernels][random]") {
    // One unit in the last place wide: half of all numbers round to the end.
    const auto x = draw<float>(random_kind::uniform, 1000, 1, 1.0 + 0x1p-23);
    for (const float v : x) REQUIRE(v == 1.0f);
    const auto wide = draw<std::int64_t>(random_kind::uniform, 1000, -0x1p53, 0x1p53);
    for (const std::int64_t v : wide) REQUIRE((v >= -(std::int64_t{1} << 53) && v < std::int64_t{1} << 53));
    const auto all = draw<std::int32_t>(random_kind::uniform, 1000, -0x1p31, 0x1p31);
    CHECK(*std::min_element(all.begin(), all.end()) < -2000000000);
    CHECK(*std::max_element(all.begin(), all.end()) > 2000000000);
}
