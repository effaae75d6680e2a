// SPDX-License-Identifier: BSL-1.0
#include <ambit/kernels/reductions/reduce.hpp>
#include <ambit/kernels/vectors/scalar.hpp>

#include "../support.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>
#include <limits>

using namespace ambit;
using namespace ambit::contract_parts;
using namespace ambit::kernel_parts;
using namespace kernel_test;

namespace {

constexpr std::int64_t count_of(const reduce_geometry& g, bool kept_only) {
    std::int64_t count = 1;
    for (std::int64_t axis = 0; axis < g.rank; ++axis)
        if (!kept_only || g.reduced[axis] == 0) count *= g.extent[axis];
    return count;
}

template <class T, class Geometry, class Combine> bool is_right(Geometry geometry, Combine combine) {
    const reduce_geometry g = value_of(geometry);
    const std::int64_t all = count_of(g, false), kept = count_of(g, true);
    const operand<T> x(all);
    guarded<T> out(kept);
    reduce(geometry, x.data(), out.data(), combine);
    std::vector<accumulator<T>> in, wanted(static_cast<std::size_t>(kept)), magnitude(wanted.size());
    for (std::int64_t i = 0; i < all; ++i) in.push_back(x[i]);
    scalar::reduce<accumulator<T>>(g, in.data(), wanted.data(), combine);
    for (auto& e : in) e = e < 0 ? -e : e;
    scalar::reduce<accumulator<T>>(g, in.data(), magnitude.data(), combine);
    bool right = out.is_intact();
    for (std::int64_t i = 0; i < kept; ++i) {
        const auto at = static_cast<std::size_t>(i);
        const auto exact = std::is_integral_v<T> ? static_cast<double>(static_cast<T>(wanted[at]))
                                                 : static_cast<double>(wanted[at]);
        right = right && is_close<T>(out[i], exact, static_cast<double>(magnitude[at]), all / kept);
    }
    return right;
}

template <class T, class Geometry> bool all_right(Geometry g) {
    return is_right<T>(g, sum{}) && is_right<T>(g, mean{}) && is_right<T>(g, maximum{}) &&
           is_right<T>(g, minimum{});
}

}  // namespace

TEMPLATE_TEST_CASE("reduce, run-time extents, every length", "[kernels][reduce]", float, double, std::int32_t,
                   std::uint8_t) {
    for (std::int64_t n = 1; n <= 70; ++n) {
        CAPTURE(n);
        CHECK(all_right<TestType>(reduce_geometry{1, {n}, {1}}));
        CHECK(all_right<TestType>(reduce_geometry{2, {3, n}, {0, 1}}));
        CHECK(all_right<TestType>(reduce_geometry{2, {3, n}, {1, 0}}));
        CHECK(all_right<TestType>(reduce_geometry{3, {2, 3, n}, {0, 1, 0}}));
    }
    CHECK(all_right<TestType>(reduce_geometry{1, {1000}, {1}}));
    CHECK(all_right<TestType>(reduce_geometry{0, {}, {}}));
    CHECK(all_right<TestType>(reduce_geometry{1, {7}, {0}}));
    CHECK(all_right<TestType>(reduce_geometry{4, {3, 5, 4, 19}, {1, 0, 1, 0}}));
    CHECK(all_right<TestType>(reduce_geometry{4, {3, 5, 4, 19}, {0, 1, 0, 1}}));
    CHECK(all_right<TestType>(reduce_geometry{5, {2, 3, 2, 3, 17}, {1, 0, 1, 0, 1}}));
    CHECK(all_right<TestType>(reduce_geometry{5, {2, 3, 2, 3, 17}, {0, 1, 0, 1, 0}}));
}

TEMPLATE_TEST_CASE("reduce, static extents", "[kernels][reduce]", float, std::int32_t) {
    CHECK(all_right<TestType>(static_value<reduce_geometry{1, {10}, {1}}>{}));
    CHECK(all_right<TestType>(static_value<reduce_geometry{2, {5, 133}, {0, 1}}>{}));
    CHECK(all_right<TestType>(static_value<reduce_geometry{2, {5, 133}, {1, 0}}>{}));
    CHECK(is_right<TestType>(static_value<reduce_geometry{3, {3, 4, 10}, {1, 0, 1}}>{}, sum{}));
}

