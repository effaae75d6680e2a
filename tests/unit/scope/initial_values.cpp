// SPDX-License-Identifier: BSL-1.0
#include <ambit/scope/initial_values.hpp>

#include <catch2/catch.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

using namespace ambit;
using namespace ambit::scope_parts;

namespace {

constexpr philox_key key{42, "dense/weights"};

template <class T = double>
std::vector<T> values_of(const initializer& init, const shape& extents, philox_key with = key) {
    std::vector<T> all(static_cast<std::size_t>(extents.elements()));
    fill(init, extents, with, std::span<T>(all));
    return all;
}

template <std::size_t Count, class T = double>
constexpr std::array<T, Count> array_of(const initializer& init, const shape& extents) {
    std::array<T, Count> all{};
    fill(init, extents, key, std::span<T>(all));
    return all;
}

constexpr double ramp(const shape& extents, std::int64_t element, random_stream&) {
    return static_cast<double>(element) / static_cast<double>(extents.elements());
}
constexpr double drawn(const shape&, std::int64_t, random_stream& stream) {
    return stream.normal() + stream.uniform();
}
constexpr double huge(const shape&, std::int64_t element, random_stream&) {
    return element == 0 ? 1e300 : -1e300;
}
constexpr double no_number(const shape&, std::int64_t, random_stream&) { return math::not_a_number; }

struct moments {
    double mean = 0, deviation = 0, least = 0, largest = 0;
};
moments moments_of(const std::vector<double>& values) {
    double sum = 0, squares = 0;
    for (const double x : values) sum += x, squares += x * x;
    const double count = static_cast<double>(values.size()), mean = sum / count;
    return {mean, std::sqrt(squares / count - mean * mean), *std::min_element(values.begin(), values.end()),
            *std::max_element(values.begin(), values.end())};
}

// A million draws: four standard errors of a mean and of a deviation are 0.004 and at most 0.003 deviations.
constexpr shape million{1000, 1000};
void require_moments(const initializer& init, double mean, double deviation, double least, double largest) {
    const moments seen = moments_of(values_of(init, million));
    CAPTURE(seen.mean, seen.deviation, seen.least, seen.largest);
    CHECK(seen.mean == Approx(mean).margin(0.004 * deviation));
    CHECK(seen.deviation == Approx(deviation).epsilon(0.003));
    CHECK(seen.least >= least);
    CHECK(seen.largest <= largest);
}

// Columns (or rows) of a matrix of `rows` x `columns` are orthogonal and as long as the gain.
void require_orthogonal(const std::vector<double>& q, std::int64_t rows, std::int64_t columns, double gain) {
    const bool tall = rows >= columns;
    const std::int64_t count = tall ? columns : rows, size = tall ? rows : columns;
    const auto at = [&](std::int64_t vector, std::int64_t i) {
        return q[static_cast<std::size_t>(tall ? i * columns + vector : vector * columns + i)];
    };
    double worst = 0;
    for (std::int64_t a = 0; a < count; ++a)
        for (std::int64_t b = 0; b < count; ++b) {
            double dot = 0;
            for (std::int64_t i = 0; i < size; ++i) dot += at(a, i) * at(b, i);
            worst = std::max(worst, std::fabs(dot - (a == b ? gain * gain : 0)));
        }
    CAPTURE(rows, columns);
    CHECK(worst < 1e-14 * gain * gain);  // one pass of Gram-Schmidt leaves 2e-13 at 200 x 200
}

}  // namespace

TEST_CASE("fans are TensorFlow's", "[scope][initial_values]") {
    STATIC_REQUIRE(fans_of({}) == fans{1, 1});
    STATIC_REQUIRE(fans_of({7}) == fans{7, 7});
    STATIC_REQUIRE(fans_of({784, 500}) == fans{784, 500});
    STATIC_REQUIRE(fans_of({3, 16, 32}) == fans{48, 96});
    STATIC_REQUIRE(fans_of({5, 5, 3, 8}) == fans{75, 200});
    STATIC_REQUIRE(fans_of({2, 3, 4, 5, 6}) == fans{120, 144});
}

TEST_CASE("initializers: plain values", "[scope][initial_values]") {
    STATIC_REQUIRE(array_of<4>(zeros(), {2, 2}) == std::array{0.0, 0.0, 0.0, 0.0});
    STATIC_REQUIRE(array_of<3, float>(constant(0.1), {3}) == std::array{0.1f, 0.1f, 0.1f});
    STATIC_REQUIRE(array_of<2, bool>(ones(), {2}) == std::array{true, true});
    STATIC_REQUIRE(array_of<3, std::int32_t>(constant({3, -1, 2}), {3}) ==
                   std::array<std::int32_t, 3>{3, -1, 2});
    STATIC_REQUIRE(array_of<1>(constant(5), {}) == std::array{5.0});
    STATIC_REQUIRE(array_of<4>(identity(), {2, 2}) == std::array{1.0, 0.0, 0.0, 1.0});
    STATIC_REQUIRE(array_of<6>(identity({.gain = 2}), {2, 3}) == std::array{2.0, 0.0, 0.0, 0.0, 2.0, 0.0});
    STATIC_REQUIRE(array_of<6>(identity({.gain = 2}), {3, 2}) == std::array{2.0, 0.0, 0.0, 2.0, 0.0, 0.0});
    STATIC_REQUIRE(array_of<4>(custom(ramp), {2, 2}) == std::array{0.0, 0.25, 0.5, 0.75});
}

