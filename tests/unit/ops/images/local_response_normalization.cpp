// SPDX-License-Identifier: BSL-1.0

#include <ambit/model/model.hpp>
#include <ambit/ops/all.hpp>

#include "../../../support/numbers.hpp"
#include "../../../support/shape_rule.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <cmath>
#include <vector>

using namespace ambit;
using namespace ambit::op_parts;
using namespace ambit_test;
using enum mistake;

TEST_CASE("neighbours are summed along the last axis of floats", "[ops]") {
    using op = window_sum_op;
    STATIC_REQUIRE(gives<op>({f32(2, 3, 4)}, {2}, f32(2, 3, 4)));
    STATIC_REQUIRE(gives<op>({f64(4)}, {0}, f64(4)));
    STATIC_REQUIRE(refuses<op>({f32(4)}, {-1}, op_option, "radius is -1: at least 0"));
    STATIC_REQUIRE(refuses<op>({i32(4)}, {1}, op_dtype, "the operand must be float32 or float64"));
    STATIC_REQUIRE(refuses<op>({f32()}, {1}, op_shape, "the operand has at least one axis"));
}

namespace {

struct normalized {
    double beta = 0.5;
    constexpr tensor operator()(scope&, const tensor& x) const {
        return local_response_normalization(x, {.depth_radius = 2, .bias = 2, .alpha = 0.25, .beta = beta});
    }
};

template <auto Module, class T> void check(double tolerance) {
    model<configured<Module>, input<T, 2, 3, 21>> net(seed{});
    const std::vector<T> x = numbers<T>(2 * 3 * 21, 3);
    const auto y = net(x);
    for (std::size_t i = 0; i < x.size(); ++i) {
        double sum = 0;
        for (std::size_t j = i - i % 21; j < i - i % 21 + 21; ++j)
            if (std::abs(static_cast<double>(i) - static_cast<double>(j)) <= 2) sum += double(x[j]) * double(x[j]);
        CHECK(double(y.data()[i]) == Approx(double(x[i]) / std::pow(2 + 0.25 * sum, Module.beta)).epsilon(tolerance));
    }
}

}  // namespace

TEST_CASE("local response normalization, every kind of exponent", "[ops]") {
    check<normalized{}, float>(1e-6);
    check<normalized{.beta = 0.75}, float>(1e-6);
    check<normalized{.beta = 0.75}, double>(1e-13);
    check<normalized{.beta = 1}, double>(1e-13);
    check<normalized{.beta = 0.6}, double>(1e-13);
}

TEST_CASE("local response normalization of four numbers", "[ops]") {
    struct small {
        constexpr tensor operator()(scope&, const tensor& x) const {
            return local_response_normalization(x,
                                                {.depth_radius = 1, .bias = 1, .alpha = 1, .beta = 1, .name = "lrn"});
        }
    };
    model<small, input<float, 1, 4>> net(seed{});
    // Sums of squares: 1 + 4, 1 + 4 + 9, 4 + 9 + 16, 9 + 16.
    const auto y = net(std::array<float, 4>{1, 2, 3, 4});
    CHECK(y(0, 0) == Approx(1 / 6.));
    CHECK(y(0, 1) == Approx(2 / 15.));
    CHECK(y(0, 2) == Approx(3 / 30.));
    CHECK(y(0, 3) == Approx(4 / 26.));
    // Squares that are no floats make no zeros.
    const auto large = net(std::array<float, 4>{1, 2, 3, 1e20F});
    CHECK(large(0, 0) == Approx(1 / 6.));
    CHECK(large(0, 1) == Approx(2 / 15.));
    CHECK(std::isnan(large(0, 2)));
    CHECK(std::isnan(large(0, 3)));
}
