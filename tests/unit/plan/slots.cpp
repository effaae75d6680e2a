// SPDX-License-Identifier: BSL-1.0
#include "../../support/built_graph.hpp"

#include <ambit/ops/all.hpp>
#include <ambit/plan/layout.hpp>
#include <ambit/plan/value_plan.hpp>

#include <catch2/catch.hpp>

using namespace ambit;
using namespace ambit::plan_parts;
using ambit_test::built_graph;

TEST_CASE("a value is written to the first output that it is, through aliases too", "[plan]") {
    graph_builder builder;
    const tensor x = builder.input({{4}, float32});
    const tensor y = relu(x + 1), seen = reshape(y, {2, 2}), other = exp(x);
    const built_graph g(builder, {seen.id(), y.id(), other.id(), x.id()});
    const layout plan = lay_out(g.view());
    CHECK(plan.output_slots[y.id()] == 0);
    CHECK(plan.output_slots[other.id()] == 2);
    CHECK(plan.output_slots[x.id()] == -1);  // nothing computes it
}

namespace {

// The variable that an update lies in, or -1; `update(v, x)` makes it.
template <class Update> int slot_of_update(const Update& update) {
    graph_builder builder;
    scope s(builder);
    const tensor x = builder.input({{4, 4}, float32});
    const variable v = s.get_variable("v", {4, 4});
    const tensor next = update(v, x);
    const operation given = assign(v, next);
    const built_graph g(builder, {given.id()});
    return lay_out(g.view()).variable_slots[next.id()];
}

}  // namespace

TEST_CASE("an update lies in its variable where nobody could tell", "[plan]") {
    CHECK(slot_of_update([](const variable& v, const tensor& x) { return v * 0.5 + x; }) == 0);
    // A kernel of its own reads the old value before.
    CHECK(slot_of_update([](const variable& v, const tensor& x) { return reverse(tensor(v), {0}) + x; }) == 0);
    // The kernel that writes it still reads the old one.
    CHECK(slot_of_update([](const variable& v, const tensor& x) { return matmul(v, x); }) == -1);
    // One that leaves what stays writes over it, but where the old value is what it writes, too.
    CHECK(slot_of_update([](const variable& v, const tensor& x) { return scatter_update(v, argmax(x, 1), x); }) == 0);
    CHECK(slot_of_update([](const variable& v, const tensor& x) { return scatter_update(v, argmax(x, 1), v); }) == -1);
}

TEST_CASE("slices are written over an array that nothing else reads, and not over one that they come from", "[plan]") {
    graph_builder builder;
    const tensor x = builder.input({{4, 4}, float32}), at = argmax(x, 1);
    const tensor from = reverse(x, {0}), alone = scatter_update(from, at, x);
    const tensor other = reverse(x, {1}), beside = scatter_update(other, at, other);
    const tensor all = reverse(alone, {0}) + reverse(beside, {0});
    const built_graph g(builder, {all.id()});
    const layout plan = lay_out(g.view());
    CHECK(plan.places.offset[alone.id()] == plan.places.offset[from.id()]);
    CHECK(plan.places.offset[beside.id()] != plan.places.offset[other.id()]);
}

TEST_CASE("what an output is, what is given twice, and what a check holds back lie elsewhere", "[plan]") {
    graph_builder builder;
    scope s(builder);
    const tensor x = builder.input({{4}, float32});
    const variable shown = s.get_variable("shown", {4}), twice = s.get_variable("twice", {4});
    const tensor a = tensor(shown) + x, b = tensor(twice) + x;
    const operation first = assign(shown, a), second = assign(twice, b);
    const tensor c = exp(x);
    const operation third = assign(twice, c);
    const built_graph g(builder, {a.id(), first.id(), second.id(), third.id()});
    const layout plan = lay_out(g.view());
    CHECK(plan.variable_slots[a.id()] == -1);
    CHECK(plan.output_slots[a.id()] == 0);
    CHECK(plan.variable_slots[b.id()] == -1);
    CHECK(plan.variable_slots[c.id()] == -1);

    const int beside_a_check =
        slot_of_update([](const variable& v, const tensor& given) { return v + check_finite(given); });
    CHECK(beside_a_check == -1);
}

namespace {

// The plan of an output that is given to a variable, too; `next(v, x)` makes it.
template <class Next> value_plan plan_of_state(second_stores second, const Next& next) {
    graph_builder builder;
    scope s(builder);
    const tensor x = builder.input({{4, 4}, float32});
    const variable v = s.get_variable("v", {4, 4});
    const tensor y = next(v, x);
    const operation given = assign(v, y);
    const built_graph g(builder, {y.id(), given.id()});
    return value_plan(g.view(), lay_out(g.view(), {.second = second}).view(), all_outputs);
}

}  // namespace

TEST_CASE("a loop stores an output that is given to a variable in both", "[plan]") {
    const auto halved = [](const variable& v, const tensor& x) { return v * 0.5 + x; };
    const value_plan plan = plan_of_state(second_stores::in_loops, halved);
    REQUIRE(plan.steps.size() == 1);
    REQUIRE(plan.steps[0].outputs == 2);
    REQUIRE(plan.operand_count(0) == 4);
    CHECK(plan.operands[0].space == memory_space::output);
    CHECK(plan.operands[1].space == memory_space::variable);
    CHECK(plan.operands[2].space == memory_space::variable);
    CHECK(plan.operands[3].space == memory_space::input);
    const int first_output = plan.steps[0].first_node + plan.steps[0].ops + plan.steps[0].inputs;
    CHECK(plan.nodes[first_output] == plan.nodes[first_output + 1]);

    const value_plan copied = plan_of_state(second_stores::copied, halved);
    REQUIRE(copied.steps.size() == 2);
    CHECK(copied.steps[1].kind == step_kind::copy);
}

TEST_CASE("what may still be read of a variable, and what no loop computes, is copied", "[plan]") {
    const auto is_copied = [](const auto& next) {
        const value_plan plan = plan_of_state(second_stores::in_loops, next);
        return plan.steps.back().kind == step_kind::copy;
    };
    CHECK(is_copied([](const variable& v, const tensor& x) { return slice(tensor(v), {0, 0}, {1, 4}) + x; }));
    CHECK(is_copied([](const variable& v, const tensor& x) { return matmul(v, x); }));
    CHECK(is_copied([](const variable& v, const tensor& x) { return softmax(v + x); }));
}
