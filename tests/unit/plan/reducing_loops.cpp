// SPDX-License-Identifier: BSL-1.0
#include <ambit/ops/all.hpp>
#include <ambit/optim/minimize.hpp>
#include <ambit/optim/sgd.hpp>
#include <ambit/nn/losses.hpp>
#include <ambit/plan/kernel_keys.hpp>
#include <ambit/plan/plan.hpp>

#include <catch2/catch.hpp>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

using namespace ambit;
using namespace ambit::plan_parts;

namespace {

template <std::int64_t... Extent> using f = input<float, Extent...>;
using list = std::vector<std::string>;

// The steps of a call as text: the ops of each in the order in which they run, and in brackets how many values are
// written: "sub+square+reduce_mean(1)".
template <class Plan> list steps_of_plan() {
    list text;
    for (int s = 0; s < Plan::counts.steps; ++s) {
        const plan_step& step = Plan::value.steps[s];
        std::string one;
        const auto append = [&](int n) {
            one += (one.empty() ? "" : "+") + std::string(Plan::view.node(n).op->name);
        };
        if (step.kind == step_kind::copy) one = "copy";
        else if (step.kind == step_kind::compute) append(step.root);
        for (int i = 0; i < step.ops; ++i) append(Plan::value.nodes[step.first_node + i]);
        if (step.kind == step_kind::reduction) append(step.root);
        text.push_back(one + '(' + std::to_string(step.outputs) + ')');
    }
    return text;
}
template <class Module, class... Inputs> using whole = plan_of<graph_of<Module, Inputs...>, all_outputs>;
template <class Module, class... Inputs> list steps() { return steps_of_plan<whole<Module, Inputs...>>(); }

#define MODULE_OF_ONE(name, result)                                    \
    struct name {                                                      \
        constexpr tensor operator()(scope& s, const tensor& x) const { \
            static_cast<void>(s);                                      \
            return result;                                             \
        }                                                              \
    }
#define MODULE_OF_TWO(name, result)                                                     \
    struct name {                                                                       \
        constexpr tensor operator()(scope& s, const tensor& x, const tensor& y) const { \
            static_cast<void>(s);                                                       \
            return result;                                                              \
        }                                                                               \
    }

MODULE_OF_ONE(sum_of_squares, reduce_sum(square(x)));
MODULE_OF_ONE(sum_of_powers, reduce_sum(exp(x), {.axes = -1}));
MODULE_OF_ONE(largest_of_rows, reduce_max(abs(x), {.axes = -1, .keep_dims = true}));
MODULE_OF_ONE(of_last_two, reduce_min(abs(x), {.axes = {-2, -1}}));
MODULE_OF_ONE(of_columns, reduce_sum(square(x), {.axes = 0}));
MODULE_OF_ONE(of_both_ends, reduce_sum(square(x), {.axes = {0, 2}}));
MODULE_OF_TWO(squared_error, mean_squared_error(x, y));
MODULE_OF_TWO(sum_of_sums, reduce_sum(x + y));
MODULE_OF_TWO(row_sums, reduce_sum(x + y, {.axes = -1}));
MODULE_OF_ONE(read_by_both, reduce_sum(square(x)) + reduce_max(relu(x)));
MODULE_OF_ONE(of_a_product, reduce_sum(relu(matmul(x, s.get_variable("w", {4, 8})))));
MODULE_OF_ONE(of_a_reshape, reduce_sum(reshape(square(x), {16})));
MODULE_OF_ONE(of_flags, cast(reduce_any(x > 0), float32));
MODULE_OF_ONE(of_no_loop, reduce_sum(x));

constexpr tensor moments_of(const tensor& x) {
    const tensor first = exp(x);
    const auto [mean, variance] = moments(first, {.axes = -1});
    return mean + variance;
}
MODULE_OF_ONE(behind_a_loop, moments_of(x));
constexpr tensor share_of_sum(const tensor& x) {
    const tensor first = exp(x);
    return first / reduce_sum(first, {.axes = -1, .keep_dims = true});
}
MODULE_OF_ONE(read_again, share_of_sum(x));

}  // namespace

