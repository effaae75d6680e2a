// SPDX-License-Identifier: BSL-1.0
#include <ambit/kernels/lookup/gather.hpp>

#include "../support.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <array>
#include <initializer_list>
#include <limits>

using namespace ambit;
using namespace ambit::contract_parts;
using namespace ambit::kernel_parts;
using namespace kernel_test;

namespace {

template <class T> constexpr T* no_scratch = nullptr;

// Places inside, twice, before and behind.
template <class Index> std::vector<Index> places(const gather_geometry& g) {
    std::vector<Index> all;
    for (std::int64_t i = 0; i < g.count; ++i) all.push_back(static_cast<Index>(i * 5 % (g.extent + 2) - 1));
    return all;
}

template <class T, class Index, class Geometry> bool gathers(Geometry geometry) {
    const gather_geometry g = value_of(geometry);
    const std::vector<Index> at = places<Index>(g);
    const operand<T> x(g.outer * g.extent * g.inner);
    guarded<T> out(g.outer * g.count * g.inner);
    gather(geometry, x.data(), at.data(), out.data());
    for (std::int64_t i = 0; i < out.size(); ++i) {
        const std::int64_t o = i / (g.count * g.inner), e = i % g.inner;
        const std::int64_t place = at[static_cast<std::size_t>(i / g.inner % g.count)];
        const bool is_inside = place >= 0 && place < g.extent;
        if (out[i] != (is_inside ? x[(o * g.extent + place) * g.inner + e] : T(0))) return false;
    }
    return out.is_intact();
}

// Into zeros, or into an array that is added to.
template <class T, class Index, class Geometry> bool scatters(Geometry geometry, bool into_zeros) {
    const gather_geometry g = value_of(geometry);
    const std::vector<Index> at = places<Index>(g);
    const operand<T> updates(g.outer * g.count * g.inner), x(g.outer * g.extent * g.inner, 5);
    guarded<T> out(g.outer * g.extent * g.inner);
    scratch_memory<T> scratch(scatter_scratch(g));
    if (into_zeros) scatter(geometry, updates.data(), at.data(), scratch.data(), out.data());
    else scatter_add(geometry, x.data(), at.data(), updates.data(), scratch.data(), out.data());
    for (std::int64_t i = 0; i < out.size(); ++i) {
        const std::int64_t o = i / (g.extent * g.inner), place = i / g.inner % g.extent, e = i % g.inner;
        T sum = into_zeros ? T(0) : x[i];
        for (std::int64_t k = 0; k < g.count; ++k)
            if (static_cast<std::int64_t>(at[static_cast<std::size_t>(k)]) == place)
                sum = static_cast<T>(sum + updates[(o * g.count + k) * g.inner + e]);
        if (out[i] != sum) return false;
    }
    return out.is_intact();
}

template <class T, class Geometry> void check(Geometry geometry) {
    CHECK(gathers<T, std::int32_t>(geometry));
    CHECK(gathers<T, std::int64_t>(geometry));
    CHECK(scatters<T, std::int32_t>(geometry, true));
    CHECK(scatters<T, std::int64_t>(geometry, true));
    CHECK(scatters<T, std::int32_t>(geometry, false));
    CHECK(scatters<T, std::int64_t>(geometry, false));
}

}  // namespace

TEMPLATE_TEST_CASE("gather and scatter, slices of every length", "[kernels][gather]", float, double, std::int32_t,
                   std::int64_t, std::uint8_t) {
    for (std::int64_t n = 1; n <= 37; ++n) {
        CAPTURE(n);
        check<TestType>(gather_geometry{1, 4, n, 7});
        check<TestType>(gather_geometry{n, 3, 1, 5});
        check<TestType>(gather_geometry{3, n, 2, n + 1});
    }
}

TEST_CASE("gather and scatter, static extents", "[kernels][gather]") {
    check<float>(static_value<gather_geometry{1, 100, 64, 32}>{});
    check<double>(static_value<gather_geometry{2, 5, 3, 4}>{});
    check<std::int32_t>(static_value<gather_geometry{4, 9, 1, 12}>{});
    CHECK(gathers<std::uint16_t, std::int32_t>(static_value<gather_geometry{1, 6, 3, 4}>{}));
}

TEST_CASE("positions far outside are outside", "[kernels][gather]") {
    const std::int64_t at[] = {std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::int64_t>::max(), 1};
    const float x[] = {1, 2, 3};
    float out[3] = {7, 7, 7};
    gather(gather_geometry{1, 3, 1, 3}, x, at, out);
    CHECK(out[0] == 0);
    CHECK(out[1] == 0);
    CHECK(out[2] == 2);
    float sums[3] = {7, 7, 7};
    scatter(gather_geometry{1, 3, 1, 3}, x, at, no_scratch<float>, sums);
    CHECK(sums[0] == 0);
    CHECK(sums[1] == 3);
    CHECK(sums[2] == 0);
}

TEST_CASE("sums of integers wrap", "[kernels][gather]") {
    const std::int32_t at[] = {0, 0};
    const std::int32_t large[] = {std::numeric_limits<std::int32_t>::max(), 2};
    std::int32_t sum = 0;
    scatter(gather_geometry{1, 1, 1, 2}, large, at, no_scratch<std::int32_t>, &sum);
    CHECK(sum == std::numeric_limits<std::int32_t>::min() + 1);
    const std::uint8_t bytes[] = {200, 100};
    std::uint8_t byte = 0;
    scatter(gather_geometry{1, 1, 1, 2}, bytes, at, no_scratch<std::uint8_t>, &byte);
    CHECK(byte == 44);
}

TEST_CASE("a million terms of a few places", "[kernels][gather]") {
    constexpr std::int64_t count = 1'000'000;
    constexpr gather_geometry g{2, 3, 2, count};
    std::vector<std::int64_t> at(count);
    for (std::size_t i = 0; i < at.size(); ++i) at[i] = i % 10 == 0 ? 2 : 0;
    const std::vector<float> x(6 * 2, 0.1f), updates(2 * 2 * count, 0.1f);
    std::vector<float> scratch(static_cast<std::size_t>(scatter_scratch(g))), out(x.size());
    scatter_add(g, x.data(), at.data(), updates.data(), scratch.data(), out.data());
    for (std::size_t i = 0; i < out.size(); ++i)
        CHECK(is_sum_of_equals(out[i], 0.1f, 1 + std::int64_t{std::array{900'000, 0, 100'000}[i / 2 % 3]}));
}

TEST_CASE("sums that are not finite stay what they are", "[kernels][gather]") {
    constexpr float infinity = std::numeric_limits<float>::infinity(), most = std::numeric_limits<float>::max();
    constexpr gather_geometry g{1, 2, 1, 100};
    std::vector<std::int32_t> at(100, 0);
    std::vector<float> updates(100, 1), scratch(2), out(2);
    const auto sum_with = [&](std::initializer_list<float> first) {
        std::copy(first.begin(), first.end(), updates.begin());
        scatter(g, updates.data(), at.data(), scratch.data(), out.data());
        return out[0];
    };
    CHECK(sum_with({infinity}) == infinity);
    CHECK(sum_with({1, -infinity}) == -infinity);
    CHECK(sum_with({most, most}) == infinity);
    CHECK(std::isnan(sum_with({infinity, -infinity})));
    CHECK(out[1] == 0);
}
