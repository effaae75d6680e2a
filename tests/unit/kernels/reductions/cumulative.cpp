// SPDX-License-Identifier: BSL-1.0
#include <ambit/contract/rows.hpp>
#include <ambit/kernels/reductions/cumulative.hpp>

#include "../support.hpp"

#include <catch2/catch.hpp>

using namespace ambit;
using namespace ambit::contract_parts;
using namespace ambit::kernel_parts;
using namespace kernel_test;

namespace {

// One element after the other; in the same order, hence equal bits.
template <class T, class Geometry, class Combine> bool is_right(Geometry geometry, Combine combine) {
    const cumulative_geometry g = value_of(geometry);
    const std::int64_t count = g.outer * g.extent * g.inner;
    operand<T> x(count);
    guarded<T> out(count);
    cumulative(geometry, static_cast<const T*>(x.data()), out.data(), combine);
    bool right = out.is_intact();
    for (std::int64_t o = 0; o < g.outer; ++o)
        for (std::int64_t i = 0; i < g.inner; ++i)
            for (std::int64_t last = 0; last < g.extent; ++last) {
                T total = combine.template identity<T>();
                const std::int64_t factors = last + (g.exclusive != 0 ? 0 : 1);
                const auto at = [&](std::int64_t e) {
                    return (o * g.extent + (g.reverse != 0 ? g.extent - 1 - e : e)) * g.inner + i;
                };
                for (std::int64_t e = 0; e < factors; ++e) total = combine(total, x[at(e)]);
                right = right && std::memcmp(&out[at(last)], &total, sizeof(T)) == 0;
            }
    return right;
}

template <class T> bool all_right(std::int64_t outer, std::int64_t extent, std::int64_t inner) {
    bool right = true;
    for (std::int32_t exclusive : {0, 1})
        for (std::int32_t reverse : {0, 1}) {
            const cumulative_geometry g{outer, extent, inner, exclusive, reverse};
            right = right && is_right<T>(g, sum{}) && is_right<T>(g, product{});
        }
    return right;
}

}  // namespace

TEMPLATE_TEST_CASE("running sums and products, every length", "[kernels][cumulative]", float, double, std::int32_t,
                   std::int64_t, std::uint8_t) {
    for (std::int64_t n = 1; n <= 40; ++n) {
        CAPTURE(n);
        CHECK(all_right<TestType>(1, n, 1));
        CHECK(all_right<TestType>(n, 7, 1));
        CHECK(all_right<TestType>(2, 5, n));
    }
    CHECK(is_right<TestType>(static_value<cumulative_geometry{6, 10, 1, 0, 0}>{}, sum{}));
    CHECK(is_right<TestType>(static_value<cumulative_geometry{2, 10, 19, 1, 1}>{}, sum{}));
}

TEST_CASE("running sums in place; a NaN spoils what comes behind it", "[kernels][cumulative]") {
    constexpr float not_a_number = std::numeric_limits<float>::quiet_NaN();
    for (std::int32_t exclusive : {0, 1}) {
        std::vector<float> x{1, 2, not_a_number, 4};
        cumulative(cumulative_geometry{1, 4, 1, exclusive, 0}, x.data(), x.data(), sum{});
        CHECK(x[0] == (exclusive != 0 ? 0.0f : 1.0f));
        CHECK(x[1] == (exclusive != 0 ? 1.0f : 3.0f));
        CHECK(std::isnan(x[2]) == (exclusive == 0));
        CHECK(std::isnan(x[3]));
    }
}

TEST_CASE("the gradient of running products, zeros among them", "[kernels][cumulative]") {
    // x = 2, 0, 3: products 2, 0, 0 with weights 1, 10, 100.
    const std::vector<double> x{2, 0, 3}, up{1, 10, 100};
    const auto of = [&](std::int32_t exclusive, std::int32_t reverse) {
        std::vector<double> out(3);
        cumulative_product_gradient(cumulative_geometry{1, 3, 1, exclusive, reverse}, x.data(), up.data(), out.data());
        return out;
    };
    // a + 10 ab + 100 abc: 1 + 10 b + 100 bc, 10 a + 100 ac, 100 ab.
    CHECK(of(0, 0) == std::vector<double>{1, 620, 0});
    // 1 + 10 a + 100 ab: 10 + 100 b, 100 a, 0.
    CHECK(of(1, 0) == std::vector<double>{10, 200, 0});
    // abc + 10 bc + 100 c: bc, ac + 10 c, ab + 10 b + 100.
    CHECK(of(0, 1) == std::vector<double>{0, 36, 100});
    // bc + 10 c + 100: 0, c, b + 10.
    CHECK(of(1, 1) == std::vector<double>{0, 3, 10});
}

TEST_CASE("running sums of very many", "[kernels][cumulative]") {
    constexpr std::int64_t n = 200'003;
    for (const float term : unround)
        for (const axis_geometry& it : {axis_geometry{1, n, 1}, axis_geometry{1, n, 2}, axis_geometry{5, n, 1}})
            for (const std::int32_t reverse : {0, 1}) {
                const cumulative_geometry g{it.outer, n, it.inner, 0, reverse};
                const std::vector<float> x(std::size_t(g.outer * n * g.inner), term);
                std::vector<float> out(x.size());
                cumulative(g, x.data(), out.data(), sum{});
                for (std::int64_t i = 0; i < std::int64_t(out.size()); i += 9'999) {
                    const std::int64_t e = i / g.inner % n;
                    REQUIRE(is_sum_of_equals(out[std::size_t(i)], term, reverse != 0 ? n - e : e + 1));
                }
            }
}