TEST_CASE("a reduction runs in the loop that computes its operand", "[plan]") {
    CHECK(steps<sum_of_squares, f<8>>() == list{"square+reduce_sum(1)"});
    CHECK(steps<sum_of_squares, f<2, 3, 4>>() == list{"square+reduce_sum(1)"});
    CHECK(steps<sum_of_squares, input<double, 8>>() == list{"square+reduce_sum(1)"});
    CHECK(steps<squared_error, f<3, 5>, f<3, 5>>() == list{"sub+square+reduce_mean(1)"});
    CHECK(steps<largest_of_rows, f<4, 64>>() == list{"abs+reduce_max(1)"});
    CHECK(steps<of_last_two, f<2, 8, 2>>() == list{"abs+reduce_min(1)"});
    STATIC_REQUIRE(whole<squared_error, f<64, 64>, f<64, 64>>::value.arena_bytes == 64 + 2 * 64 * 64 * 4);
    // Of two that a loop computes operands of, the first.
    CHECK(steps<read_by_both, f<8>>() == list{"square+reduce_sum(1)", "relu+reduce_max(1)", "add(1)"});
}

TEST_CASE("what others read of the loop is stored, and the loop runs where it ran before", "[plan]") {
    CHECK(steps<read_again, f<4, 64>>() == list{"exp+reduce_sum(2)", "div(1)"});
    CHECK(steps<behind_a_loop, f<4, 64>>() == list{"exp+reduce_mean(2)", "reduce_variance(1)", "add(1)"});
}

TEST_CASE("a reduction stays alone whose elements lie apart, or are no floats, or come from no loop", "[plan]") {
    CHECK(steps<of_columns, f<4, 64>>() == list{"square(1)", "reduce_sum(1)"});
    CHECK(steps<of_both_ends, f<4, 3, 64>>() == list{"square(1)", "reduce_sum(1)"});
    CHECK(steps<sum_of_squares, input<std::int32_t, 8>>() == list{"square(1)", "reduce_sum(1)"});
    CHECK(steps<of_flags, f<8>>() == list{"greater(1)", "reduce_any(1)", "cast(1)"});
    CHECK(steps<of_no_loop, f<8>>() == list{"reduce_sum(1)"});
    CHECK(steps<of_a_product, f<2, 4>>() == list{"matmul+relu(1)", "reduce_sum(1)"});
    CHECK(steps<of_a_reshape, f<2, 8>>() == list{"square(1)", "reduce_sum(1)"});
    // One element: there is nothing to put together.
    CHECK(steps<sum_of_squares, f<>>() == list{"square(1)", "reduce_sum(1)"});
    CHECK(steps<sum_of_squares, f<1, 1>>() == list{"square(1)", "reduce_sum(1)"});
}

TEST_CASE("several rows are whole batches, or long", "[plan]") {
    CHECK(steps<largest_of_rows, f<4, 16>>() == list{"abs+reduce_max(1)"});
    CHECK(steps<largest_of_rows, f<4, 17>>() == list{"abs(1)", "reduce_max(1)"});
    CHECK(steps<largest_of_rows, f<4, 255>>() == list{"abs(1)", "reduce_max(1)"});
    CHECK(steps<largest_of_rows, f<4, 257>>() == list{"abs+reduce_max(1)"});
    CHECK(steps<largest_of_rows, f<1, 17>>() == list{"abs+reduce_max(1)"});
}

TEST_CASE("long rows of what takes long are left to several threads", "[plan]") {
    CHECK(steps<sum_of_powers, f<16384>>() == list{"exp+reduce_sum(1)"});
    CHECK(steps<sum_of_powers, f<16400>>() == list{"exp(1)", "reduce_sum(1)"});
    CHECK(steps<sum_of_powers, f<2, 16400>>() == list{"exp(1)", "reduce_sum(1)"});
    CHECK(steps<sum_of_squares, f<16400>>() == list{"square+reduce_sum(1)"});
}

TEST_CASE("inputs move along as one with what is reduced", "[plan]") {
    CHECK(steps<sum_of_sums, f<4, 16>, f<>>() == list{"add+reduce_sum(1)"});
    CHECK(steps<sum_of_sums, f<4, 16>, f<4, 1>>() == list{"add(1)", "reduce_sum(1)"});
    CHECK(steps<sum_of_sums, f<4, 16>, f<16>>() == list{"add(1)", "reduce_sum(1)"});
    CHECK(steps<row_sums, f<4, 16>, f<4, 1>>() == list{"add+reduce_sum(1)"});
    CHECK(steps<row_sums, f<4, 16>, f<16>>() == list{"add+reduce_sum(1)"});
    CHECK(steps<row_sums, f<2, 3, 16>, f<2, 1, 16>>() == list{"add(1)", "reduce_sum(1)"});
}

