// SPDX-License-Identifier: BSL-1.0

#include <ambit/autodiff/gradients.hpp>
#include <ambit/model/model.hpp>
#include <ambit/ops/all.hpp>

#include "../../../support/numbers.hpp"
#include "../../../support/shape_rule.hpp"

#include <catch2/catch.hpp>

#include <array>

using namespace ambit;
using namespace ambit::op_parts;
using namespace ambit_test;
using enum mistake;

TEST_CASE("a variance is of floats, and has its mean", "[ops]") {
    constexpr auto over = [](const axes& list, bool keep = false) {
        return reduce_op::attributes_from({.axes = list, .keep_dims = keep});
    };
    using op = reduce_variance_op;
    STATIC_REQUIRE(gives<op>({f32(2, 3, 4), f32(4)}, over({0, 1}), f32(4)));
    STATIC_REQUIRE(gives<op>({f64(2, 3), f64(1, 1)}, over({}, true), f64(1, 1)));
    STATIC_REQUIRE(refuses<op>({f32(2, 3), f32(3)}, over({1}), op_shape, "one mean for each result"));
    STATIC_REQUIRE(refuses<op>({i32(2), i32()}, over({}), op_dtype, "the operand must be float32 or float64"));
}

namespace {

struct of_columns {
    struct outputs {
        tensor mean, variance, of_all, kept;
    };
    constexpr outputs operator()(scope&, const tensor& x) const {
        const mean_and_variance both = moments(x, {.axes = 0});
        return {both.mean, both.variance, reduce_variance(x), moments(x, {.axes = 1, .keep_dims = true}).variance};
    }
};

}  // namespace

TEST_CASE("moments, as a model computes them", "[ops]") {
    model<of_columns, input<float, 4, 2>> net(seed{});
    const auto [mean, variance, of_all, kept] = net(std::array<float, 8>{1, 10, 2, 10, 3, 14, 6, 14});
    CHECK(elements(mean) == std::vector<float>{3, 12});
    CHECK(elements(variance) == std::vector<float>{3.5f, 4});
    CHECK(of_all == 24);
    CHECK(elements(kept) == std::vector<float>{20.25f, 16, 30.25f, 16});
    CHECK(kept.shape(1) == 1);
}

TEST_CASE("moments have their names", "[ops]") {
    graph_builder builder;
    const tensor x = builder.input(spec(float32, {2, 3}));
    const auto [mean, variance] = moments(x);
    CHECK(mean.op_name() == "reduce_mean");
    CHECK(variance.op_name() == "reduce_variance");
}
