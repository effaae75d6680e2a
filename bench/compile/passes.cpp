// SPDX-License-Identifier: BSL-1.0
// What the compiler evaluates of a model, without its templates: of a net of COUNT ops on its way forward the graph
// (PASS=graph), its gradients and updates besides (gradients), and its plan besides (plan). All in one evaluation, so
// that the smallest limit with which this compiles is the sum, and a pass is what it adds.
//
// PASS=variables are COUNT variables in scopes of two, without ops.
#include <ambit/graphs.hpp>
#include <ambit/ops/all.hpp>
#include <ambit/optim/adam.hpp>
#include <ambit/optim/minimize.hpp>
#include <ambit/plan/plan.hpp>

#include <array>
#include <string_view>

using namespace ambit;

/// A scope named by a number, without the characters of `std::to_string`.
class numbered {
public:
    constexpr explicit numbered(int number) {
        for (int digit = 9; digit > 5; --digit, number /= 10) name_[digit] = static_cast<char>('0' + number % 10);
    }
    constexpr operator std::string_view() const { return {name_, 10}; }

private:
    char name_[11] = "layer_0000";
};

constexpr int variables(scope& s) {
    for (int i = 0; i < (COUNT + 1) / 2; ++i) {
        auto layer = s.variable_scope(numbered(i));
        layer.get_variable("weights", {16, 16});
        if (2 * i + 1 < COUNT) layer.get_variable("biases", {16});
    }
    return s.builder()->variable_count();
}

/// Steps of three ops each, sigmoid(x · w + b) with the same variables, until there are enough ops.
constexpr tensor steps(scope& s, tensor x) {
    const variable weights = s.get_variable("weights", {16, 16});
    const variable biases = COUNT > 1 ? s.get_variable("biases", {16}) : weights;
    for (int ops = 0; ops < COUNT; ops += 3) {
        x = matmul(x, weights);
        if (ops + 1 < COUNT) x = x + biases;
        if (ops + 2 < COUNT) x = sigmoid(x);
    }
    return x;
}

/// A graph in arrays, as the planner sees it.
constexpr int steps_of(const graph_builder& builder, const std::array<int, 2>& outputs) {
    const graph_parts::graph& graph = builder.value();
    core_parts::buffer<graph_parts::frozen_node> nodes;
    for (const graph_parts::node& n : graph.nodes)
        nodes.push_back({n.op, n.result, n.first_operand, n.operand_count, n.first_word, n.word_count, n.region});
    const plan_parts::graph_view view{nodes.begin(),   graph.operands.begin(), graph.words.begin(), outputs.data(),
                                      graph.regions.begin(), nodes.size(), 2, 1, graph.regions.size()};
    const plan_parts::layout layout = plan_parts::lay_out(view, plan_parts::layout_in_static_models);
    const plan_parts::layout_view places = layout.view();
    return plan_parts::step_writer(view, places, plan_parts::all_outputs, plan_parts::plan_part::all).counts().steps;
}

enum class pass { variables, graph, gradients, plan };

constexpr int evaluate() {
    constexpr pass last = pass::PASS;
    graph_builder builder(mistake_parts::on_mistake::collect);
    scope s(builder);
    if (last == pass::variables) return variables(s);
    const tensor y = steps(s, builder.input(spec(float32, {8, 16})));
    if (last == pass::graph) return builder.value().nodes.size();
    const operation train = minimize(s, reduce_mean(square(y)), adam{});
    return last == pass::gradients ? builder.value().nodes.size() : steps_of(builder, {y.id(), train.id()});
}

static_assert(evaluate() > 0);
