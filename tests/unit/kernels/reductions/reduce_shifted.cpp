// SPDX-License-Identifier: BSL-1.0
#include <ambit/kernels/reductions/reduce_shifted.hpp>

#include "../support.hpp"

#include <catch2/catch.hpp>

using namespace ambit;
using namespace ambit::contract_parts;
using namespace ambit::kernel_parts;
using namespace kernel_test;

namespace {

// The elements of each result.
template <class T> std::vector<std::vector<long double>> split(const reduce_geometry& g, const operand<T>& x) {
    std::int64_t all = 1;
    for (std::int64_t axis = 0; axis < g.rank; ++axis) all *= g.extent[axis];
    std::vector<std::vector<long double>> results;
    for (std::int64_t i = 0; i < all; ++i) {
        std::int64_t left = i, owner = 0, step = 1;
        for (std::int64_t axis = g.rank - 1; axis >= 0; --axis) {
            if (!g.reduced[axis]) owner += left % g.extent[axis] * step, step *= g.extent[axis];
            left /= g.extent[axis];
        }
        if (results.size() <= static_cast<std::size_t>(owner)) results.resize(static_cast<std::size_t>(owner) + 1);
        results[static_cast<std::size_t>(owner)].push_back(x[i]);
    }
    return results;
}

template <class T, class Geometry> bool is_right(Geometry geometry, T scale = T(1), T offset = T(0)) {
    const reduce_geometry g = value_of(geometry);
    std::int64_t all = 1, kept = 1;
    for (std::int64_t axis = 0; axis < g.rank; ++axis) {
        all *= g.extent[axis];
        kept *= g.reduced[axis] ? 1 : g.extent[axis];
    }
    operand<T> x(all);
    for (std::int64_t i = 0; i < all; ++i) x[i] = x[i] * scale + offset;
    guarded<T> logs(kept), means(kept), variances(kept);
    logsumexp(geometry, static_cast<const T*>(x.data()), logs.data());
    reduce(geometry, static_cast<const T*>(x.data()), means.data(), mean{});
    variance(geometry, static_cast<const T*>(x.data()), static_cast<const T*>(means.data()), variances.data());
    bool right = logs.is_intact() && variances.is_intact();
    constexpr auto epsilon = static_cast<long double>(std::numeric_limits<T>::epsilon());
    const auto results = split(g, x);
    for (std::size_t r = 0; r < results.size(); ++r) {
        const auto at = static_cast<std::int64_t>(r);
        const auto n = static_cast<long double>(results[r].size());
        long double largest = results[r][0], powers = 0, total = 0, squares = 0, size = 0;
        for (const long double e : results[r]) largest = std::max(largest, e);
        for (const long double e : results[r]) powers += std::exp(e - largest), total += e, size += std::fabs(e);
        const long double exact_mean = total / n;
        for (const long double e : results[r]) squares += (e - exact_mean) * (e - exact_mean);
        // The argument of a power carries |x - max| ulp, the sum n of them, the result one of its own.
        const long double log_bound = epsilon * (6 + n + 2 * static_cast<long double>(scale)) +
                                      2 * epsilon * std::fabs(largest + std::log(powers));
        right = right && std::fabs(static_cast<long double>(logs[at]) - (largest + std::log(powers))) <= log_bound;
        const long double mean_error = 2 * n * epsilon * size / n;
        const long double difference_error = epsilon * (std::fabs(exact_mean) + static_cast<long double>(scale));
        const long double variance_bound =
            (2 * n + 8) * epsilon * (squares / n) + mean_error * mean_error + difference_error * difference_error;
        right = right && std::fabs(static_cast<long double>(variances[at]) - squares / n) <= variance_bound;
    }
    return right;
}

}  // namespace

TEMPLATE_TEST_CASE("logsumexp and variance, every length", "[kernels][reduce]", float, double) {
    for (std::int64_t n = 1; n <= 140; ++n) {
        CAPTURE(n);
        CHECK(is_right<TestType>(reduce_geometry{1, {n}, {1}}));
        CHECK(is_right<TestType>(reduce_geometry{2, {3, n}, {0, 1}}, TestType(40)));
        CHECK(is_right<TestType>(reduce_geometry{2, {3, n}, {1, 0}}, TestType(40)));
        CHECK(is_right<TestType>(reduce_geometry{3, {2, 3, n}, {0, 1, 0}}));
        CHECK(is_right<TestType>(reduce_geometry{2, {2, n}, {0, 1}}, TestType(1), TestType(1000)));
        CHECK(is_right<TestType>(reduce_geometry{2, {5, n}, {1, 0}}, TestType(1), TestType(1000)));
    }
    CHECK(is_right<TestType>(reduce_geometry{0, {}, {}}));
    CHECK(is_right<TestType>(reduce_geometry{1, {7}, {0}}));
    CHECK(is_right<TestType>(reduce_geometry{1, {5000}, {1}}));
    CHECK(is_right<TestType>(reduce_geometry{4, {3, 5, 4, 19}, {1, 0, 1, 0}}));
    CHECK(is_right<TestType>(reduce_geometry{4, {3, 5, 4, 19}, {0, 1, 0, 1}}));
    CHECK(is_right<TestType>(static_value<reduce_geometry{2, {5, 133}, {0, 1}}>{}));
    CHECK(is_right<TestType>(static_value<reduce_geometry{2, {5, 133}, {1, 0}}>{}));
}

