// SPDX-License-Identifier: BSL-1.0
#include <ambit/kernels/arrays/pad.hpp>

#include "../support.hpp"

#include <catch2/catch.hpp>

#include <bit>

using namespace ambit;
using namespace ambit::contract_parts;
using namespace ambit::kernel_parts;
using namespace kernel_test;

namespace {

template <class T, class Geometry> bool is_right(Geometry geometry) {
    const pad_geometry g = value_of(geometry);
    std::int64_t count = 1, padded = 1;
    std::int64_t extent[max_rank] = {};
    for (std::int64_t d = 0; d < g.rank; ++d) {
        extent[d] = g.before[d] + g.extent[d] + (g.extent[d] - 1) * g.between[d] + g.after[d];
        count *= g.extent[d];
        padded *= extent[d];
    }
    operand<T> x(count);
    for (std::int64_t i = 0; i < count; ++i) x[i] = static_cast<T>(i + 10);
    std::vector<T> wanted(static_cast<std::size_t>(padded), static_cast<T>(std::bit_cast<double>(g.value)));
    for (std::int64_t i = 0; i < count; ++i) {
        std::int64_t to = 0, step = 1, left = i;
        for (std::int64_t d = g.rank - 1; d >= 0; --d) {
            to += (g.before[d] + left % g.extent[d] * (g.between[d] + 1)) * step;
            left /= g.extent[d];
            step *= extent[d];
        }
        wanted[static_cast<std::size_t>(to)] = x[i];
    }
    guarded<T> out(padded);
    pad(geometry, static_cast<const T*>(x.data()), out.data());
    for (std::int64_t i = 0; i < padded; ++i)
        if (out[i] != wanted[static_cast<std::size_t>(i)]) return false;
    return out.is_intact();
}

constexpr std::int64_t one = std::bit_cast<std::int64_t>(1.0);

}  // namespace

TEMPLATE_TEST_CASE("pad, rows of every length", "[kernels][pad]", float, double, std::int32_t, std::uint8_t) {
    for (std::int64_t n = 1; n <= 37; ++n) {
        CAPTURE(n);
        CHECK(is_right<TestType>(pad_geometry{1, {n}, {2}, {0}, {3}, one}));
        CHECK(is_right<TestType>(pad_geometry{1, {n}, {0}, {2}, {1}, 0}));
        CHECK(is_right<TestType>(pad_geometry{1, {3}, {n}, {0}, {n + 1}, one}));
        CHECK(is_right<TestType>(pad_geometry{2, {3, n}, {1, 0}, {0, 0}, {2, 1}, one}));
        CHECK(is_right<TestType>(pad_geometry{2, {3, n}, {0, 1}, {2, 1}, {1, 0}, 0}));
    }
}

TEST_CASE("pad, many axes", "[kernels][pad]") {
    CHECK(is_right<float>(pad_geometry{}));
    CHECK(is_right<float>(pad_geometry{4, {2, 3, 2, 4}, {1, 0, 2, 0}, {0, 1, 0, 2}, {0, 2, 1, 0}, one}));
    CHECK(is_right<double>(pad_geometry{8, {1, 2, 1, 2, 1, 2, 1, 2}, {1, 0, 1, 0, 1, 0, 1, 0}, {0, 1, 0, 1, 0, 1, 0, 1},
                                        {0, 1, 0, 1, 0, 1, 0, 1}, one}));
}

TEST_CASE("pad, static extents", "[kernels][pad]") {
    CHECK(is_right<float>(static_value<pad_geometry{1, {17}, {4}, {0}, {3}, one}>{}));
    CHECK(is_right<double>(static_value<pad_geometry{2, {4, 5}, {0, 1}, {3, 2}, {1, 0}, 0}>{}));
    CHECK(is_right<std::uint16_t>(static_value<pad_geometry{2, {2, 3}, {1, 1}, {0, 0}, {1, 1}, one}>{}));
    CHECK(is_right<std::int64_t>(static_value<pad_geometry{3, {2, 2, 3}, {0, 2, 0}, {1, 0, 0}, {0, 1, 2}, one}>{}));
}