TEST_CASE("the user's values become the nearest of the dtype", "[scope][initial_values]") {
    STATIC_REQUIRE(array_of<2, std::uint8_t>(custom(huge), {2}) == std::array<std::uint8_t, 2>{255, 0});
    STATIC_REQUIRE(
        array_of<2, std::int32_t>(custom(huge), {2}) ==
        std::array{std::numeric_limits<std::int32_t>::max(), std::numeric_limits<std::int32_t>::min()});
    STATIC_REQUIRE(
        array_of<2, std::int64_t>(custom(huge), {2}) ==
        std::array{std::numeric_limits<std::int64_t>::max(), std::numeric_limits<std::int64_t>::min()});
    STATIC_REQUIRE(array_of<1, float>(custom(huge), {1})[0] == std::numeric_limits<float>::infinity());
    STATIC_REQUIRE(array_of<1, std::int32_t>(custom(no_number), {1})[0] == 0);
}

TEST_CASE("initializers: values depend on key, own seed and place only", "[scope][initial_values]") {
    const std::vector<double> some = values_of(random_normal(), {4, 5});
    CHECK(some == values_of(random_normal(), {4, 5}));
    CHECK(some != values_of(random_normal(), {4, 5}, {43, "dense/weights"}));
    CHECK(some != values_of(random_normal(), {4, 5}, {42, "dense/biases"}));
    CHECK(some != values_of(random_normal({.seed = 0}), {4, 5}));
    CHECK(values_of(random_normal({.seed = 1}), {4, 5}) != values_of(random_normal({.seed = 2}), {4, 5}));
    CHECK(values_of(random_normal({.seed = 1}), {4, 5}) !=
          values_of(random_normal({.seed = 1}), {4, 5}, {43, "dense/weights"}));

    // A larger variable begins with the same values; the shape does not enter.
    const std::vector<double> more = values_of(random_normal(), {50});
    CHECK(std::equal(some.begin(), some.end(), more.begin()));
}

TEST_CASE("one element is what filling gives", "[scope][initial_values]") {
    const initializer all[] = {constant(3),
                               random_uniform(),
                               random_normal(),
                               truncated_normal(),
                               glorot_uniform(),
                               glorot_normal(),
                               he_uniform(),
                               he_normal(),
                               identity(),
                               custom(drawn),
                               random_normal({.mean = 5, .seed = 9}),
                               orthogonal({.gain = 2})};
    for (const initializer& init : all) {
        const std::vector<float> floats = values_of<float>(init, {5, 7});
        const std::vector<double> doubles = values_of<double>(init, {5, 7});
        for (std::int64_t i = 0; i < 35; ++i) {
            CHECK(initial_value<float>(init, {5, 7}, key, i) == floats[static_cast<std::size_t>(i)]);
            CHECK(initial_value(init, {5, 7}, key, i) == doubles[static_cast<std::size_t>(i)]);
        }
    }
}

namespace {
template <class T> struct sample {
    std::array<T, 12> uniform, normal, truncated, glorot, he, scaled, tall, wide, custom;
    friend constexpr bool operator==(const sample&, const sample&) = default;
};
template <class T> constexpr sample<T> sample_of(double deviation) {
    constexpr shape extents{4, 3};
    const auto scaling =
        variance_scaling({.scale = deviation, .distribution = random_distribution::untruncated_normal});
    return {array_of<12, T>(random_uniform({.low = -deviation, .high = 2}), extents),
            array_of<12, T>(random_normal({.mean = 0.3, .standard_deviation = deviation}), extents),
            array_of<12, T>(truncated_normal({.mean = 0.3, .standard_deviation = deviation}), extents),
            array_of<12, T>(glorot_uniform(), extents),
            array_of<12, T>(he_normal({.seed = 5}), extents),
            array_of<12, T>(scaling, extents),
            array_of<12, T>(orthogonal({.gain = deviation}), extents),
            array_of<12, T>(orthogonal({.gain = deviation}), {3, 4}),
            array_of<12, T>(custom(drawn), extents)};
}
constexpr sample<float> compiled_floats = sample_of<float>(0.7);
constexpr sample<double> compiled_doubles = sample_of<double>(0.7);
}  // namespace

TEST_CASE("the compiler and the program make the same initial values", "[scope][initial_values]") {
    volatile double deviation = 0.7;
    CHECK(sample_of<float>(deviation) == compiled_floats);
    CHECK(sample_of<double>(deviation) == compiled_doubles);
}

