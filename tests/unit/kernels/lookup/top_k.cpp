// SPDX-License-Identifier: BSL-1.0
#include <ambit/kernels/lookup/top_k.hpp>

#include "../support.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <numeric>

using namespace ambit;
using namespace ambit::op_parts;
using namespace ambit::kernel_parts;
using namespace kernel_test;

namespace {

template <class T, class Geometry> bool is_right(Geometry geometry) {
    const pick_geometry g = value_of(geometry);
    operand<T> x(g.rows * g.extent);
    // Floats with many equals among them.
    if constexpr (std::is_floating_point_v<T>)
        for (std::int64_t i = 0; i < g.rows * g.extent; i += 2) x[i] = std::round(x[i] * 4);
    guarded<std::int32_t> out(g.rows * g.count);
    top_k(geometry, static_cast<const T*>(x.data()), out.data());
    bool right = out.is_intact();
    for (std::int64_t row = 0; row < g.rows; ++row) {
        std::vector<std::int32_t> order(static_cast<std::size_t>(g.extent));
        std::iota(order.begin(), order.end(), 0);
        std::stable_sort(order.begin(), order.end(), [&](std::int32_t a, std::int32_t b) {
            return x[row * g.extent + a] > x[row * g.extent + b];
        });
        for (std::int64_t j = 0; j < g.count; ++j)
            right = right && out[row * g.count + j] == order[static_cast<std::size_t>(j)];
    }
    return right;
}

}  // namespace

TEMPLATE_TEST_CASE("the k largest, in order, first of equals first", "[kernels][top_k]", float, double, std::int32_t,
                   std::int64_t, std::uint8_t) {
    for (std::int64_t n = 1; n <= 24; ++n)
        for (std::int64_t k = 1; k <= n; ++k) {
            CAPTURE(n, k);
            CHECK(is_right<TestType>(pick_geometry{3, n, k}));
        }
    for (std::int64_t n = 25; n <= 140; ++n) CHECK(is_right<TestType>(pick_geometry{2, n, 3}));
    CHECK(is_right<TestType>(pick_geometry{2, 1000, 5}));
    CHECK(is_right<TestType>(pick_geometry{2, 1000, 500}));
    CHECK(is_right<TestType>(static_value<pick_geometry{4, 10, 3}>{}));
}

TEST_CASE("NaN is the largest, infinities are ordinary", "[kernels][top_k]") {
    constexpr float infinity = std::numeric_limits<float>::infinity(), nan = std::numeric_limits<float>::quiet_NaN();
    const std::vector<float> x{1, nan, -infinity, infinity, nan, 2};
    std::vector<std::int32_t> out(6);
    top_k(pick_geometry{1, 6, 6}, x.data(), out.data());
    CHECK(out == std::vector<std::int32_t>{1, 4, 3, 5, 0, 2});
    top_k(pick_geometry{1, 6, 1}, x.data(), out.data());
    CHECK(out[0] == 1);
    for (std::size_t at = 0; at < 100; ++at) {
        std::vector<float> row(100, 1);
        row[at] = nan;
        row[99] = at < 99 ? infinity : nan;
        top_k(pick_geometry{1, 100, 2}, row.data(), out.data());
        CHECK(out[0] == static_cast<std::int32_t>(at));
        CHECK(out[1] == (at < 99 ? 99 : 0));
    }
}

TEST_CASE("elements by number, and back", "[kernels][top_k]") {
    const std::vector<double> x{1, 2, 3, 4, 5, 6};
    const std::vector<std::int64_t> indices{2, 2, 0, -1, 1, 3, 1, 0};
    std::vector<double> out(8);
    batch_gather(pick_geometry{2, 3, 4}, x.data(), indices.data(), out.data());
    CHECK(std::vector<double>(out.begin(), out.begin() + 3) == std::vector<double>{3, 3, 1});
    CHECK(std::isnan(out[3]));
    CHECK(out[4] == 5);
    CHECK(std::isnan(out[5]));
    CHECK(out[6] == 5);
    CHECK(out[7] == 4);
    const std::vector<double> updates{1, 10, 100, 1000, 2, 20, 200, 2000};
    std::vector<double> rows(6, -1);
    batch_scatter(pick_geometry{2, 3, 4}, indices.data(), updates.data(), static_cast<double*>(nullptr), rows.data());
    CHECK(rows == std::vector<double>{100, 0, 11, 2000, 202, 0});
    const std::vector<std::uint8_t> bytes{7, 8, 9};
    const std::vector<std::int32_t> beyond{1, 3};
    std::vector<std::uint8_t> taken(2, 5);
    batch_gather(pick_geometry{1, 3, 2}, bytes.data(), beyond.data(), taken.data());
    CHECK(taken == std::vector<std::uint8_t>{8, 0});
}

TEST_CASE("a million updates of one element", "[kernels][top_k]") {
    constexpr pick_geometry g{2, 3, 1'000'000};
    const std::vector<std::int32_t> indices(2'000'000, 1);
    const std::vector<float> updates(indices.size(), 0.7f);
    std::vector<float> scratch(static_cast<std::size_t>(scatter_scratch(g))), rows(6);
    batch_scatter(g, indices.data(), updates.data(), scratch.data(), rows.data());
    CHECK(is_sum_of_equals(rows[1], 0.7f, 1'000'000));
    CHECK(is_sum_of_equals(rows[4], 0.7f, 1'000'000));
    CHECK(rows[0] + rows[2] + rows[3] + rows[5] == 0);
}
