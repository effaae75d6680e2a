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

constexpr reduce_op::attributes over(const axes& list, bool keep = false) {
    return reduce_op::attributes_from({.axes = list, .keep_dims = keep});
}

template <class Op> constexpr bool follows_the_rules() {
    return gives<Op>({flags(2, 3, 4)}, over({}), flags()) && gives<Op>({flags(2, 3, 4)}, over({1, -1}), flags(2)) &&
           gives<Op>({flags(2, 3)}, over({0}, true), flags(1, 3)) &&
           refuses<Op>({flags(2, 3)}, over({2}), op_option, "an axis lies outside of the operand") &&
           refuses<Op>({u8(2, 3)}, over({}), op_dtype, "the operand must be bool") &&
           refuses<Op>({f32(2, 3)}, over({}), op_dtype, "the operand must be bool");
}

struct flags_of_bytes {
    struct outputs {
        tensor any, all, any_of_rows, all_of_columns;
    };
    constexpr outputs operator()(scope&, const tensor& bytes) const {
        const tensor flags = cast(bytes, boolean);
        return {reduce_any(flags), reduce_all(flags), reduce_any(flags, {.axes = -1}),
                reduce_all(flags, {.axes = 0, .keep_dims = true})};
    }
};

}  // namespace

TEST_CASE("any and all are of bool", "[ops]") {
    STATIC_REQUIRE(follows_the_rules<reduce_any_op>());
    STATIC_REQUIRE(follows_the_rules<reduce_all_op>());
}

TEST_CASE("any and all, as a model computes them", "[ops]") {
    model<flags_of_bytes, input<std::uint8_t, 2, 3>> net(seed{});
    const auto [any, all, any_of_rows, all_of_columns] = net(std::array<std::uint8_t, 6>{0, 0, 0, 7, 0, 1});
    CHECK(any);
    CHECK(!all);
    CHECK(!any_of_rows(0));
    CHECK(any_of_rows(1));
    CHECK(all_of_columns.shape(0) == 1);
    const auto [none, still_not, no_row, no_column] = net(std::array<std::uint8_t, 6>{});
    CHECK(!none);
    CHECK(!still_not);
    const auto [some, every, each_row, each_column] = net(std::array<std::uint8_t, 6>{1, 2, 3, 4, 5, 6});
    CHECK(every);
    CHECK(each_column(0, 2));
}
