// SPDX-License-Identifier: BSL-1.0
#include <ambit/kernels/vectors/scalar.hpp>
#include <ambit/kernels/functions/softmax.hpp>

#include "../support.hpp"

#include <catch2/catch.hpp>

using namespace ambit;
using namespace ambit::contract_parts;
using namespace ambit::kernel_parts;
using namespace kernel_test;

namespace {

double exponential(double x) { return std::exp(x); }

template <class T, class Geometry> bool is_right(Geometry geometry, T scale = T(1)) {
    const axis_geometry g = value_of(geometry);
    const std::int64_t count = g.outer * g.extent * g.inner;
    operand<T> x(count);
    for (std::int64_t i = 0; i < count; ++i) x[i] *= scale;
    guarded<T> out(count);
    std::vector<T> wanted(static_cast<std::size_t>(count));
    softmax(geometry, static_cast<const T*>(x.data()), out.data());
    scalar::softmax(g, x.data(), wanted.data(), exponential);
    bool right = out.is_intact();
    for (std::int64_t i = 0; i < count; ++i) {
        // Relative: the exponential is good to a few ulp, its argument carries |x - max| ulp, the sum
        // `extent` of them.
        const double exact = static_cast<double>(wanted[static_cast<std::size_t>(i)]);
        const double bound = (8.0 + 4.0 * static_cast<double>(scale) + 2.0 * static_cast<double>(g.extent)) *
                             static_cast<double>(std::numeric_limits<T>::epsilon());
        right = right && std::fabs(static_cast<double>(out[i]) - exact) <=
                             bound * exact + static_cast<double>(std::numeric_limits<T>::min());
    }
    return right;
}

}  // namespace

TEMPLATE_TEST_CASE("softmax, run-time extents, every length", "[kernels][softmax]", float, double) {
    for (std::int64_t n = 1; n <= 70; ++n) {
        CAPTURE(n);
        CHECK(is_right<TestType>(axis_geometry{3, n, 1}));
        CHECK(is_right<TestType>(axis_geometry{2, 5, n}));
        CHECK(is_right<TestType>(axis_geometry{1, n, 3}));
        CHECK(is_right<TestType>(axis_geometry{2, n, 1}, TestType(300)));
    }
    CHECK(is_right<TestType>(axis_geometry{2, 1000, 1}));
}

TEMPLATE_TEST_CASE("softmax, static extents", "[kernels][softmax]", float, double) {
    CHECK(is_right<TestType>(static_value<axis_geometry{4, 3, 1}>{}));
    CHECK(is_right<TestType>(static_value<axis_geometry{4, 10, 1}>{}));
    CHECK(is_right<TestType>(static_value<axis_geometry{1, 100, 1}>{}));
    CHECK(is_right<TestType>(static_value<axis_geometry{2, 7, 9}>{}));
}

TEST_CASE("softmax in place, of huge values, of NaN", "[kernels][softmax]") {
    std::vector<float> x{1e30f, 1e30f, -1e30f, 1e30f, 1e30f};
    softmax(axis_geometry{1, 5, 1}, x.data(), x.data());
    CHECK(x == std::vector<float>{0.25f, 0.25f, 0.0f, 0.25f, 0.25f});
    std::vector<float> bad(20, 1.0f);
    bad[3] = std::numeric_limits<float>::quiet_NaN();
    softmax(axis_geometry{2, 10, 1}, bad.data(), bad.data());
    for (std::size_t i = 0; i < 10; ++i) CHECK(std::isnan(bad[i]));
    for (std::size_t i = 10; i < 20; ++i) CHECK(bad[i] == Approx(0.1));
}

TEST_CASE("softmax of very many", "[kernels][softmax]") {
    constexpr std::int64_t n = 200'003;
    std::vector<float> x(n * 3, 0.7f);
    for (std::size_t i = 0; i < x.size(); i += 2) x[i] = 0.1f;
    for (const axis_geometry& g : {axis_geometry{3, n, 1}, axis_geometry{1, n, 3}}) {
        std::vector<float> out(x.size());
        softmax(g, x.data(), out.data());
        double total[3] = {};
        for (std::size_t i = 0; i < out.size(); ++i) total[g.inner == 1 ? i / n : i % 3] += double(out[i]);
        for (const double sum : total) CHECK(std::fabs(sum - 1) < 2e-6);
    }
}
