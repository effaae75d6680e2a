// SPDX-License-Identifier: BSL-1.0
#include <ambit/io/steps.hpp>
#include <ambit/nn/dense.hpp>
#include <ambit/ops/all.hpp>
#include <ambit/optim/minimize.hpp>
#include <ambit/optim/sgd.hpp>

#include <catch2/catch.hpp>

#include <algorithm>
#include <string>

using namespace ambit;

namespace {

/// The same layer for two inputs; `unread` is needed by nothing.
struct twins {
    struct outputs {
        tensor first, second;
    };
    static constexpr tensor layer(scope& s, const tensor& x) {
        return relu(matmul(x, s.get_variable("weights", {3, 5})) + 1, {.name = "answer"});
    }
    constexpr outputs operator()(scope& s, const tensor& x, const tensor& y) const {
        auto shared = s.variable_scope("layer");
        const tensor first = layer(shared, x);
        shared.reuse_variables();
        const tensor second = layer(shared, y);
        [[maybe_unused]] const tensor unread = exp(x);
        return {first, second};
    }
};
struct looped {
    constexpr tensor operator()(scope& s, const tensor& x) const {
        const variable weights = s.get_variable("weights", {4, 4});
        return scan(
            s, [&](scope&, const tensor& h, const tensor& row) { return tanh(matmul(h, weights) + row); }, x,
            zeros(s, {2, 4}));
    }
};
struct trainer {
    struct outputs {
        tensor loss;
        operation train;
    };
    constexpr outputs operator()(scope& s, const tensor& x) const {
        const tensor loss = reduce_mean(square(dense(s, "layer", x, 2)));
        return {loss, minimize(s, loss, sgd{.learning_rate = 0.1})};
    }
};
struct mistaken {
    constexpr tensor operator()(scope& s, const tensor& x) const {
        return x + s.get_variable("one", {2}) + s.get_variable("one", {2});
    }
};
struct of_any_batch {
    constexpr tensor operator()(scope&, const tensor& x) const { return exp(x) + 1; }
};

/// As many as the plan has that the compiler makes.
template <class Module, class... Inputs>
constexpr int planned = plan_of<graph_of<Module, Inputs...>, plan_parts::all_outputs>::counts.steps;
int lines_of(const std::string& table) { return static_cast<int>(std::count(table.begin(), table.end(), '\n')); }

}  // namespace

TEST_CASE("steps are listed with the names of their ops", "[io]") {
    CHECK(steps(twins{}, {spec(float32, {2, 3}), spec(float32, {2, 3})}) ==
          "  step   kernel   result          lies in         ops\n"
          "  0      matmul   float32[2, 5]   output first    layer/matmul, layer/add, layer/answer\n"
          "  1      matmul   float32[2, 5]   output second   layer/matmul_1, layer/add_1, layer/answer_1\n");
}

TEST_CASE("steps of a model are those of its module", "[io]") {
    const model<of_any_batch, input<float, any_size, 3>> net(largest_batch{7}, seed{});
    CHECK(steps(net) == steps(of_any_batch{}, {spec(float32, {7, 3})}));
    CHECK_THAT(steps(net), Catch::Contains("elementwise   float32[7, 3]   output 0   exp, add\n"));
}

TEST_CASE("as many steps are listed as the compiler plans", "[io]") {
    CHECK(lines_of(steps(twins{}, {spec(float32, {2, 3}), spec(float32, {2, 3})})) ==
          1 + planned<twins, input<float, 2, 3>, input<float, 2, 3>>);
    CHECK(lines_of(steps(looped{}, {spec(float32, {5, 2, 4})})) == 1 + planned<looped, input<float, 5, 2, 4>>);
    CHECK(lines_of(steps(trainer{}, {spec(float32, {8, 4})})) == 1 + planned<trainer, input<float, 8, 4>>);
}

TEST_CASE("steps say where a loop begins and how often it runs", "[io]") {
    const std::string listed = steps(looped{}, {spec(float32, {5, 2, 4})});
    CHECK_THAT(listed, Catch::Contains("loop begins, 5 times"));
    CHECK_THAT(listed, Catch::Contains("scan/matmul, scan/add, scan/tanh\n"));
    CHECK_THAT(listed, Catch::Contains("loop ends"));
    CHECK_THAT(listed, Catch::Contains("zeros"));
}

TEST_CASE("steps say which variables a kernel writes", "[io]") {
    const std::string listed = steps(trainer{}, {spec(float32, {8, 4})});
    CHECK_THAT(listed, Catch::Contains("layer/weights"));
    CHECK_THAT(listed, Catch::Contains("layer/biases"));
    CHECK_THAT(listed, Catch::Contains("output loss"));
}

TEST_CASE("a module with a mistake has no steps", "[io]") {
    CHECK_THROWS_AS(steps(mistaken{}, {spec(float32, {2})}), model_error);
}
