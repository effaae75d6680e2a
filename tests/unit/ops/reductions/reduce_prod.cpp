// SPDX-License-Identifier: BSL-1.0
#include <ambit/ops/all.hpp>

#include <ambit/autodiff/gradients.hpp>
#include <ambit/model/model.hpp>

#include "../../../support/numbers.hpp"
#include "../../../support/shape_rule.hpp"

#include <catch2/catch.hpp>

#include <array>

using namespace ambit;
using namespace ambit::op_parts;
using namespace ambit_test;
using enum mistake;

TEST_CASE("products are of all numbers", "[ops]") {
    constexpr auto over = [](const axes& list) { return reduce_op::attributes_from({.axes = list}); };
    STATIC_REQUIRE(gives<reduce_prod_op>({f32(2, 3, 4)}, over({0, 2}), f32(3)));
    STATIC_REQUIRE(gives<reduce_prod_op>({u8(2, 3)}, over({}), u8()));
    STATIC_REQUIRE(refuses<reduce_prod_op>({flags(2)}, over({}), op_dtype, "the operand must be a number"));
}

namespace {

struct product_and_slope {
    struct outputs {
        tensor products, slopes;
    };
    constexpr outputs operator()(scope& s, const tensor& up) const {
        const variable x = s.get_variable("x", {2, 3, 2}, {.dtype = float64});
        const tensor products = reduce_prod(x, {.axes = {0, 2}});
        const tensor loss = reduce_sum(products * up);
        return {products, gradients(loss, s.trainable_variables())[0]};
    }
};
struct of_integers {
    constexpr tensor operator()(scope&, const tensor& x) const { return reduce_prod(x); }
};

}  // namespace

TEST_CASE("the gradient of a product is that of the others, with no, one and two zeros", "[ops]") {
    model<product_and_slope, input<double, 3>> net(seed{1});
    net.set<"x">(std::array<double, 12>{2, 3, 2, 3, 0, 3, 5, 7, 0, 7, 0, 7});
    const auto [products, slopes] = net(std::array<double, 3>{1, 10, 100});
    CHECK(elements(products) == std::vector<double>{210, 0, 0});
    CHECK(elements(slopes) == std::vector<double>{105, 70, 0, 0, 0, 0, 42, 30, 420, 0, 0, 0});
}

TEST_CASE("products of integers wrap", "[ops]") {
    model<of_integers, input<std::uint8_t, 5>> bytes(seed{});
    CHECK(bytes(std::array<std::uint8_t, 5>{2, 3, 5, 7, 11}) == 2310 % 256);
    model<of_integers, input<std::int64_t, 2>> wide(seed{});
    CHECK(wide(std::array<std::int64_t, 2>{std::int64_t{1} << 40, 1 << 20}) == std::int64_t{1} << 60);
}
