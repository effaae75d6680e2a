// SPDX-License-Identifier: BSL-1.0
// The order in which a model runs: one step a kernel, each with the places of what it writes and reads. A graph is laid
// out once; the plan for some of its outputs is read off that.
#pragma once

#include <ambit/plan/step_writer.hpp>

#include <cstdint>

namespace AMBIT_NAMESPACE::plan_parts {

/// The most that a plan has of anything: a step a node, and for what a loop carries another, which copies it; each of
/// them lists its ops, what they read and what it writes.
constexpr plan_counts most_of(const graph_counts& graph) {
    const int steps = (graph.regions > 1 ? 3 : 1) * graph.nodes + graph.outputs;
    const int lists = 2 * graph.nodes + graph.operands + 2 * steps;
    const int parts = graph.regions > 1 ? graph.nodes : 0;
    return {steps, lists, lists, graph.words, parts, parts, parts};
}

/// A plan in arrays that are large enough, and how much of them it takes.
template <class Plan> struct bounded_plan {
    Plan plan;
    plan_counts counts;
    constexpr explicit bounded_plan(const step_writer& steps) : counts(steps.counts()) { steps.write(plan); }
};

/// The layout of `Graph` (a `graph_of`).
template <class Graph> struct layout_of {
    static constexpr graph_view graph = view_of(Graph::value, Graph::input_count);
    static constexpr frozen_layout<Graph::counts.nodes, Graph::input_count, Graph::counts.outputs> value{
        lay_out(graph)};
    static constexpr layout_view view = value.view();
};

}  // namespace ambit::plan_parts

namespace AMBIT_NAMESPACE {

/// The plan of `Graph` for the outputs whose bits are set. It is made once, in arrays that are large enough, and then
/// copied to such as fit.
template <class Graph, std::uint64_t Selected, plan_parts::plan_part Part = plan_parts::plan_part::all> class plan_of {
    static constexpr int inputs = Graph::input_count, outputs = Graph::counts.outputs;
    static constexpr plan_parts::bounded_plan<
        plan_parts::frozen_plan<plan_parts::most_of(Graph::counts), inputs, outputs>>
        made{plan_parts::step_writer(plan_parts::layout_of<Graph>::graph, plan_parts::layout_of<Graph>::view, Selected,
                                     Part)};

public:
    static constexpr const plan_parts::graph_view& view = plan_parts::layout_of<Graph>::graph;
    static constexpr plan_parts::plan_counts counts = made.counts;
    static constexpr plan_parts::frozen_plan<counts, inputs, outputs> value{made.plan};
};

}  // namespace ambit
