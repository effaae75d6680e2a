// SPDX-License-Identifier: BSL-1.0
#include <ambit/ops/all.hpp>

#include <ambit/model/model.hpp>

#include "../../../support/numbers.hpp"
#include "../../../support/shape_rule.hpp"

#include <catch2/catch.hpp>

#include <array>

using namespace ambit;
using namespace ambit::op_parts;
using namespace ambit_test;
using enum mistake;

namespace {

template <class Op> constexpr bool follows_the_rules() {
    return gives<Op>({f32(2, 3)}, {0, 0, 0}, f32(2, 3)) && gives<Op>({u8(2, 3)}, {-1, 1, 1}, u8(2, 3)) &&
           refuses<Op>({f32(2, 3)}, {2, 0, 0}, op_option, "the axis lies outside of the operand") &&
           refuses<Op>({f32()}, {0, 0, 0}, op_option, "the axis lies outside of the operand") &&
           refuses<Op>({flags(2)}, {0, 0, 0}, op_dtype, "the operand must be a number");
}

struct running {
    struct outputs {
        tensor sums, before, behind, products, columns;
    };
    constexpr outputs operator()(scope&, const tensor& x) const {
        return {cumsum(x, -1), cumsum(x, 1, {.exclusive = true}), cumsum(x, 1, {.exclusive = true, .reverse = true}),
                cumprod(x, 1, {.reverse = true}), cumprod(x, 0)};
    }
};

template <class T> void check_values() {
    using all = std::vector<T>;
    model<running, input<T, 2, 3>> net(seed{});
    const auto [sums, before, behind, products, columns] = net(std::array<T, 6>{1, 2, 3, 4, 5, 6});
    CHECK(elements(sums) == all{1, 3, 6, 4, 9, 15});
    CHECK(elements(before) == all{0, 1, 3, 0, 4, 9});
    CHECK(elements(behind) == all{5, 3, 0, 11, 6, 0});
    CHECK(elements(products) == all{6, 6, 3, 120, 30, 6});
    CHECK(elements(columns) == all{1, 2, 3, 4, 10, 18});
}

}  // namespace

TEST_CASE("running totals have the spec of their operand", "[ops]") {
    STATIC_REQUIRE(follows_the_rules<cumsum_op>());
    STATIC_REQUIRE(follows_the_rules<cumprod_op>());
    STATIC_REQUIRE(gives<cumprod_gradient_op>({f32(2, 3), f32(2, 3)}, {0, 0, 0}, f32(2, 3)));
    STATIC_REQUIRE(
        refuses<cumprod_gradient_op>({f32(2, 3), f32(3)}, {0, 0, 0}, op_shape, "one gradient for each product"));
}

TEST_CASE("running totals see their operand along the axis", "[ops]") {
    constexpr auto geometry = [](const tensor_spec& x, const cumulative_op::attributes& a) {
        const auto words = to_words(a);
        return cumulative_op::geometry({&x, 1, words.data()}, {});
    };
    STATIC_REQUIRE(geometry(f32(2, 3, 4, 5), {2, 1, 0}) == cumulative_geometry{6, 4, 5, 1, 0});
    STATIC_REQUIRE(geometry(f32(2, 3, 4, 5), {-4, 0, 1}) == cumulative_geometry{1, 2, 60, 0, 1});
}

TEST_CASE("running totals, as a model computes them", "[ops]") {
    check_values<float>();
    check_values<double>();
    check_values<std::int32_t>();
    check_values<std::uint8_t>();
}
