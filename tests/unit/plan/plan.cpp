// SPDX-License-Identifier: BSL-1.0
#include <ambit/graph/frozen_graph.hpp>
#include <ambit/ops/all.hpp>
#include <ambit/plan/plan.hpp>

#include <catch2/catch.hpp>

#include <algorithm>

#include <type_traits>

using namespace ambit;
using namespace ambit::plan_parts;

namespace {

template <std::int64_t... Extent> using f = input<float, Extent...>;
template <class Module, class... Inputs>
using whole = plan_of<graph_of<Module, Inputs...>, all_outputs>;

constexpr bool is(const value_place& at, memory_space space, int index, std::int64_t offset = 0) {
    return at.space == space && at.index == index && at.offset == offset;
}

struct two_layers {
    struct outputs {
        tensor hidden, result;
    };
    constexpr outputs operator()(scope& s, const tensor& x) const {
        const tensor w = s.get_variable("w", {3, 40});
        const tensor b = s.get_variable("b", {40});
        const tensor v = s.get_variable("v", {40, 2});
        const tensor h = relu(matmul(x, w) + b);
        return {h, matmul(h, v) * 2};
    }
};

}  // namespace

TEST_CASE("a layer is one step, which writes to the output and reads input and variables", "[plan]") {
    using plan = whole<two_layers, f<1, 3>>;
    constexpr const auto& p = plan::value;
    STATIC_REQUIRE(plan::counts.steps == 2);
    STATIC_REQUIRE(plan::counts.constants == 0);  // the kernel knows the 2

    constexpr const plan_step& first = p.steps[0];
    STATIC_REQUIRE(first.kind == step_kind::compute);
    STATIC_REQUIRE(first.ops == 2);
    STATIC_REQUIRE(first.outputs == 1);
    STATIC_REQUIRE(first.root_operands == 2);
    STATIC_REQUIRE(first.inputs == 1);
    STATIC_REQUIRE(first.first_operand == 0);
    STATIC_REQUIRE(is(p.operands[0], ambit::plan_parts::memory_space::output, 0));
    STATIC_REQUIRE(is(p.operands[1], memory_space::input, 0));
    STATIC_REQUIRE(is(p.operands[2], memory_space::variable, 0));
    STATIC_REQUIRE(is(p.operands[3], memory_space::variable, 1));

    constexpr const plan_step& second = p.steps[1];
    constexpr int at = second.first_operand;
    STATIC_REQUIRE(is(p.operands[at], memory_space::output, 1));
    STATIC_REQUIRE(is(p.operands[at + 1], memory_space::output, 0));  // h, where it was written
    STATIC_REQUIRE(is(p.operands[at + 2], memory_space::variable, 2));
    STATIC_REQUIRE(second.inputs == 0);

    // Outputs lie at fixed places, the input's place is behind them.
    STATIC_REQUIRE(p.output_offsets[0] == 0);
    STATIC_REQUIRE(p.output_offsets[1] == 192);
    STATIC_REQUIRE(p.input_offsets[0] == 256);
    STATIC_REQUIRE(p.input_used[0] == 1);
}

TEST_CASE("a part of the outputs leaves steps out and keeps all places", "[plan]") {
    using graph = graph_of<two_layers, f<1, 3>>;
    using all = whole<two_layers, f<1, 3>>;
    using hidden = plan_of<graph, 0b01>;
    using result = plan_of<graph, 0b10>;
    STATIC_REQUIRE(hidden::counts.steps == 1);
    STATIC_REQUIRE(hidden::counts.constants == 0);
    STATIC_REQUIRE(result::counts.steps == 2);
    STATIC_REQUIRE(hidden::value.arena_bytes == all::value.arena_bytes);
    STATIC_REQUIRE(result::value.output_offsets[1] == all::value.output_offsets[1]);
    STATIC_REQUIRE(is(result::value.operands[0], memory_space::output,
                      0));  // h keeps its place, though nobody asks for it
}

namespace {

struct copies {
    struct outputs {
        tensor input, reshaped, value, again, variable, number;
    };
    constexpr outputs operator()(scope& s, const tensor& x) const {
        const tensor h = relu(x);
        return {x,
                reshape(x, {2, 2}),
                h,
                reshape(h, {2, 2}),
                s.get_variable("v", {3}),
                reshape(reduce_sum(h), {1, 1})};
    }
};

}  // namespace

TEST_CASE("outputs that are not computed for themselves are copied", "[plan]") {
    using plan = whole<copies, f<4>>;
    constexpr const auto& p = plan::value;
    constexpr auto count = [](step_kind kind) {
        int n = 0;
        for (int s = 0; s < plan::counts.steps; ++s) n += plan::value.steps[s].kind == kind ? 1 : 0;
        return n;
    };
    STATIC_REQUIRE(count(step_kind::reduction) == 1);  // its result goes to its reshape's memory
    STATIC_REQUIRE(count(step_kind::copy) == 4);
    STATIC_REQUIRE(plan::counts.steps == 5);
    constexpr int first = p.steps[1].first_operand;
    STATIC_REQUIRE(is(p.operands[first], memory_space::output, 0));
    STATIC_REQUIRE(is(p.operands[first + 1], memory_space::input, 0));
    STATIC_REQUIRE(is(p.operands[first + 2], memory_space::output, 1));
    STATIC_REQUIRE(is(p.operands[first + 3], memory_space::input, 0));
    STATIC_REQUIRE(is(p.operands[first + 4], memory_space::output, 3));
    STATIC_REQUIRE(is(p.operands[first + 5], memory_space::output, 2));
    STATIC_REQUIRE(is(p.operands[first + 6], memory_space::output, 4));
    STATIC_REQUIRE(is(p.operands[first + 7], memory_space::variable, 0));
}

