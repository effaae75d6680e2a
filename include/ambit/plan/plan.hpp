// SPDX-License-Identifier: BSL-1.0
// The order in which a model runs: one step a kernel, each with the places of what it writes and reads. A graph is laid
// out once; the plan for some of its outputs is read off that.
#pragma once

#include <ambit/plan/step_writer.hpp>

#include <cstdint>

namespace ambit {

/// The layout of `Graph` (a `graph_of`).
template <class Graph> struct layout_of {
    static constexpr graph_view graph = view_of(Graph::value, Graph::input_count);
    static constexpr frozen_layout<Graph::counts.nodes, Graph::input_count, Graph::counts.outputs> value{lay_out(graph)};
    static constexpr layout_view view = value.view();
};

/// The plan of `Graph` for the outputs whose bits are set.
template <class Graph, std::uint64_t Selected, plan_part Part = plan_part::all> struct plan_of {
    static constexpr const graph_view& view = layout_of<Graph>::graph;
    static constexpr plan_counts counts = detail::step_writer(view, layout_of<Graph>::view, Selected, Part).counts();
    using plan_type = frozen_plan<counts, Graph::input_count, Graph::counts.outputs>;
    static constexpr plan_type value =
        detail::step_writer(view, layout_of<Graph>::view, Selected, Part).template plan<plan_type>();
};

}  // namespace ambit