TEST_CASE("initializers: distributions have their moments", "[scope][initial_values]") {
    constexpr double inf = std::numeric_limits<double>::infinity();
    require_moments(random_uniform(), 0.5, std::sqrt(1.0 / 12), 0, std::nextafter(1, 0));
    require_moments(random_uniform({.low = -3, .high = 1}), -1, 4 / std::sqrt(12.0), -3,
                    std::nextafter(1, 0));
    require_moments(random_normal({.mean = 2, .standard_deviation = 3}), 2, 3, -inf, inf);
    // A unit normal cut at 2 has the variance 1 - 4 phi(2) / (2 Phi(2) - 1) = 0.7737.
    require_moments(truncated_normal(), 0, 0.87962566, -2, 2);
    require_moments(truncated_normal({.mean = 1, .standard_deviation = 0.5}), 1, 0.43981283, 0, 2);

    // A million elements as [1000, 1000] have fans of 1000; variance scaling means the variance after
    // cutting.
    require_moments(glorot_uniform(), 0, std::sqrt(1.0 / 1000), -std::sqrt(3.0 / 1000),
                    std::sqrt(3.0 / 1000));
    require_moments(glorot_normal(), 0, std::sqrt(1.0 / 1000), -0.07190045, 0.07190045);
    require_moments(he_uniform(), 0, std::sqrt(2.0 / 1000), -std::sqrt(6.0 / 1000), std::sqrt(6.0 / 1000));
    require_moments(he_normal(), 0, std::sqrt(2.0 / 1000), -0.1016828, 0.1016828);
    require_moments(variance_scaling({.scale = 3, .distribution = random_distribution::untruncated_normal}),
                    0, std::sqrt(3.0 / 1000), -inf, inf);
}

TEST_CASE("variance scaling reads the fan it is told", "[scope][initial_values]") {
    // [5, 5, 3, 8]: fan in 75, fan out 200. A uniform distribution reaches up to sqrt(3 / fan).
    const auto limit = [](fan_mode mode) {
        const auto init = variance_scaling({.mode = mode, .distribution = random_distribution::uniform});
        return moments_of(values_of(init, {5, 5, 3, 8})).largest;
    };
    CHECK(limit(fan_mode::fan_in) == Approx(0.2).epsilon(0.02));
    CHECK(limit(fan_mode::fan_out) == Approx(0.122474).epsilon(0.02));
    CHECK(limit(fan_mode::fan_avg) == Approx(0.147710).epsilon(0.02));
    CHECK(limit(fan_mode::fan_in) < 0.2);
    // The same draws, scaled.
    CHECK(limit(fan_mode::fan_in) / limit(fan_mode::fan_out) == Approx(std::sqrt(200.0 / 75)));
}

TEST_CASE("the upper bound of uniform values is never reached, in float either", "[scope][initial_values]") {
    // Between 1 and its second neighbour every other double would round up to the bound.
    const double high = 1 + 2 * 0x1p-23;
    for (const float x : values_of<float>(random_uniform({.low = 1, .high = high}), {10'000}))
        REQUIRE((x >= 1 && static_cast<double>(x) < high));
}

TEST_CASE("initializers: orthogonal matrices are orthogonal", "[scope][initial_values]") {
    constexpr shape shapes[] = {{1, 1}, {4, 4}, {7, 3},     {3, 7},   {64, 64},
                                {5, 1}, {1, 5}, {200, 200}, {100, 30}};
    for (const shape& s : shapes) require_orthogonal(values_of(orthogonal(), s), s[0], s[1], 1);
    require_orthogonal(values_of(orthogonal({.gain = 1.5}), {9, 6}), 9, 6, 1.5);
    require_orthogonal(values_of(orthogonal(), {3, 3, 4, 8}), 36, 8, 1);
    require_orthogonal(values_of(orthogonal(), {2, 2, 40}), 4, 40, 1);
}

TEST_CASE("orthogonal is the factor Q of a random matrix", "[scope][initial_values]") {
    // Q^T A is upper triangular with a positive diagonal: that determines Q.
    constexpr std::int64_t rows = 9, columns = 6;
    const std::vector<double> q = values_of(orthogonal(), {rows, columns});
    for (std::int64_t i = 0; i < columns; ++i)
        for (std::int64_t j = 0; j < columns; ++j) {
            double r = 0;
            for (std::int64_t k = 0; k < rows; ++k)
                r += q[static_cast<std::size_t>(k * columns + i)] *
                     random_stream(key, k * columns + j).normal();
            CAPTURE(i, j);
            if (i == j) CHECK(r > 0);
            if (i > j) CHECK(std::fabs(r) < 1e-13);
        }
    // The sign is not favoured: a 1 x 1 matrix is 1 or -1.
    int positive = 0;
    for (int i = 0; i < 1000; ++i) {
        const double x = values_of(orthogonal(), {1, 1}, {1, std::to_string(i)})[0];
        REQUIRE(std::fabs(x) == 1);
        positive += x > 0;
    }
    CHECK(positive == Approx(500).margin(4 * std::sqrt(250.0)));
}
