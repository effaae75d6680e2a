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

TEST_CASE("top_k keeps k of the last axis", "[ops]") {
    STATIC_REQUIRE(gives<top_k_op>({f32(4, 10)}, {3}, i32(4, 3)));
    STATIC_REQUIRE(gives<top_k_op>({u8(10)}, {10}, i32(10)));
    STATIC_REQUIRE(refuses<top_k_op>({f32(4, 10)}, {0}, op_option, "k is 0: from 1 to 10"));
    STATIC_REQUIRE(refuses<top_k_op>({f32(4, 10)}, {11}, op_option, "k is 11: from 1 to 10"));
    STATIC_REQUIRE(refuses<top_k_op>({f32()}, {1}, op_shape, "the operand must have an axis"));
    STATIC_REQUIRE(refuses<top_k_op>({flags(4)}, {1}, op_dtype, "the operand must be a number"));
    STATIC_REQUIRE(
        refuses<top_k_op>({u8(3000000000)}, {2}, op_shape, "positions along the axis must fit int32"));
}

namespace {

struct two_largest {
    struct outputs {
        tensor values, indices, slopes;
    };
    constexpr outputs operator()(scope& s, const tensor& up) const {
        const variable x = s.get_variable("x", {2, 4});
        const auto [values, indices] = top_k(x, 2);
        const tensor loss = reduce_sum(values * up);
        return {values, indices, gradients(loss, s.trainable_variables())[0]};
    }
};

}  // namespace

TEST_CASE("both results have the name of the options", "[ops]") {
    STATIC_REQUIRE([] {
        graph_builder builder;
        scope s(builder);
        const tensor x = builder.input(f32(4));
        const auto plain = top_k(x, 2);
        const auto best = top_k(x, 2, {.name = "best"});
        const auto layer = s.name_scope("layer");
        const auto whole = top_k(x, 2, {.name = layer.name()});
        const auto refused = top_k(x, 5, {.name = "best"});
        return plain.values.op_name() == "top_k" && plain.indices.op_name() == "top_k_1" &&
               best.values.op_name() == "best" && best.indices.op_name() == "best_1" &&
               whole.values.op_name() == "layer" && whole.indices.op_name() == "layer_1" &&
               refused.values.op_name() == "" && builder.mistakes().size() == 1;
    }());
}

TEST_CASE("the gradient of what was taken goes there", "[ops]") {
    model<two_largest, input<float, 2, 2>> net(seed{1});
    net.set<"x">(std::array<float, 8>{1, 7, 7, 2, 5, -1, 3, 9});
    const auto [values, indices, slopes] = net(std::array<float, 4>{1, 2, 3, 4});
    CHECK(elements(values) == std::vector<float>{7, 7, 9, 5});
    CHECK(elements(indices) == std::vector<std::int32_t>{1, 2, 3, 0});
    CHECK(elements(slopes) == std::vector<float>{0, 1, 2, 0, 4, 0, 0, 3});
}
