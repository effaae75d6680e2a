// SPDX-License-Identifier: BSL-1.0
// The order in which a model runs: one step a kernel, each with the places of what it writes and reads. A graph is laid
// out once; the plan for some of its outputs is read off that.
#pragma once

#include <ambit/plan/step_writer.hpp>

#include <cstdint>

namespace AMBIT_NAMESPACE::plan_parts {

/// The most that a plan has of anything: a step a node, and for what a loop carries another, which copies it; each of
/// them lists its ops, what they read and what it writes. Behind each there may be one of every op that is repeated.
constexpr plan_counts most_of(const graph_counts& graph, int repeated) {
    const int steps = (graph.regions > 1 ? 3 : 1) * graph.nodes * (1 + repeated) + graph.outputs;
    const int lists = 2 * graph.nodes + graph.operands + 2 * steps;
    const int parts = graph.regions > 1 ? graph.nodes : 0;
    return {steps, lists, lists, graph.words, parts, parts, parts};
}

/// A plan in arrays that are large enough, and how much of them it takes.
template <class Plan> struct bounded_plan {
    Plan plan;
    plan_counts counts;
    constexpr bounded_plan() = default;
    constexpr explicit bounded_plan(const step_writer& steps) : counts(steps.counts()) { steps.write(plan); }
};

/// Lays out `Graph` (a `graph_of`).
template <class Graph> struct layout_evaluated {
    using type = frozen_layout<Graph::counts.nodes, Graph::input_count, Graph::counts.outputs>;
    static constexpr graph_view graph = view_of(Graph::value, Graph::input_count);
    static constexpr type keep() {
        graph_parts::refuse_run_time();
        return type::of(lay_out(graph, layout_in_static_models));
    }
};

/// A graph was built within the limits of the compiler: what stops its passes is one of them.
template <class Graph> constexpr reports limit_met_by_plan() {
    reports mistakes;
    mistakes.begin(mistake::compiler_limit);
    mistakes.add(mistake_parts::detail_tag::module, Graph::module_name());
    mistakes.add(mistake_parts::detail_tag::rule, "its plan");
    mistakes.add(mistake_parts::detail_tag::rule, graph_parts::flags_of_large_models);
    return mistakes;
}

/// The layout of `Graph`. Where a limit of the compiler is in the way, a compile error says so, and it is empty.
template <class Graph> struct layout_of {
    using evaluation = layout_evaluated<Graph>;
    static constexpr bool is_there = graph_parts::is_kept<evaluation>;
    static constexpr const graph_view& graph = evaluation::graph;
    static constexpr typename evaluation::type value = [] {
        if constexpr (is_there) {
            return graph_parts::kept<evaluation>();
        } else {
            static_assert(refused_parts::no_mistakes_in<refused_parts::made_reports<&limit_met_by_plan<Graph>>>);
            return typename evaluation::type();
        }
    }();
    static constexpr layout_view view = value.view();
};

/// Makes a plan of `Graph`.
template <class Graph, std::uint64_t Selected, plan_part Part> struct plan_evaluated {
    static constexpr plan_counts most = most_of(Graph::counts, layout_of<Graph>::value.repeated);
    using type = bounded_plan<frozen_plan<most, Graph::input_count, Graph::counts.outputs>>;
    static constexpr type keep() {
        graph_parts::refuse_run_time();
        return type(step_writer(layout_of<Graph>::graph, layout_of<Graph>::view, Selected, Part));
    }
};

}  // namespace ambit::plan_parts

namespace AMBIT_NAMESPACE {

/// The plan of `Graph` for the outputs whose bits are set. It is made once, in arrays that are large enough, and then
/// copied to such as fit. Where a limit of the compiler is in the way, a compile error says so, and it has no steps.
template <class Graph, std::uint64_t Selected, plan_parts::plan_part Part = plan_parts::plan_part::all> class plan_of {
    using evaluation = plan_parts::plan_evaluated<Graph, Selected, Part>;
    static constexpr bool is_there = [] {
        if constexpr (plan_parts::layout_of<Graph>::is_there) return graph_parts::is_kept<evaluation>;
        else return false;
    }();

public:
    using graph = Graph;
    static constexpr const plan_parts::graph_view& view = plan_parts::layout_of<Graph>::graph;
    static constexpr plan_parts::plan_counts counts = [] {
        if constexpr (is_there) return graph_parts::kept<evaluation>().counts;
        else return plan_parts::plan_counts();
    }();
    static constexpr plan_parts::frozen_plan<counts, Graph::input_count, Graph::counts.outputs> value = [] {
        using made = plan_parts::frozen_plan<counts, Graph::input_count, Graph::counts.outputs>;
        if constexpr (is_there) {
            return made::of(graph_parts::kept<evaluation>().plan);
        } else {
            static_assert(refused_parts::no_mistakes_in<refused_parts::
                made_reports<&plan_parts::limit_met_by_plan<Graph>>>);
            // Calls take the same inputs as if there were a plan.
            made none;
            const auto needed = plan_parts::needed_nodes(view, Selected);
            for (int n = 0; n < view.node_count; ++n)
                if (needed[n] && view.role(n) == op_role::input) none.input_used[static_cast<int>(view.word(n, 0))] = 1;
            return none;
        }
    }();
};

}  // namespace ambit
