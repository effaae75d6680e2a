// SPDX-License-Identifier: BSL-1.0
// The law of checks, on random graphs at run time where some assignments keep what a check found: the part of a plan
// before the effects computes all values, writes what was found and changes no other variable; the part behind it
// changes those, and both together are the plan.
#include "../support/interpreter.hpp"
#include "../support/random_graph.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cstring>
#include <random>
#include <set>
#include <vector>

using namespace ambit;
using namespace ambit::plan_parts;
using namespace ambit_test;

namespace {

constexpr unsigned graphs = 30000;

}  // namespace

TEST_CASE("no assignment takes effect before checks are done, and all do afterwards", "[laws]") {
    int in_two_parts = 0, changed_later = 0;
    for (unsigned seed = 0; seed < graphs; ++seed) {
        CAPTURE(seed);
        const random_graph g(seed);
        graph_view view = g.view();
        std::mt19937 engine(seed);
        std::set<std::int64_t> found;  // variables that keep findings
        for (int v = 0; v < g.variable_count(); ++v)
            if (engine() % 3 == 0) found.insert(v);
        std::vector<frozen_node> nodes(view.nodes, view.nodes + view.node_count);
        for (int n = 0; n < view.node_count; ++n)
            if (view.role(n) == op_role::assign && found.count(view.word(n, 0)) == 1)
                nodes[static_cast<std::size_t>(n)].op = &graph_parts::finding_info;
        view.nodes = nodes.data();

        std::vector<bytes> inputs, before;
        for (int i = 0; i < view.input_count; ++i)
            inputs.push_back(random_bytes(view.node(g.input_node(i)).result, seed + static_cast<unsigned>(i)));
        for (int v = 0; v < g.variable_count(); ++v)
            before.push_back(random_bytes(g.variable_spec(v), seed + 100 + static_cast<unsigned>(v)));
        const std::uint64_t every = (std::uint64_t{1} << view.output_count) - 1;
        const std::uint64_t selected = seed % 2 == 0 ? all_outputs : (engine() & every) | 1;
        const meaning wanted = unplanned(view, inputs, before, selected);

        bool is_checked = false;  // any finding in the graph, whatever is selected
        const buffer<bool> needed = needed_nodes(view, all_outputs);
        for (const int n : history_of(view, needed).assignments) is_checked = is_checked || is_finding(view, n);
        if (!is_checked) continue;
        ++in_two_parts;

        const auto part = [&](plan_part which) { return plan(view, selected, which); };
        const run_time_plan first = part(plan_part::before_effects), second = part(plan_part::effects);
        REQUIRE(first.arena_bytes == second.arena_bytes);
        std::vector<bytes> variables = before;
        bytes arena(static_cast<std::size_t>(first.arena_bytes), std::byte{0xAA});
        run_time_memory memory;
        memory.arena = arena.data();
        for (const bytes& x : inputs) memory.inputs.push_back(x.data());
        for (bytes& v : variables) memory.variables.push_back(v.data());
        for (int k = 0; k < view.output_count; ++k) memory.outputs.push_back(arena.data() + first.output_offsets[k]);
        const auto require_outputs = [&] {
            for (int k = 0; k < view.output_count; ++k) {
                if ((selected >> k & 1) == 0 || is_operation(view.role(view.outputs[k]))) continue;
                const bytes& value = wanted.values[static_cast<std::size_t>(view.outputs[k])];
                REQUIRE(std::memcmp(memory.outputs[static_cast<std::size_t>(k)], value.data(), value.size()) == 0);
            }
        };

        run(view, first, memory);
        require_outputs();
        for (std::size_t v = 0; v < variables.size(); ++v) {
            CAPTURE(v);
            const bool is_finding_now = found.count(static_cast<std::int64_t>(v)) == 1;
            REQUIRE(variables[v] == (is_finding_now ? wanted.variables : before)[v]);
            if (!is_finding_now && wanted.variables[v] != before[v]) ++changed_later;
        }
        run(view, second, memory);
        require_outputs();
        REQUIRE(variables == wanted.variables);

        // In one go it is the same.
        variables = before;
        std::fill(arena.begin(), arena.end(), std::byte{0xAA});
        run(view, part(plan_part::all), memory);
        require_outputs();
        REQUIRE(variables == wanted.variables);
    }
    CHECK(in_two_parts > 500);
    CHECK(changed_later > 500);
}
