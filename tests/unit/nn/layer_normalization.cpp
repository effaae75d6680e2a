// SPDX-License-Identifier: BSL-1.0
#include <ambit/nn/layer_normalization.hpp>

#include <ambit/ambit.hpp>

#include "../../support/numbers.hpp"
#include "../../support/op_function.hpp"
#include "../../support/shape_rule.hpp"

#include <catch2/catch.hpp>

#include <cmath>
#include <vector>

using namespace ambit;
using namespace ambit_test;
using Catch::Contains;

namespace {

template <std::int64_t Axis> struct layer {
    constexpr tensor operator()(scope& s, const tensor& x) const {
        return layer_normalization(s, "norm", x,
                                   {.axis = Axis, .epsilon = 0.5, .gamma = constant(3), .beta = constant(-1)});
    }
};

template <class T, std::int64_t Axis, std::int64_t Rows> void check(double tolerance) {
    model<layer<Axis>, input<T, 2, 3, 19>> net(seed{});
    const std::vector<T> x = numbers<T>(2 * 3 * 19, 4);
    const auto y = net(x);
    constexpr std::size_t features = 2 * 3 * 19 / Rows;
    for (std::size_t r = 0; r < std::size_t(Rows); ++r) {
        double mean = 0, variance = 0;
        for (std::size_t i = 0; i < features; ++i) mean += double(x[r * features + i]) / features;
        for (std::size_t i = 0; i < features; ++i)
            variance += std::pow(double(x[r * features + i]) - mean, 2) / features;
        for (std::size_t i = 0; i < features; ++i) {
            const double wanted = (double(x[r * features + i]) - mean) / std::sqrt(variance + 0.5) * 3 - 1;
            REQUIRE(double(y.data()[r * features + i]) == Approx(wanted).epsilon(tolerance).margin(tolerance));
        }
    }
}

}  // namespace

TEST_CASE("layer normalization of the last axis, or of several", "[nn][layer_normalization]") {
    check<float, -1, 6>(1e-5);
    check<double, -1, 6>(1e-12);
    check<double, 1, 2>(1e-12);
    check<double, 0, 1>(1e-12);
    STATIC_REQUIRE(model<layer<1>, input<float, 2, 3, 19>>::variables[0].path == "norm/gamma");
    STATIC_REQUIRE(model<layer<1>, input<float, 2, 3, 19>>::variables[0].extents == shape{3, 19});
    STATIC_REQUIRE(model<layer<1>, input<float, 2, 3, 19>>::variables[1].path == "norm/beta");
}

TEST_CASE("layer normalization without variables", "[nn][layer_normalization]") {
    struct plain {
        constexpr tensor operator()(scope& s, const tensor& x) const {
            return layer_normalization(s, "norm", x, {.epsilon = 0, .center = false, .scale = false});
        }
    };
    model<plain, input<float, 2, 2>> net(seed{});
    STATIC_REQUIRE(decltype(net)::variables.size() == 0);
    CHECK(elements(net(std::vector<float>{1, 5, 7, 3})) == std::vector<float>{-1, 1, 1, -1});
}

TEST_CASE("options and dtypes of layer normalization", "[nn][layer_normalization]") {
    const auto with = [](const layer_normalization_options& o, tensor_spec of = f32(4, 3)) {
        return refusal([o](scope& s, auto& x) { return layer_normalization(s, "norm", x[0], o); }, {of});
    };
    CHECK(with({}) == "accepted");
    CHECK(with({}, f32(3)) == "accepted");
    CHECK_THAT(with({.axis = 2}), Contains("the first normalized axis lies outside of the operand"));
    CHECK_THAT(with({}, f32()), Contains("norm/layer_normalization"));
    CHECK_THAT(with({.epsilon = -1}), Contains("epsilon is -1: at least 0"));
    CHECK_THAT(with({}, i32(4, 3)), Contains("float32 or float64"));
}
