// SPDX-License-Identifier: BSL-1.0
#include <ambit/kernels/images/window_sum.hpp>

#include "../support.hpp"

#include <catch2/catch.hpp>

using namespace ambit;
using namespace ambit::op_parts;
using namespace ambit::kernel_parts;
using namespace kernel_test;

namespace {

template <class T, class Geometry> bool is_right(Geometry geometry) {
    const window_sum_geometry g = value_of(geometry);
    const operand<T> x(g.rows * g.extent);
    guarded<T> out(g.rows * g.extent);
    window_sum(geometry, x.data(), out.data());
    bool everywhere = out.is_intact();
    for (std::int64_t i = 0; i < out.size(); ++i) {
        const std::int64_t first = i - i % g.extent;
        double wanted = 0, magnitude = 0;
        for (std::int64_t j = first; j < first + g.extent; ++j)
            if (std::abs(i - j) <= g.radius) {
                wanted += double(x[j]);
                magnitude += std::fabs(double(x[j]));
            }
        everywhere = everywhere && is_close<T>(out[i], wanted, magnitude, 2 * g.radius + 1);
    }
    return everywhere;
}

}  // namespace

TEMPLATE_TEST_CASE("window_sum, every extent and radius", "[kernels][window_sum]", float, double) {
    for (std::int64_t extent = 1; extent <= 50; ++extent)
        for (std::int64_t radius : {0, 1, 2, 5, 17, 49, 1000}) {
            CAPTURE(extent, radius);
            CHECK(is_right<TestType>(window_sum_geometry{3, extent, radius}));
        }
    CHECK(is_right<TestType>(static_value<window_sum_geometry{4, 64, 5}>{}));
    CHECK(is_right<TestType>(static_value<window_sum_geometry{2, 7, 3}>{}));
}

TEST_CASE("windows of thousands", "[kernels][window_sum]") {
    constexpr std::int64_t n = 30'000, radius = 10'000;
    for (const float term : {0.1f, 0.3f}) {
        const std::vector<float> x(n, term);
        std::vector<float> out(n);
        window_sum(window_sum_geometry{1, n, radius}, x.data(), out.data());
        for (std::int64_t i = 0; i < n; i += 99) {
            const std::int64_t terms = std::min(i + radius, n - 1) - std::max<std::int64_t>(i - radius, 0) + 1;
            REQUIRE(is_sum_of_equals(out[std::size_t(i)], term, terms));
        }
    }
}
