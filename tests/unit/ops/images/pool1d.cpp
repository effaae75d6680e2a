// SPDX-License-Identifier: BSL-1.0

#include <ambit/model/model.hpp>
#include <ambit/ops/all.hpp>

#include "../../../support/numbers.hpp"
#include "../../../support/op_function.hpp"
#include "../../../support/shape_rule.hpp"

#include <catch2/catch.hpp>

#include <array>

using namespace ambit;
using namespace ambit::graph_parts;
using namespace ambit_test;
using Catch::Contains;

TEST_CASE("shapes and refusals of pooling along one axis", "[ops][pool1d]") {
    constexpr auto largest = [](const pool1d_options& o) {
        return [o](scope&, auto& x) { return max_pool1d(x[0], o); };
    };
    constexpr auto mean = [](const pool1d_options& o) { return [o](scope&, auto& x) { return avg_pool1d(x[0], o); }; };
    STATIC_REQUIRE(spec_of(largest({}), {f32(2, 9, 3)}) == f32(2, 4, 3));
    STATIC_REQUIRE(spec_of(mean({.window = 3, .stride = 1, .padding = same}), {f64(2, 9, 3)}) == f64(2, 9, 3));
    CHECK_THAT(refusal(largest({}), {f32(2, 9, 3, 1)}), Contains("the operand is [n, w, c]"));
    CHECK_THAT(refusal(mean({.window = 0}), {f32(2, 9, 3)}), Contains("window is 0: at least 1"));
    CHECK_THAT(refusal(mean({.window = 10}), {f32(2, 9, 3)}), Contains("the window is larger than the image"));
    graph_builder builder;
    const tensor x = builder.input(f32(1, 4, 2));
    CHECK(max_pool1d(x).op_name() == "max_pool1d");
    CHECK(avg_pool1d(x, {.name = "means"}).op_name() == "means");
}

TEST_CASE("pools of a few numbers along one axis", "[ops][pool1d]") {
    struct module {
        struct outputs {
            tensor largest, mean;
        };
        constexpr outputs operator()(scope&, const tensor& x) const {
            return {max_pool1d(x), avg_pool1d(x, {.window = 3, .stride = 1, .padding = same})};
        }
    };
    model<module, input<float, 1, 4, 2>> net(seed{});
    const auto [largest, mean] = net(std::array<float, 8>{1, 80, 4, 20, 7, 30, 1, 40});
    CHECK(elements(largest) == std::vector<float>{4, 80, 7, 40});
    CHECK(elements(mean) == std::vector<float>{2.5f, 50, 4, 130.f / 3, 4, 30, 4, 35});
}
