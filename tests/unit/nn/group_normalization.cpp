// SPDX-License-Identifier: BSL-1.0
#include <ambit/nn/group_normalization.hpp>

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

template <std::int64_t Groups> struct layer {
    constexpr tensor operator()(scope& s, const tensor& x) const {
        return group_normalization(s, "norm", x, {.groups = Groups, .epsilon = 0.5});
    }
};

template <class T, std::int64_t Groups> void check(double tolerance) {
    constexpr std::size_t batch = 2, pixels = 12, channels = 6, each = channels / std::size_t(Groups);
    using net = model<layer<Groups>, input<T, 2, 3, 4, 6>>;
    STATIC_REQUIRE(net::variables[0].path == "norm/gamma");
    STATIC_REQUIRE(net::variables[0].extents == shape{6});
    STATIC_REQUIRE(net::variables[1].path == "norm/beta");
    net n(seed{});
    const std::vector<T> x = numbers<T>(2 * 3 * 4 * 6, 4);
    n.template set<"norm/gamma">(std::vector<T>{1, 2, 3, 4, 5, 6});
    n.template set<"norm/beta">(std::vector<T>{0, -1, -2, -3, -4, -5});
    const auto y = n(x);
    REQUIRE(y.shape(3) == 6);
    const auto at = [](std::size_t b, std::size_t p, std::size_t c) { return (b * pixels + p) * channels + c; };
    for (std::size_t b = 0; b < batch; ++b)
        for (std::size_t g = 0; g < std::size_t(Groups); ++g) {
            double mean = 0, variance = 0;
            const auto each_one = [&](auto f) {
                for (std::size_t p = 0; p < pixels; ++p)
                    for (std::size_t c = g * each; c < (g + 1) * each; ++c) f(at(b, p, c), c);
            };
            each_one([&](std::size_t i, std::size_t) { mean += double(x[i]) / (pixels * each); });
            each_one(
                [&](std::size_t i, std::size_t) { variance += std::pow(double(x[i]) - mean, 2) / (pixels * each); });
            each_one([&](std::size_t i, std::size_t c) {
                const double wanted = (double(x[i]) - mean) / std::sqrt(variance + 0.5) * double(c + 1) - double(c);
                REQUIRE(double(y.data()[i]) == Approx(wanted).epsilon(tolerance).margin(tolerance));
            });
        }
}

}  // namespace

TEST_CASE("group normalization: groups, one group, a group for each channel", "[nn][group_normalization]") {
    check<double, 2>(1e-12);
    check<double, 1>(1e-12);
    check<double, 6>(1e-12);
    check<float, 3>(1e-5);
}

TEST_CASE("group normalization without variables, of a matrix", "[nn][group_normalization]") {
    struct plain {
        constexpr tensor operator()(scope& s, const tensor& x) const {
            return group_normalization(s, "norm", x, {.groups = 2, .epsilon = 0, .center = false, .scale = false});
        }
    };
    model<plain, input<float, 1, 4>> net(seed{});
    STATIC_REQUIRE(decltype(net)::variables.size() == 0);
    CHECK(elements(net(std::vector<float>{1, 5, 7, 3})) == std::vector<float>{-1, 1, 1, -1});
}

TEST_CASE("options and dtypes of group normalization", "[nn][group_normalization]") {
    const auto with = [](const group_normalization_options& o, tensor_spec of = f32(4, 2, 64)) {
        return refusal([o](scope& s, auto& x) { return group_normalization(s, "norm", x[0], o); }, {of});
    };
    CHECK(with({}) == "accepted");
    CHECK_THAT(with({.groups = 5}), Contains("the number of groups must divide the channels"));
    CHECK_THAT(with({.groups = 128}), Contains("groups is 128: from 1 to 64"));
    CHECK_THAT(with({.groups = -1}), Contains("groups is -1: from 1 to 64"));
    CHECK_THAT(with({}, f32(64)), Contains("rank 2 or more"));
    CHECK_THAT(with({.epsilon = -1}), Contains("epsilon is -1: at least 0"));
    CHECK_THAT(with({}, i32(4, 64)), Contains("float32 or float64"));
}
