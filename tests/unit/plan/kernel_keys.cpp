// SPDX-License-Identifier: BSL-1.0
#include <ambit/ops/all.hpp>
#include <ambit/plan/kernel_keys.hpp>

#include <catch2/catch.hpp>

#include <initializer_list>

using namespace ambit;
using namespace ambit::plan_parts;

namespace {

template <std::int64_t... Extent> using f = input<float, Extent...>;

struct sum_of_two {
    constexpr tensor operator()(scope&, const tensor& x, const tensor& y) const { return x + y; }
};

// The loop of the only step of x + y.
template <class X, class Y> constexpr elementwise_geometry loop_of_sum() {
    using plan = plan_of<graph_of<sum_of_two, X, Y>, ~std::uint64_t{0}>;
    static_assert(plan::counts.steps == 1);
    return loop_geometry(plan::view, plan::value.steps[0], plan::value.nodes.elements);
}

constexpr elementwise_geometry loop(std::initializer_list<std::int64_t> extents,
                                    std::initializer_list<std::int64_t> x,
                                    std::initializer_list<std::int64_t> y) {
    elementwise_geometry g;
    g.rank = static_cast<std::int64_t>(extents.size());
    g.inputs = 2;
    std::size_t axis = 0;
    for (const std::int64_t e : extents) g.extent[axis++] = e;
    axis = 0;
    for (const std::int64_t s : x) g.stride[0][axis++] = s;
    axis = 0;
    for (const std::int64_t s : y) g.stride[1][axis++] = s;
    return g;
}

}  // namespace

TEST_CASE("axes of a loop are merged where all inputs allow it", "[plan]") {
    STATIC_REQUIRE(loop_of_sum<f<>, f<>>() == loop({}, {}, {}));
    STATIC_REQUIRE(loop_of_sum<f<7>, f<7>>() == loop({7}, {1}, {1}));
    STATIC_REQUIRE(loop_of_sum<f<2, 3, 4>, f<2, 3, 4>>() == loop({24}, {1}, {1}));
    STATIC_REQUIRE(loop_of_sum<f<2, 3, 4>, f<>>() == loop({24}, {1}, {0}));
    STATIC_REQUIRE(loop_of_sum<f<2, 3, 4>, f<4>>() == loop({6, 4}, {4, 1}, {0, 1}));
    STATIC_REQUIRE(loop_of_sum<f<2, 3, 4>, f<3, 4>>() == loop({2, 12}, {12, 1}, {0, 1}));
    STATIC_REQUIRE(loop_of_sum<f<2, 3, 4>, f<2, 1, 1>>() == loop({2, 12}, {12, 1}, {1, 0}));
    STATIC_REQUIRE(loop_of_sum<f<2, 3, 4>, f<2, 3, 1>>() == loop({6, 4}, {4, 1}, {1, 0}));
    STATIC_REQUIRE(loop_of_sum<f<2, 3, 4>, f<2, 1, 4>>() == loop({2, 3, 4}, {12, 4, 1}, {4, 0, 1}));
    STATIC_REQUIRE(loop_of_sum<f<3, 1>, f<1, 4>>() == loop({3, 4}, {1, 0}, {0, 1}));
}

TEST_CASE("axes of extent 1 are left out", "[plan]") {
    STATIC_REQUIRE(loop_of_sum<f<1, 1>, f<1>>() == loop({}, {}, {}));
    STATIC_REQUIRE(loop_of_sum<f<1, 7, 1>, f<1, 7, 1>>() == loop({7}, {1}, {1}));
    STATIC_REQUIRE(loop_of_sum<f<2, 1, 3>, f<3>>() == loop({2, 3}, {3, 1}, {0, 1}));
}

namespace {

struct layer {
    struct outputs {
        tensor product, activated;
    };
    constexpr outputs operator()(scope& s, const tensor& x) const {
        const tensor product = matmul(x, s.get_variable("w", {4, 8}));
        return {product, clip(product * s.get_variable("c", {2, 1}) + s.get_variable("b", {8}), -1, 6)};
    }
};
using layer_plan = plan_of<graph_of<layer, f<2, 4>>, ~std::uint64_t{0}>;
constexpr const plan_step& layer_step = layer_plan::value.steps[0];

}  // namespace

