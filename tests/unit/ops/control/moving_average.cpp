// SPDX-License-Identifier: BSL-1.0

#include <ambit/autodiff/gradients.hpp>
#include <ambit/model/model.hpp>
#include <ambit/ops/all.hpp>

#include <catch2/catch.hpp>

#include <array>

using namespace ambit;
using namespace ambit::graph_parts;

namespace {

struct averages {
    struct outputs {
        tensor mean, by_mean, by_value;
    };
    constexpr outputs operator()(scope& s, const tensor& weights) const {
        const variable mean = s.get_variable("mean", {2, 2}, {.initializer = constant({1, 2, 3, 4}), .dtype = float64});
        const variable value = s.get_variable("value", {2}, {.initializer = constant({10, 20}), .dtype = float64});
        const tensor next = moving_average(mean, value, 0.75);
        const buffer<tensor> by = gradients(reduce_sum(next * weights), s.trainable_variables());
        return {next, by[0], by[1]};
    }
};

}  // namespace

TEST_CASE("a step of a moving average, and its gradient", "[ops]") {
    model<averages, input<double, 2, 2>> n(seed{1});
    const auto [mean, by_mean, by_value] = n(std::array<double, 4>{1, 2, 4, 8});
    REQUIRE(mean(0, 0) == 3.25);
    REQUIRE(mean(1, 1) == 8);
    REQUIRE(by_mean(1, 0) == 3);
    REQUIRE(by_value(0) == 1.25);
    REQUIRE(by_value(1) == 2.5);
}

TEST_CASE("a decay is from 0 to 1", "[ops]") {
    graph_builder builder;
    const tensor x = builder.input(spec(float32, {2}));
    const tensor count = builder.input(spec(int32, {2}));
    static_cast<void>(moving_average(x, x, 1.5));
    REQUIRE(builder.mistakes()[0].kind == mistake::op_option);
    static_cast<void>(moving_average(count, count, 0.5));
    REQUIRE(builder.mistakes()[1].kind == mistake::op_dtype);
    REQUIRE(moving_average(x, x, 1).shape() == shape{2});
    REQUIRE(builder.mistakes().size() == 2);
}
