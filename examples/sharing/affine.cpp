// SPDX-License-Identifier: BSL-1.0
// Two affine layers, n1 and n2: fresh variables for each input, then the same for both, then the second scope
// misspelt, which is refused. What the compiler says of that: tests/compile_fail/scope/misspelt_scope.cpp.
#include "expect.hpp"

#include <ambit/ambit.hpp>

#include <cstdint>
#include <string_view>

using namespace ambit;
using examples::holds;

constexpr tensor affine(scope& s, tensor x, std::int64_t units) {
    variable weights = s.get_variable("weights", {x.shape()[-1], units}, {.initializer = random_normal()});
    variable biases = s.get_variable("biases", {units}, {.initializer = constant(0.1)});
    return matmul(x, weights) + biases;
}

constexpr tensor two_layers(scope& s, tensor x) {
    auto n1 = s.variable_scope("n1");
    x = relu(affine(n1, x, 8));
    n1.close();
    auto n2 = s.variable_scope("n2");
    return affine(n2, x, 3);
}

struct results { tensor first, second; };

// ---- Fresh variables -----------------------------------------------------------------------------------------

struct fresh {
    constexpr results operator()(scope& s, tensor x1, tensor x2) const {
        auto left = s.variable_scope("left");
        tensor y1 = two_layers(left, x1);
        left.close();
        auto right = s.variable_scope("right");
        return {y1, two_layers(right, x2)};
    }
};
using fresh_net = model<fresh, input<float, 2, 4>, input<float, 2, 4>>;
static_assert(fresh_net::variables.size() == 8);
static_assert(fresh_net::parameter_count == 2 * (4 * 8 + 8 + 8 * 3 + 3));

constexpr void fresh_variables() {
    graph_builder graph;
    scope s(graph);
    fresh{}(s, graph.input(spec(float32, {2, 4})), graph.input(spec(float32, {2, 4})));
    const auto made = s.global_variables();
    EXPECT(made.size() == 8);
    EXPECT(made[0].name() == "left/n1/weights:0");
    EXPECT(made[2].name() == "left/n2/weights:0");
    EXPECT(made[4].name() == "right/n1/weights:0");
    EXPECT(made[6].name() == "right/n2/weights:0");
    EXPECT(graph.mistakes().empty());
}
static_assert(holds(fresh_variables));

// ---- Shared ones ---------------------------------------------------------------------------------------------

struct shared {
    constexpr results operator()(scope& s, tensor x1, tensor x2) const {
        tensor y1 = two_layers(s, x1);
        s.reuse_variables();
        return {y1, two_layers(s, x2)};
    }
};
using shared_net = model<shared, input<float, 2, 4>, input<float, 2, 4>>;
static_assert(shared_net::variables.size() == 4);
static_assert(shared_net::parameter_count == 4 * 8 + 8 + 8 * 3 + 3);

constexpr void shared_variables() {
    graph_builder graph;
    scope s(graph);
    auto [y1, y2] = shared{}(s, graph.input(spec(float32, {2, 4})), graph.input(spec(float32, {2, 4})));
    const auto made = s.global_variables();
    EXPECT(made.size() == 4);
    EXPECT(made[0].name() == "n1/weights:0");
    EXPECT(made[1].name() == "n1/biases:0");
    EXPECT(made[2].name() == "n2/weights:0");
    EXPECT(made[3].name() == "n2/biases:0");
    EXPECT(graph.variable_at(0).uses == 2);  // each was asked for twice
    EXPECT(y1.op_name() == "n2/add");
    EXPECT(y2.op_name() == "n2_1/add");  // ops are never shared
}
static_assert(holds(shared_variables));

// ---- The same layer on variable() ----------------------------------------------------------------------------

constexpr tensor affine_of_new_variables(scope& s, tensor x, std::int64_t units) {
    variable weights = s.variable("weights", {x.shape()[-1], units}, {.initializer = random_normal()});
    variable biases = s.variable("biases", {units}, {.initializer = constant(0.1)});
    return matmul(x, weights) + biases;
}