namespace {

struct branches {
    constexpr tensor operator()(scope&, const tensor& x, const tensor&) const {
        const tensor h = x + 1;
        const tensor left = relu(h), right = square(h);
        return matmul(left, right, {.transpose_b = true}) + reduce_sum(left);
    }
};

}  // namespace

TEST_CASE("a group stores what others read, and nothing else", "[plan]") {
    using plan = whole<branches, f<4, 40>, f<7>>;
    constexpr const auto& p = plan::value;
    STATIC_REQUIRE(plan::counts.steps == 3);  // the loop with the sum, the product, and what adds them
    STATIC_REQUIRE(p.steps[0].ops == 3);
    STATIC_REQUIRE(p.steps[0].outputs == 3);  // the sum, left and right, not h
    for (int i = 0; i < 3; ++i) {
        CHECK(p.operands[i].space == memory_space::arena);
        CHECK(p.operands[i].offset != p.operands[(i + 1) % 3].offset);
    }
    // An input that nothing reads has no place and is not passed.
    STATIC_REQUIRE(p.input_used[0] == 1);
    STATIC_REQUIRE(p.input_used[1] == 0);
}

namespace {

// Constants that are outputs, or what kernels of their own read.
struct equal_constants {
    struct outputs {
        tensor half, sum, three;
    };
    constexpr outputs operator()(scope&, const tensor& x) const {
        const tensor half = x.builder()->constant(0.5, x.dtype()), sum = reduce_sum(half) + x * 0.5;
        return {half, sum, x.builder()->constant(3, x.dtype())};
    }
};
struct minus_one {
    constexpr tensor operator()(scope&, const tensor& x) const { return x.builder()->constant(-1, x.dtype()); }
};
struct lists_of_constants {
    constexpr tensor operator()(scope& s, const tensor& x) const {
        const tensor list = x + constant(s, {-1, 2, -3}, {3}, {.dtype = int32});
        const tensor again = list * constant(s, {-1, 2, -3}, {3}, {.dtype = int32});
        return again + cast(constant(s, {1, 2, 3}, {3}, {.dtype = uint8}), int32) + -1;
    }
};
struct product_of_inputs {
    constexpr tensor operator()(scope&, const tensor& a, const tensor& b) const {
        return matmul(a, b, {.transpose_b = true}) + 1;
    }
};

}  // namespace

TEST_CASE("equal constants lie in one place", "[plan]") {
    STATIC_REQUIRE(whole<equal_constants, f<4>>::counts.constants == 2);
    STATIC_REQUIRE(whole<equal_constants, f<4>>::value.constants[0] == 0x3F000000);
    STATIC_REQUIRE(whole<minus_one, input<std::int32_t, 4>>::value.constants[0] == 0xFFFFFFFF);
    STATIC_REQUIRE(whole<minus_one, input<double, 4>>::value.constants[0] == 0xBFF0000000000000);
}

TEST_CASE("the values of a constant lie side by side", "[plan]") {
    using plan = whole<lists_of_constants, input<std::int32_t, 3>>;
    constexpr const auto& p = plan::value;
    STATIC_REQUIRE(plan::counts.constants == 3);  // the number is none of them
    std::uint64_t found[3] = {};
    for (int i = 0; i < 3; ++i) found[i] = p.constants[i];
    const auto has = [&](std::uint64_t word) { return std::count(found, found + 3, word) == 1; };
    CHECK(has(0x00000002FFFFFFFF));
    CHECK(has(0x00000000FFFFFFFD));
    CHECK(has(0x0000000000030201));
}

TEST_CASE("scratch memory is the last operand of a step", "[plan]") {
    using plan = whole<product_of_inputs, f<40, 30>, f<50, 30>>;  // packs B, which is stored by columns
    constexpr std::int64_t scratch = scratch_elements(gemm_geometry{40, 50, 30, 0, 1}) * 4;
    STATIC_REQUIRE(scratch > 0);
    constexpr const auto& p = plan::value;
    STATIC_REQUIRE(plan::counts.steps == 1);
    STATIC_REQUIRE(plan::counts.operands == 1 + 2 + 1);
    STATIC_REQUIRE(p.operands[3].space == memory_space::arena);
    STATIC_REQUIRE(p.arena_bytes ==
                   aligned(40 * 50 * 4) + aligned(40 * 30 * 4) + aligned(50 * 30 * 4) + aligned(scratch));
}

TEST_CASE("structs of a plan have no padding", "[plan]") {
    STATIC_REQUIRE(sizeof(value_place) == 16);
    STATIC_REQUIRE(sizeof(plan_step) == 32);
    STATIC_REQUIRE(sizeof(fused_op) == 8 + 8 * max_fused_words + 4 * max_fused_operands + 8);
    STATIC_REQUIRE(std::has_unique_object_representations_v<fused_program>);
    STATIC_REQUIRE(std::has_unique_object_representations_v<epilogue_layout>);
}