TEST_CASE("product of a few", "[kernels][reduce]") {
    CHECK(is_right<double>(reduce_geometry{2, {4, 9}, {0, 1}}, product{}));
    CHECK(is_right<double>(reduce_geometry{2, {4, 9}, {1, 0}}, product{}));
    CHECK(is_right<std::int32_t>(reduce_geometry{2, {4, 5}, {0, 1}}, product{}));
}

TEST_CASE("any and all of flags, at every place", "[kernels][reduce]") {
    for (std::int64_t n = 1; n <= 70; ++n)
        for (std::int64_t odd = -1; odd < n; ++odd) {
            CAPTURE(n, odd);
            std::vector<unsigned char> bytes(static_cast<std::size_t>(n), 0), turned(bytes.size(), 1);
            if (odd >= 0) bytes[static_cast<std::size_t>(odd)] = 1, turned[static_cast<std::size_t>(odd)] = 0;
            const auto* const one = reinterpret_cast<const bool*>(bytes.data());
            const auto* const others = reinterpret_cast<const bool*>(turned.data());
            bool any = odd < 0, all = odd >= 0, each[70] = {};
            reduce(reduce_geometry{1, {n}, {1}}, one, &any, logical_or{});
            reduce(reduce_geometry{1, {n}, {1}}, others, &all, logical_and{});
            reduce(reduce_geometry{2, {1, n}, {1, 0}}, one, each, logical_or{});
            REQUIRE(any == (odd >= 0));
            REQUIRE(all == (odd < 0));
            for (std::int64_t i = 0; i < n; ++i) REQUIRE(each[i] == (i == odd));
        }
}

TEST_CASE("mean of bytes does not wrap", "[kernels][reduce]") {
    const std::vector<std::uint8_t> x(100, 250);
    std::uint8_t out = 0;
    reduce(reduce_geometry{1, {100}, {1}}, x.data(), &out, mean{});
    CHECK(out == 250);
}

TEST_CASE("a NaN at any place is the maximum and the minimum", "[kernels][reduce]") {
    for (std::size_t n : {1u, 5u, 16u, 33u, 300u})
        for (std::size_t at = 0; at < n; ++at) {
            std::vector<float> x(n, 2.0f), column(n * 3, 2.0f);
            x[at] = std::numeric_limits<float>::quiet_NaN();
            column[at * 3 + 1] = x[at];
            float most = 0, least = 0, out[3] = {};
            const auto length = static_cast<std::int64_t>(n);
            reduce(reduce_geometry{1, {length}, {1}}, x.data(), &most, maximum{});
            reduce(reduce_geometry{1, {length}, {1}}, x.data(), &least, minimum{});
            reduce(reduce_geometry{2, {length, 3}, {1, 0}}, column.data(), out, maximum{});
            REQUIRE(std::isnan(most));
            REQUIRE(std::isnan(least));
            REQUIRE(out[0] == 2.0f);
            REQUIRE(std::isnan(out[1]));
        }
}

TEST_CASE("infinities are ordinary extremes", "[kernels][reduce]") {
    const float infinity = std::numeric_limits<float>::infinity();
    const std::vector<float> low(20, -infinity), high(20, infinity);
    float out = 0;
    reduce(reduce_geometry{1, {20}, {1}}, low.data(), &out, maximum{});
    CHECK(out == -infinity);
    reduce(reduce_geometry{1, {20}, {1}}, high.data(), &out, minimum{});
    CHECK(out == infinity);
}

TEST_CASE("sums of very many elements, along every axis", "[kernels][reduce]") {
    constexpr std::int64_t n = 300'007;
    std::vector<float> x(static_cast<std::size_t>(n) * 5), out(8);
    const auto check = [&](auto geometry, float term, std::int64_t results) {
        const std::int64_t terms = count_of(value_of(geometry), false) / results;
        reduce(geometry, x.data(), out.data(), sum{});
        for (std::int64_t i = 0; i < results; ++i) REQUIRE(is_sum_of_equals(out[std::size_t(i)], term, terms));
        reduce(geometry, x.data(), out.data(), mean{});
        for (std::int64_t i = 0; i < results; ++i) REQUIRE(is_sum_of_equals(out[std::size_t(i)], term, 1));
    };
    for (const float term : unround) {
        CAPTURE(term);
        std::fill(x.begin(), x.end(), term);
        check(reduce_geometry{1, {n}, {1}}, term, 1);
        check(reduce_geometry{2, {4, n}, {0, 1}}, term, 4);
        check(reduce_geometry{2, {n, 5}, {1, 0}}, term, 5);
        check(reduce_geometry{3, {2, n, 2}, {0, 1, 0}}, term, 4);
        check(reduce_geometry{3, {n / 7, 5, 7}, {1, 0, 1}}, term, 5);         // short runs, most of them a part of a vector
        check(reduce_geometry{4, {n / 8, 2, 4, 4}, {1, 0, 1, 0}}, term, 8);
        check(static_value<reduce_geometry{1, {n}, {1}}>{}, term, 1);
        check(static_value<reduce_geometry{2, {n, 5}, {1, 0}}>{}, term, 5);
    }
}