TEST_CASE("an epilogue reads rows, columns and numbers", "[plan]") {
    STATIC_REQUIRE(layer_plan::counts.steps == 1);
    constexpr epilogue_layout layout =
        epilogue_layout_of(layer_plan::view, layer_step, layer_plan::value.nodes.elements);
    STATIC_REQUIRE(layout.row[0] == 1);  // c: one number a row
    STATIC_REQUIRE(layout.column[0] == 0);
    STATIC_REQUIRE(layout.row[1] == 0);  // b: the same row each time
    STATIC_REQUIRE(layout.column[1] == 1);
}

TEST_CASE("a program names its values by number", "[plan]") {
    constexpr fused_program p = program_of(layer_plan::view, layer_step, layer_plan::value.nodes.elements);
    STATIC_REQUIRE(p.has_accumulator == 1);
    STATIC_REQUIRE(p.inputs == 2);
    STATIC_REQUIRE(p.ops == 3);
    STATIC_REQUIRE(p.outputs == 2);
    STATIC_REQUIRE(p.op[0].op->name == "mul");
    STATIC_REQUIRE(p.op[0].operand[0] == 0);  // the accumulator
    STATIC_REQUIRE(p.op[0].operand[1] == 1);  // c
    STATIC_REQUIRE(p.op[1].op->name == "add");
    STATIC_REQUIRE(p.op[1].operand[0] == 3);  // the product with c
    STATIC_REQUIRE(p.op[1].operand[1] == 2);  // b
    STATIC_REQUIRE(p.op[2].op->name == "clip");
    STATIC_REQUIRE(p.op[2].operands == 1);
    STATIC_REQUIRE(p.op[2].operand[0] == 4);
    STATIC_REQUIRE(from_words<clip_op::attributes>(p.op[2].words).high == 6);
    STATIC_REQUIRE(p.output[0] == 0);  // the product itself
    STATIC_REQUIRE(p.output[1] == 5);
}

namespace {

struct numbers_of_a_program {
    constexpr tensor operator()(scope& s, const tensor& x) const {
        const tensor three = constant(s, {3.0F}, {1, 1});
        const tensor half = constant(s, {0.5F}, {1});
        return (x * half + three) * 0.5 - reshape(x.builder()->constant(3, float32), {1, 1});
    }
};

}  // namespace

TEST_CASE("a number is part of the program, once", "[plan]") {
    using plan = plan_of<graph_of<numbers_of_a_program, f<2, 4>>, ~std::uint64_t{0}>;
    STATIC_REQUIRE(plan::counts.steps == 1);
    STATIC_REQUIRE(plan::counts.constants == 0);
    constexpr fused_program p = program_of(plan::view, plan::value.steps[0], plan::value.nodes.elements);
    STATIC_REQUIRE(p.inputs == 1);
    STATIC_REQUIRE(p.immediates == 2);
    STATIC_REQUIRE(std::bit_cast<double>(p.immediate[0]) == 0.5);
    STATIC_REQUIRE(std::bit_cast<double>(p.immediate[1]) == 3);
    STATIC_REQUIRE(p.first_op() == 3);
    STATIC_REQUIRE(p.op[0].operand[1] == 1);
    STATIC_REQUIRE(p.op[1].operand[1] == 2);
    STATIC_REQUIRE(p.op[2].operand[1] == 1);
    STATIC_REQUIRE(p.op[3].operand[1] == 2);
}

TEST_CASE("operands of a root have their specs", "[plan]") {
    constexpr root_call call = call_of(layer_plan::view, layer_step.root);
    STATIC_REQUIRE(call.count == 2);
    STATIC_REQUIRE(call.specs[0] == tensor_spec{{2, 4}, float32});
    STATIC_REQUIRE(call.specs[1] == tensor_spec{{4, 8}, float32});
}
