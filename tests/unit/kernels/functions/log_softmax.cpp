// SPDX-License-Identifier: BSL-1.0
#include <ambit/kernels/functions/log_softmax.hpp>

#include "../support.hpp"

#include <catch2/catch.hpp>

using namespace ambit;
using namespace ambit::contract_parts;
using namespace ambit::kernel_parts;
using namespace kernel_test;

namespace {

template <class T, class Geometry> bool is_right(Geometry geometry, T scale = T(1)) {
    const axis_geometry g = value_of(geometry);
    const std::int64_t count = g.outer * g.extent * g.inner;
    operand<T> x(count);
    for (std::int64_t i = 0; i < count; ++i) x[i] *= scale;
    guarded<T> out(count);
    log_softmax(geometry, static_cast<const T*>(x.data()), out.data());
    bool right = out.is_intact();
    for (std::int64_t o = 0; o < g.outer; ++o)
        for (std::int64_t i = 0; i < g.inner; ++i) {
            const auto at = [&](std::int64_t e) { return (o * g.extent + e) * g.inner + i; };
            long double largest = x[at(0)], sum = 0;
            for (std::int64_t e = 1; e < g.extent; ++e) largest = std::max<long double>(largest, x[at(e)]);
            for (std::int64_t e = 0; e < g.extent; ++e) sum += std::exp(static_cast<long double>(x[at(e)]) - largest);
            for (std::int64_t e = 0; e < g.extent; ++e) {
                const long double exact = (static_cast<long double>(x[at(e)]) - largest) - std::log(sum);
                // The argument of each power carries |x - max| ulp, the sum `extent` of them.
                const auto terms = 8 + static_cast<long double>(scale) + 2 * static_cast<long double>(g.extent);
                const auto epsilon = static_cast<long double>(std::numeric_limits<T>::epsilon());
                const long double bound = terms * epsilon * (1 + std::fabs(exact));
                right = right && std::fabs(static_cast<long double>(out[at(e)]) - exact) <= bound;
            }
        }
    return right;
}

}  // namespace

TEMPLATE_TEST_CASE("log_softmax, run-time extents, every length", "[kernels][softmax]", float, double) {
    for (std::int64_t n = 1; n <= 70; ++n) {
        CAPTURE(n);
        CHECK(is_right<TestType>(axis_geometry{3, n, 1}));
        CHECK(is_right<TestType>(axis_geometry{2, 5, n}));
        CHECK(is_right<TestType>(axis_geometry{1, n, 3}));
        CHECK(is_right<TestType>(axis_geometry{2, n, 1}, TestType(300)));
    }
    CHECK(is_right<TestType>(axis_geometry{2, 1000, 1}));
}

TEMPLATE_TEST_CASE("log_softmax, static extents", "[kernels][softmax]", float, double) {
    CHECK(is_right<TestType>(static_value<axis_geometry{4, 3, 1}>{}));
    CHECK(is_right<TestType>(static_value<axis_geometry{4, 10, 1}>{}));
    CHECK(is_right<TestType>(static_value<axis_geometry{1, 100, 1}>{}));
    CHECK(is_right<TestType>(static_value<axis_geometry{2, 7, 9}>{}));
}

TEST_CASE("log_softmax in place, of what softmax makes zero, of NaN", "[kernels][softmax]") {
    constexpr float infinity = std::numeric_limits<float>::infinity();
    std::vector<float> x{1000, 0, -infinity};
    log_softmax(axis_geometry{1, 3, 1}, x.data(), x.data());
    CHECK(x == std::vector<float>{0, -1000, -infinity});
    for (const float bad : {std::numeric_limits<float>::quiet_NaN(), infinity}) {
        std::vector<float> rows(40, 1.0f);
        rows[17] = bad;
        log_softmax(axis_geometry{2, 20, 1}, rows.data(), rows.data());
        for (std::size_t i = 0; i < 20; ++i) CHECK(std::isnan(rows[i]));
        for (std::size_t i = 20; i < 40; ++i) CHECK(rows[i] == Approx(-std::log(20.0)));
        std::vector<float> columns(40, 1.0f);
        columns[17] = bad;
        log_softmax(axis_geometry{1, 2, 20}, columns.data(), columns.data());
        for (std::size_t i = 0; i < 40; ++i) CHECK(std::isnan(columns[i]) == (i % 20 == 17));
    }
}

TEST_CASE("log_softmax of very many", "[kernels][softmax]") {
    constexpr std::int64_t n = 200'003;
    const std::vector<float> x(n * 3, 0.7f);
    for (const axis_geometry& g : {axis_geometry{3, n, 1}, axis_geometry{1, n, 3}}) {
        std::vector<float> out(x.size());
        log_softmax(g, x.data(), out.data());
        for (std::size_t i = 0; i < out.size(); i += 10'003) CHECK(std::fabs(double(out[i]) + std::log(double(n))) < 3e-6);
    }
}