// `variable` never shares: in `n1` for the second time it makes two more, below the name scope of that time.
constexpr void variable_makes_new_ones_in_a_scope_opened_twice() {
    graph_builder graph;
    scope s(graph);
    tensor x = graph.input(spec(float32, {2, 4}));
    tensor y1 = [&] {
        auto n1 = s.variable_scope("n1");
        return affine_of_new_variables(n1, x, 8);
    }();
    auto n1 = s.variable_scope("n1", {.reuse = true});
    tensor y2 = affine_of_new_variables(n1, x, 8);
    const auto made = s.global_variables();
    EXPECT(made.size() == 4);
    EXPECT(made[0].name() == "n1/weights:0");
    EXPECT(made[1].name() == "n1/biases:0");
    EXPECT(made[2].name() == "n1_1/weights:0");
    EXPECT(made[3].name() == "n1_1/biases:0");
    EXPECT(y1.op_name() == "n1/add");
    EXPECT(y2.op_name() == "n1_1/add");
    EXPECT(graph.mistakes().empty());
}
static_assert(holds(variable_makes_new_ones_in_a_scope_opened_twice));

// ---- A scope whose name is misspelt --------------------------------------------------------------------------

struct misspelt {
    constexpr results operator()(scope& s, tensor x1, tensor x2) const {
        tensor y1 = two_layers(s, x1);
        s.reuse_variables();
        auto n1 = s.variable_scope("n1");
        x2 = relu(affine(n1, x2, 8));
        n1.close();
        auto n2 = s.variable_scope("nl1");
        return {y1, affine(n2, x2, 3)};
    }
};

constexpr void a_misspelt_scope_shares_nothing() {
    const reports mistakes = check(misspelt{}, {spec(float32, {2, 4}), spec(float32, {2, 4})});
    EXPECT(mistakes.size() == 2);
    EXPECT(mistakes[0].kind == mistake::variable_missing);
    EXPECT(mistakes[1].kind == mistake::variable_missing);
    EXPECT(mistakes.text(mistakes.detail(mistakes[0].first_detail)) == "nl1/weights");
    EXPECT(mistakes.text(mistakes.detail(mistakes[1].first_detail)) == "nl1/biases");
}
static_assert(holds(a_misspelt_scope_shares_nothing));

void what_is_said_of_it() {
    const reports mistakes = check(misspelt{}, {spec(float32, {2, 4}), spec(float32, {2, 4})});
    const auto words = facts_of(mistakes, 0);
    std::cout << words.view() << '\n';
    EXPECT(words.view().find("did you mean n2/weights?") != std::string_view::npos);
}

// ---- Numbers -------------------------------------------------------------------------------------------------

void the_same_input_twice() {
    const xt::xtensor<float, 2> x{{1, 2, 3, 4}, {-1, 0, 1, 0}};

    fresh_net apart(seed{1});
    auto [y1, y2] = apart(x, x);
    std::cout << "  fresh   " << y1(0, 0) << "  " << y2(0, 0) << '\n';
    EXPECT(y1(0, 0) != y2(0, 0));

    shared_net together(seed{1});
    auto [z1, z2] = together(x, x);
    std::cout << "  shared  " << z1(0, 0) << "  " << z2(0, 0) << '\n';
    EXPECT(z1 == z2);

    // With weights of zero all that is left are the biases.
    together.set<"n2/weights">(xt::zeros<float>({8, 3}));
    auto [b1, b2] = together(x, x);
    EXPECT(b1(0, 0) == 0.1f);
    EXPECT(b2(1, 2) == 0.1f);
}

int main() {
    return examples::tell({
        {"Fresh variables", fresh_variables},
        {"Shared variables", shared_variables},
        {"variable() makes new ones in a scope that is opened twice", variable_makes_new_ones_in_a_scope_opened_twice},
        {"A misspelt scope shares nothing", a_misspelt_scope_shares_nothing},
        {"What is said of it", what_is_said_of_it},
        {"The same input twice", the_same_input_twice},
    });
}
