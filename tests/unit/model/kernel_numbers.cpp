// SPDX-License-Identifier: BSL-1.0
#include <ambit/autodiff/gradients.hpp>
#include <ambit/model/model.hpp>
#include <ambit/ops/all.hpp>
#include <ambit/plan/kernel_numbers.hpp>

#include <catch2/catch.hpp>

#include <cstdint>
#include <set>
#include <utility>

using namespace ambit;
using namespace ambit::plan_parts;

namespace {

// A softmax, which nothing fuses with, ends each step, so that its elementwise ops are a kernel of their own.
constexpr tensor end_step(const tensor& x) { return softmax(x); }

/// A loop that stores its second op, and ends in the sum of one of both.
template <int Op> constexpr tensor sum_of_one_op_of_two(tensor& x) {
    const tensor doubled = x * 2.0f, shifted = doubled + 1.0f;
    x = end_step(shifted);
    return reduce_sum(Op == 0 ? doubled : shifted, {.axes = 1});
}

/// Each step once more, and each like another one but for one thing.
struct differing {
    constexpr tensor operator()(scope& s, tensor x) const {
        const tensor row = s.get_variable("row", {16}), column = s.get_variable("column", {3, 1});
        const tensor square = s.get_variable("square", {16, 16});
        tensor sums = reduce_sum(x, {.axes = 1});
        for (int again = 0; again < 2; ++again) {
            x = end_step(x * 2.0f + 1.0f);
            x = end_step(x * 2.0f + 3.0f);      // another literal
            x = end_step(x * 3.0f + 3.0f);      // literals that are one
            x = end_step(2.0f * x + 1.0f);      // operands the other way round
            x = end_step(x * row);
            x = end_step(x * column);           // another layout of an input
            x = end_step(x * row + column);     // another order of operands
            x = end_step(x * column + row);
            x = end_step(x * row + row);        // one input twice
            x = end_step(leaky_relu(x + row, {.alpha = 0.25}));
            x = end_step(leaky_relu(x + row, {.alpha = 0.5}));  // another option
            x = end_step(where(x > row, x, row));     // masks
            x = end_step(where(x >= row, x, row));
            x = end_step(relu(matmul(x, square)));
            x = end_step(relu(matmul(x, transpose(square))));
            x = end_step(matmul(x, square) + row);
            x = end_step(cast(cast(x, float64) * 2, float32));
            sums = sums + reduce_sum(x * 2.0f, {.axes = 1}) + sum_of_one_op_of_two<0>(x) + sum_of_one_op_of_two<1>(x);
        }
        const tensor wide = concat({x, x}, 1);  // the same ops with other extents
        return sums + reduce_sum(end_step(wide * 2.0f + 1.0f), {.axes = 1}) + reduce_mean(x, {.axes = 1}) +
               reduce_sum(x * 2.0f + 1.0f, {.axes = 1});
    }
};

/// Equal layers, unrolled, and their gradients.
struct unrolled {
    struct outputs {
        tensor loss;
        tensor gradient;
    };
    constexpr outputs operator()(scope& s, tensor x) const {
        auto layer = s.variable_scope("layer");
        for (int i = 0; i < 8; ++i) {
            const variable w = layer.get_variable("w", {16, 16});
            x = tanh(matmul(x, w) + layer.get_variable("b", {16}, {.initializer = zeros()}));
            layer.reuse_variables();
        }
        const tensor loss = reduce_mean(square(x));
        return {loss, gradients(loss, s.trainable_variables())[0]};
    }
};

template <class Module> using plan_on_rows = plan_of<typename model<Module, input<float, 3, 16>>::graph, all_outputs>;

/// Whether each step has the kernel of the first step of its number.
template <class Plan> constexpr bool have_the_kernels_of_their_numbers() {
    return []<int... Step>(std::integer_sequence<int, Step...>) {
        constexpr const auto& numbers = kernel_numbers_of<Plan>;
        return ((model_parts::kernel_of<Plan, Step>::find() ==
                     model_parts::kernel_of<Plan, numbers.first[numbers.number[Step]]>::find() &&
                 model_parts::kernel_of<Plan, Step>::begins_at() ==
                     model_parts::kernel_of<Plan, numbers.first[numbers.number[Step]]>::begins_at()) &&
                ...);
    }(std::make_integer_sequence<int, Plan::counts.steps>{});
}

template <class Plan> int different_kernels() {
    return []<int... Step>(std::integer_sequence<int, Step...>) {
        const std::set<std::pair<model_parts::kernel_function, std::int64_t>> found{
            {model_parts::kernel_of<Plan, Step>::find(), model_parts::kernel_of<Plan, Step>::begins_at()}...};
        return static_cast<int>(found.size());
    }(std::make_integer_sequence<int, Plan::counts.steps>{});
}

}  // namespace

TEST_CASE("steps have one number if and only if they have one kernel", "[model]") {
    using plan = plan_on_rows<differing>;
    STATIC_REQUIRE(have_the_kernels_of_their_numbers<plan>());
    CHECK(kernel_numbers_of<plan>.count == different_kernels<plan>());
}

TEST_CASE("equal layers have as few kernels as one, on the way back, too", "[model]") {
    using plan = plan_on_rows<unrolled>;
    STATIC_REQUIRE(have_the_kernels_of_their_numbers<plan>());
    CHECK(kernel_numbers_of<plan>.count == different_kernels<plan>());
    STATIC_REQUIRE(plan::counts.steps > 2 * kernel_numbers_of<plan>.count);
}