namespace {

struct loss_and_gradient {
    struct outputs {
        tensor errors, loss;
        operation train;
    };
    constexpr outputs operator()(scope& s, const tensor& x, const tensor& y) const {
        const variable w = s.get_variable("w", {8});
        const tensor errors = x * w - y, loss = reduce_mean(square(errors));
        return {errors, loss, minimize(s, loss, sgd{})};
    }
};
using trained = graph_of<loss_and_gradient, f<8>, f<8>>;

}  // namespace

TEST_CASE("a call for a part of a loop leaves the reduction out", "[plan]") {
    CHECK(steps_of_plan<plan_of<trained, 1>>() == list{"mul+sub(1)"});
    CHECK(steps_of_plan<plan_of<trained, 2>>() == list{"mul+sub+square+reduce_mean(1)"});
    CHECK(steps_of_plan<plan_of<trained, 3>>() == list{"mul+sub+square+reduce_mean(2)"});
    // Gradients that the loss does not come into begin in its loop.
    CHECK(steps_of_plan<plan_of<trained, 6>>() ==
          list{"mul(1)", "mul+sub+square+mul+reduce_mean(2)", "broadcast_to+mul+mul+mul+sub(1)"});
}

namespace {

template <bool Mean> struct decayed {
    struct outputs {
        tensor reduced;
        operation decay;
    };
    constexpr outputs operator()(scope& s, const tensor& x) const {
        const variable w = s.get_variable("w", {8});
        const tensor next = w * 0.5f + x;
        return {Mean ? reduce_mean(next) : reduce_sum(next), assign(w, next)};
    }
};
struct reduced_in_a_loop {
    constexpr tensor operator()(scope& s, const tensor& x) const {
        const tensor start = s.get_variable("start", {});
        return scan(
            s, [](scope&, const tensor& sum, const tensor& row) { return sum + reduce_sum(square(row)); }, x, start);
    }
};

}  // namespace

// The mean of elements whose sum is infinite is computed anew.
TEST_CASE("what may be written over its own operand runs in no loop with a mean", "[plan]") {
    CHECK(steps<decayed<false>, f<8>>() == list{"mul+add+reduce_sum(2)"});
    CHECK(steps<decayed<true>, f<8>>() == list{"mul+add(1)", "reduce_mean(1)", "copy(1)"});
}

TEST_CASE("a reduction of an iteration runs in its loop", "[plan]") {
    const list found = steps<reduced_in_a_loop, f<5, 8>>();
    CAPTURE(found);
    CHECK(std::count(found.begin(), found.end(), "square+reduce_sum(1)") == 1);
}

TEST_CASE("layouts for kernels whose extents are late have no reductions in loops", "[plan]") {
    using graph = graph_of<sum_of_squares, f<8>>;
    const graph_view view = view_of(graph::value, graph::input_count);
    CHECK(lay_out(view).groups.groups.size() == 2);
    CHECK(lay_out(view, {.ends = reductions::in_loops}).groups.groups.size() == 1);
}

TEST_CASE("a program has what is reduced in the place of the reduction's result", "[plan]") {
    using plan = plan_of<trained, 3>;
    constexpr plan_step step = plan::value.steps[0];
    STATIC_REQUIRE(step.root_operands == 0);
    constexpr fused_program p = program_of(plan::view, step, plan::value.nodes.elements + step.first_node);
    STATIC_REQUIRE(p.has_accumulator == 0);
    STATIC_REQUIRE(p.ops == 3);
    STATIC_REQUIRE(p.outputs == 2);
    STATIC_REQUIRE(p.output[0] == p.first_op() + 2);  // square
    STATIC_REQUIRE(p.output[1] == p.first_op() + 1);  // sub
    using rows = whole<row_sums, f<2, 3, 16>, f<2, 3, 1>>;
    constexpr epilogue_layout layout =
        rows_of_reduction(rows::view, rows::value.steps[0], rows::value.nodes.elements);
    STATIC_REQUIRE(layout.row[0] == 16);
    STATIC_REQUIRE(layout.column[0] == 1);
    STATIC_REQUIRE(layout.row[1] == 1);
    STATIC_REQUIRE(layout.column[1] == 0);
}
