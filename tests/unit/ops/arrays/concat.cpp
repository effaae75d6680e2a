// SPDX-License-Identifier: BSL-1.0
#include <ambit/ops/all.hpp>

#include "../../../support/op_function.hpp"
#include "../../../support/shape_rule.hpp"

#include <catch2/catch.hpp>

using namespace ambit;
using namespace ambit::op_parts;
using namespace ambit_test;
using enum mistake;

namespace {

constexpr int nodes_of(int count) {
    graph_builder builder;
    scope s(builder);
    buffer<tensor> parts;
    for (int i = 0; i < count; ++i) parts.push_back(builder.input(f32(2, i + 1)));
    const int before = builder.value().nodes.size();
    const tensor all = concat(parts, 1);
    const bool is_right =
        all.spec() == f32(2, count * (count + 1) / 2) && all.op_name() == (count > 8 ? "concat_1" : "concat");
    return is_right || count > 15 ? builder.value().nodes.size() - before : -1;
}

}  // namespace

TEST_CASE("concat adds up the extents of one axis", "[ops]") {
    STATIC_REQUIRE(gives<concat_op>({f32(2, 3), f32(2, 4)}, {1}, f32(2, 7)));
    STATIC_REQUIRE(gives<concat_op>({f32(2, 3), f32(5, 3), f32(1, 3)}, {-2}, f32(8, 3)));
    STATIC_REQUIRE(gives<concat_op>({flags(2)}, {0}, flags(2)));
    STATIC_REQUIRE(gives<concat_op>({u8(1), u8(1)}, {-1}, u8(2)));
}

TEST_CASE("a list of one tensor is no range of its own", "[ops]") {
    graph_builder builder;
    const tensor x = builder.input(f32(2, 3));
    CHECK(concat({x}, 1).spec() == f32(2, 3));
    CHECK(stack({x}, 0).spec() == f32(1, 2, 3));
}

TEST_CASE("operands of concat differ along the axis alone", "[ops]") {
    constexpr auto rule = "extents must be equal, but along the axis";
    STATIC_REQUIRE(refuses<concat_op>({f32(2, 3), f32(3, 3)}, {1}, op_shape, rule));
    STATIC_REQUIRE(refuses<concat_op>({f32(2, 3), f32(2)}, {1}, op_shape, rule));
    STATIC_REQUIRE(refuses<concat_op>({f32(2), f32(2, 3)}, {0}, op_shape, rule));
    STATIC_REQUIRE(refuses<concat_op>({f32(2), f64(2)}, {0}, op_dtype, "all operands must have one dtype"));
    STATIC_REQUIRE(refuses<concat_op>({f32(2), f32(2)}, {1}, op_option, "the axis lies outside of the operands"));
    STATIC_REQUIRE(refuses<concat_op>({f32(), f32()}, {0}, op_option, "the axis lies outside of the operands"));
    constexpr std::int64_t large = std::int64_t{1} << 36;
    STATIC_REQUIRE(
        refuses<concat_op>({f32(large), f32(large), f32(1)}, {0}, op_shape, "the result would exceed a terabyte"));
}

TEST_CASE("more than eight arrays are joined by several kernels, few of them twice", "[ops]") {
    STATIC_REQUIRE(nodes_of(1) == 1);
    STATIC_REQUIRE(nodes_of(8) == 1);
    STATIC_REQUIRE(nodes_of(9) == 2);
    STATIC_REQUIRE(nodes_of(15) == 2);
    STATIC_REQUIRE(nodes_of(16) == 3);
    STATIC_REQUIRE(nodes_of(64) == 9);
    STATIC_REQUIRE(nodes_of(65) == 10);
    STATIC_REQUIRE([] {  // nine: the first two are joined, the other seven not
        graph_builder builder;
        scope s(builder);
        buffer<tensor> parts;
        for (int i = 0; i < 9; ++i) parts.push_back(builder.input(f32(1)));
        const tensor all = concat(parts, 0);
        return builder.node_at(all.id() - 1).operand_count == 2 && builder.node_at(all.id()).operand_count == 8;
    }());
}

TEST_CASE("stack joins along a new axis", "[ops]") {
    constexpr auto stacked = [](std::int64_t axis) {
        return [axis](scope&, auto& x) { return stack({x[0], x[1]}, axis); };
    };
    STATIC_REQUIRE(spec_of(stacked(0), {f32(3, 4), f32(3, 4)}) == f32(2, 3, 4));
    STATIC_REQUIRE(spec_of(stacked(1), {f32(3, 4), f32(3, 4)}) == f32(3, 2, 4));
    STATIC_REQUIRE(spec_of(stacked(-1), {flags(3, 4), flags(3, 4)}) == flags(3, 4, 2));
    STATIC_REQUIRE(spec_of(stacked(0), {i32(), i32()}) == i32(2));
    using Catch::Contains;
    CHECK_THAT(refusal(stacked(0), {f32(3), f32(4)}), Contains("op stack(") && Contains("extents must be equal"));
    CHECK_THAT(refusal(stacked(2), {f32(3), f32(3)}), Contains("the new axis lies outside of the result"));
}
