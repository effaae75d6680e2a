// SPDX-License-Identifier: BSL-1.0
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

TEST_CASE("logic is of bool", "[ops]") {
    STATIC_REQUIRE(gives<logical_and_op>({flags(2, 3), flags(3)}, {}, flags(2, 3)));
    STATIC_REQUIRE(gives<logical_or_op>({flags(), flags(4)}, {}, flags(4)));
    STATIC_REQUIRE(gives<logical_xor_op>({flags(2, 1), flags(1, 3)}, {}, flags(2, 3)));
    STATIC_REQUIRE(gives<logical_not_op>({flags(2, 3)}, {}, flags(2, 3)));
    constexpr auto rule = "every operand must be bool";
    STATIC_REQUIRE(refuses<logical_and_op>({f32(3), f32(3)}, {}, op_dtype, rule));
    STATIC_REQUIRE(refuses<logical_or_op>({flags(3), i32(3)}, {}, op_dtype, rule));
    STATIC_REQUIRE(refuses<logical_not_op>({u8(3)}, {}, op_dtype, rule));
    STATIC_REQUIRE(infer<logical_not_op>({u8(3)}, {}).result.type == boolean);
    STATIC_REQUIRE(refuses<logical_xor_op>({flags(3), flags(2)}, {}, op_shape,
                                           "extents must be equal, or 1, from the last axis on"));
}

TEST_CASE("truth tables", "[ops]") {
    for (const bool a : {false, true}) {
        CHECK(logical_not_op::apply(a) == !a);
        for (const bool b : {false, true}) {
            CHECK(logical_and_op::apply(a, b) == (a && b));
            CHECK(logical_or_op::apply(a, b) == (a || b));
            CHECK(logical_xor_op::apply(a, b) == (a != b));
        }
    }
}

namespace {

struct of_flags {
    struct outputs {
        tensor both, either, one, none;
    };
    constexpr outputs operator()(scope&, const tensor& a, const tensor& b) const { return {a & b, a | b, a ^ b, ~a}; }
};
// The same in registers beside numbers.
struct of_comparisons {
    struct outputs {
        tensor both, either, one, none;
    };
    constexpr outputs operator()(scope&, const tensor& x, const tensor& y) const {
        const tensor a = x > 0, b = y > 0;
        return {logical_and(a, b), logical_or(a, b), logical_xor(a, b), logical_not(a)};
    }
};

}  // namespace

TEST_CASE("logic of arrays, and of comparisons in registers", "[ops]") {
    constexpr std::size_t count = 45;
    const std::vector<float> x = numbers<float>(count, 1), y = numbers<float>(count, 2);
    std::array<bool, count> a{}, b{};
    for (std::size_t i = 0; i < count; ++i) {
        a[i] = x[i] > 0;
        b[i] = y[i] > 0;
    }
    model<of_flags, input<bool, count>, input<bool, count>> in_memory(seed{});
    model<of_comparisons, input<float, count>, input<float, count>> in_registers(seed{});
    const auto of_bytes = in_memory(a, b);
    const auto of_lanes = in_registers(x, y);
    const auto check = [&](const auto& result) {
        const auto& [both, either, one, none] = result;
        for (std::size_t i = 0; i < count; ++i) {
            CAPTURE(i);
            CHECK(both.data()[i] == (a[i] && b[i]));
            CHECK(either.data()[i] == (a[i] || b[i]));
            CHECK(one.data()[i] == (a[i] != b[i]));
            CHECK(none.data()[i] == !a[i]);
        }
    };
    check(of_bytes);
    check(of_lanes);
}
