// SPDX-License-Identifier: BSL-1.0
#include "../../support/built_graph.hpp"

#include <ambit/ops/all.hpp>
#include <ambit/plan/layout.hpp>

#include <catch2/catch.hpp>

using namespace ambit;
using namespace ambit::plan_parts;
using ambit_test::built_graph;

namespace {

// A counter that is read, raised, read, set, and read again; and a variable that nobody changes.
struct counted_work {
    graph_builder builder;
    int reads[3] = {}, assignments[2] = {}, constant = -1;

    counted_work() {
        scope s(builder);
        const variable counter = s.get_variable("counter", {3}, {.initializer = zeros()});
        const variable fixed = s.get_variable("fixed", {3}, {.initializer = ones()});
        const tensor before = counter;
        assignments[0] = assign(counter, exp(before)).id();
        const tensor between = counter;
        assignments[1] = assign(counter, tanh(between) * fixed).id();
        const tensor after = counter;
        constant = tensor(fixed).id();
        reads[0] = before.id();
        reads[1] = between.id();
        reads[2] = after.id();
    }
    built_graph graph() const {
        return {builder, {reads[2], assignments[0], assignments[1], constant}};
    }
};

}  // namespace

TEST_CASE("a history says what was given before each read and each assignment", "[plan]") {
    const counted_work c;
    const built_graph g = c.graph();
    const assignment_history all = history_of(g.view(), needed_nodes(g.view(), all_outputs));
    REQUIRE(all.assignments.size() == 2);
    CHECK(all.assignments[0] == c.assignments[0]);
    CHECK(all.assignments[1] == c.assignments[1]);
    CHECK(all.before[c.reads[0]] == -1);
    CHECK(all.before[c.reads[1]] == c.assignments[0]);
    CHECK(all.before[c.reads[2]] == c.assignments[1]);
    CHECK(all.before[c.assignments[0]] == -1);
    CHECK(all.before[c.assignments[1]] == c.assignments[0]);
    CHECK(all.before[c.constant] == -1);

    const assignment_history second = history_of(g.view(), needed_nodes(g.view(), 0b0100));
    CHECK(second.assignments.size() == 1);  // nobody asked for the first
    CHECK(second.before[c.reads[1]] == -1);
}

TEST_CASE("the latest of all that a variable was given counts", "[plan]") {
    const counted_work c;
    const built_graph g = c.graph();
    const graph_view view = g.view();
    const layout plan = lay_out(view);
    given_times given(plan.history);
    // The times are the nodes themselves, but for the first value, which is computed last.
    const int first = view.operand(c.assignments[0], 0), second = view.operand(c.assignments[1], 0);
    const auto time_of = [&](int n) { return n == first ? 1000 : n; };
    CHECK(given.of(view, plan.groups.base, c.reads[0], time_of) == -1);
    CHECK(given.of(view, plan.groups.base, c.reads[2], time_of) == 1000);
    CHECK(given.of(view, plan.groups.base, c.reads[1], time_of) == 1000);
    CHECK(given.of(view, plan.groups.base, second, time_of) == -1);  // no read
}

TEST_CASE("what a variable was given lives as long as a read that may mean it", "[plan]") {
    const counted_work c;
    const built_graph g = c.graph();
    const graph_view view = g.view();
    const layout plan = lay_out(view);
    const buffer<int> last = last_uses(view, plan.groups, plan.history, plan.order);
    const int end = plan.groups.groups.size();
    CHECK(last[view.operand(c.assignments[1], 0)] == end);  // an output reads it, and the variable keeps it
    CHECK(last[c.reads[2]] == end);
    CHECK(last[view.operand(c.assignments[0], 0)] == end);  // assignments wait for the end of a call
    CHECK(last[c.reads[0]] < end);
}

TEST_CASE("findings are those of the checks that a call needs", "[plan]") {
    graph_builder builder;
    scope s(builder);
    const variable counter = s.get_variable("counter", {4}, {.initializer = zeros()});
    const tensor x = builder.input({{4}, float32});
    const tensor checked = check_finite(x), both = check_range(checked, {.high = 1});
    const operation given = assign(counter, x);
    const built_graph g(builder, {checked.id(), both.id(), given.id()});
    CHECK(needed_findings(g.view(), 0b001).size() == 1);
    const buffer<int> findings = needed_findings(g.view(), 0b010);
    REQUIRE(findings.size() == 2);
    CHECK(findings[0] < findings[1]);
    for (const int n : findings) CHECK(is_finding(g.view(), n));
    CHECK(needed_findings(g.view(), 0b100).empty());
}