TEST_CASE("both worlds put sums away after the same steps", "[kernels][reduce]") {
    const operand<float> x(5 * 9000);
    const auto are_same = [&](auto geometry) {
        guarded<float> a(5), b(5);
        reduce(geometry, x.data(), a.data(), sum{});
        reduce(value_of(geometry), x.data(), b.data(), sum{});
        return are_identical(a, b);
    };
    CHECK(are_same(static_value<reduce_geometry{2, {5, 128}, {0, 1}}>{}));
    CHECK(are_same(static_value<reduce_geometry{2, {5, 9000}, {0, 1}}>{}));
    CHECK(are_same(static_value<reduce_geometry{2, {64, 5}, {1, 0}}>{}));
    CHECK(are_same(static_value<reduce_geometry{2, {65, 5}, {1, 0}}>{}));
    CHECK(are_same(static_value<reduce_geometry{3, {64, 5, 128}, {1, 0, 1}}>{}));
    CHECK(are_same(static_value<reduce_geometry{3, {65, 5, 129}, {1, 0, 1}}>{}));
}

TEMPLATE_TEST_CASE("a mean of finite elements is finite", "[kernels][reduce]", float, double) {
    constexpr TestType largest = (std::numeric_limits<TestType>::max)();
    constexpr TestType infinity = std::numeric_limits<TestType>::infinity();
    constexpr auto epsilon = static_cast<long double>(std::numeric_limits<TestType>::epsilon());
    const auto means_of = [](const reduce_geometry& g, const std::vector<TestType>& x) {
        guarded<TestType> out(count_of(g, true));
        reduce(g, x.data(), out.data(), mean{});
        CHECK(out.is_intact());
        return std::vector<TestType>(out.data(), out.data() + out.size());
    };
    for (const std::int64_t n : {2, 3, 8, 37, 64, 1000})
        for (const reduce_geometry& g : {reduce_geometry{2, {35, n}, {0, 1}}, reduce_geometry{2, {n, 35}, {1, 0}},
                                         reduce_geometry{3, {2, 35, n / 2}, {1, 0, 1}}}) {
            CAPTURE(n, g.rank);
            const auto all = static_cast<std::size_t>(count_of(g, false));
            for (const TestType element : {largest, -largest, largest / 3 * TestType(2.9)})
                for (const TestType m : means_of(g, std::vector<TestType>(all, element)))
                    CHECK(std::fabs(static_cast<long double>(m) / element - 1) <= 16 * epsilon);

            // Of both signs: partial sums overflow in both directions.
            std::vector<TestType> x(all);
            for (std::size_t i = 0; i < all; ++i) x[i] = largest * (i % 11 < 7 ? TestType(0.875) : TestType(-0.75));
            std::vector<long double> wide(x.begin(), x.end()), wanted(35);
            scalar::reduce<long double>(g, wide.data(), wanted.data(), mean{});
            const auto means = means_of(g, x);
            for (std::size_t r = 0; r < 35; ++r)
                CHECK(std::fabs(static_cast<long double>(means[r]) - wanted[r]) <= 16 * epsilon * largest);

            // What is not finite is seen, in its own result alone.
            x.assign(all, -largest);
            x[0] = infinity;
            const auto seen = means_of(g, x);
            CHECK(seen[0] == infinity);
            CHECK(std::count_if(seen.begin(), seen.end(), [](TestType m) { return std::isfinite(m); }) == 34);
            x[0] = std::numeric_limits<TestType>::quiet_NaN();
            CHECK(std::isnan(means_of(g, x)[0]));
        }
}