TEST_CASE("powers neither overflow nor vanish, infinities and NaN stay what they are", "[kernels][reduce]") {
    constexpr float infinity = std::numeric_limits<float>::infinity();
    const auto of = [](const std::vector<float>& x, bool down) {
        const auto n = static_cast<std::int64_t>(x.size());
        float out = 0;
        logsumexp(down ? reduce_geometry{2, {n, 1}, {1, 0}} : reduce_geometry{1, {n}, {1}}, x.data(), &out);
        return out;
    };
    for (const bool down : {false, true}) {
        CHECK(of({1000, 1000}, down) == Approx(1000 + std::log(2.0)));
        CHECK(of({-1000, -1000}, down) == Approx(-1000 + std::log(2.0)));
        CHECK(of({0, -infinity}, down) == 0);
        CHECK(of({-infinity, -infinity, -infinity}, down) == -infinity);
        CHECK(of({infinity, 1}, down) == infinity);
        CHECK(std::isnan(of({infinity, std::numeric_limits<float>::quiet_NaN()}, down)));
    }
}

TEST_CASE("a variance far from 0 keeps its digits", "[kernels][reduce]") {
    const std::vector<float> x{16777216, 16777218, 16777216, 16777218};
    const float mean = 16777216;  // 16777217 is no float
    float out = 0;
    variance(reduce_geometry{1, {4}, {1}}, x.data(), &mean, &out);
    CHECK(out == 1);
    const std::vector<float> y{1e6f, 1e6f + 1, 1e6f + 2};
    const float centre = 1e6f + 1;
    variance(reduce_geometry{1, {3}, {1}}, y.data(), &centre, &out);
    CHECK(out == 2.0f / 3);
}

TEST_CASE("a variance does not suffer from what its mean is off by", "[kernels][reduce]") {
    const std::int64_t columns = 37, rows = 411;
    for (const double centre : {1e3, 1e6, 1e7, -3e6}) {
        operand<float> x(rows * columns);
        for (std::int64_t i = 0; i < rows * columns; ++i) x[i] = static_cast<float>(centre + 3 * double(x[i]));
        for (const reduce_geometry& g : {reduce_geometry{2, {rows, columns}, {1, 0}},
                                         reduce_geometry{2, {rows, columns}, {0, 1}},
                                         reduce_geometry{2, {rows, columns}, {1, 1}}}) {
            const auto results = split(g, x);
            std::vector<float> means(results.size()), out(results.size());
            reduce(g, static_cast<const float*>(x.data()), means.data(), mean{});
            variance(g, static_cast<const float*>(x.data()), means.data(), out.data());
            for (std::size_t r = 0; r < results.size(); ++r) {
                const auto n = static_cast<long double>(results[r].size());
                long double exact_mean = 0, squares = 0;
                for (const long double e : results[r]) exact_mean += e / n;
                for (const long double e : results[r]) squares += (e - exact_mean) * (e - exact_mean) / n;
                CHECK(std::fabs(out[r] - squares) <= 4e-6L * squares);
            }
        }
    }
}

TEMPLATE_TEST_CASE("elements that are large and alike have a finite variance", "[kernels][reduce]", float, double) {
    constexpr TestType largest = (std::numeric_limits<TestType>::max)();
    constexpr TestType step = std::numeric_limits<TestType>::epsilon();
    for (const reduce_geometry& g : {reduce_geometry{2, {19, 19}, {1, 0}}, reduce_geometry{2, {19, 19}, {0, 1}}}) {
        const auto variance_of = [&](const std::vector<TestType>& x) {
            std::vector<TestType> means(19), out(19);
            reduce(g, x.data(), means.data(), mean{});
            variance(g, x.data(), means.data(), out.data());
            return out;
        };
        for (const TestType element : {largest, largest / 3 * TestType(2.7), -largest / 7})
            for (const TestType v : variance_of(std::vector<TestType>(361, element))) CHECK(v == 0);
        // Of differences whose squares are too large it is infinite, and a NaN stays one.
        std::vector<TestType> x(361, largest / 2);
        x[20] = largest / 2 * (1 - 8 * step);
        x[40] = std::numeric_limits<TestType>::quiet_NaN();
        const auto out = variance_of(x);
        CHECK(std::isinf(out[1]));
        CHECK(std::isnan(out[2]));
        CHECK(out[3] == 0);
    }
}

TEST_CASE("hundreds of thousands of powers and squares", "[kernels][reduce]") {
    constexpr std::int64_t n = 300'007;
    const std::vector<float> x(static_cast<std::size_t>(n) * 3, 0.7f), means(3, 0.4f);
    std::vector<float> around = x, out(3);
    for (std::size_t i = 1; i < around.size(); i += 2) around[i] = 0.1f;
    for (const reduce_geometry& g : {reduce_geometry{2, {3, n}, {0, 1}}, reduce_geometry{2, {n, 3}, {1, 0}},
                                     reduce_geometry{3, {n / 7, 3, 7}, {1, 0, 1}}}) {
        variance(g, around.data(), means.data(), out.data());
        for (const float v : out) CHECK(is_sum_of_equals(v, (0.7f - 0.4f) * (0.7f - 0.4f), 1));
        logsumexp(g, x.data(), out.data());
        const double count = static_cast<double>(g.rank == 3 ? n / 7 * 7 : n);
        for (const float v : out) CHECK(std::fabs(double(v) - (double(0.7f) + std::log(count))) < 3e-6);
    }
}
