// SPDX-License-Identifier: BSL-1.0
// How many floating-point operations a call for all outputs takes: an addition and a product for each term of a matrix
// product, a convolution or their gradients, one for each element of an elementwise op and for each that a reduction
// reads. Moving elements is none.
//
//     flops_of<graph_of<mlp, input<float, 32, 784>>>.call
#pragma once

#include <ambit/graph/loop.hpp>
#include <ambit/plan/needed.hpp>

#include <cstdint>

namespace AMBIT_NAMESPACE::plan_parts {

/// How often a node runs in a call; in a loop that its test ends, at most. Of a loop without a limit one iteration.
constexpr std::int64_t runs_of(const graph_view& graph, int n) {
    std::int64_t runs = 1;
    for (int region = graph.node(n).region; region > 0; region = graph.regions[region].parent) {
        const std::int64_t trips = graph.word(graph.regions[region].begin, 1);
        if (trips != graph_parts::loop_builder::unlimited) runs *= trips;
    }
    return runs;
}

/// Of one node, each time that it runs.
constexpr std::int64_t flops_of_node(const graph_view& graph, int n) {
    const frozen_node& node = graph.node(n);
    if (node.op->role != op_role::elementwise && node.op->role != op_role::compute) return 0;
    tensor_spec specs[graph_builder::max_operands] = {};
    for (int i = 0; i < node.operand_count; ++i) specs[i] = graph.node(graph.operand(n, i)).result;
    return node.op->flops({specs, node.operand_count, graph.words + node.first_word}, node.result);
}

/// Of a call, and of the ops that read each of its variables; who reads several counts for the first.
template <class List> struct flop_counts {
    std::int64_t call = 0;
    List of_variable;
};

template <class Index = int, class List>
constexpr void count_flops(const graph_view& graph, flop_counts<List>& counts) {
    const buffer<bool> needed = needed_nodes(graph, all_outputs);
    for (int n = 0; n < graph.node_count; ++n) {
        if (!needed[n]) continue;
        const std::int64_t flops = flops_of_node(graph, n) * runs_of(graph, n);
        if (flops == 0) continue;
        counts.call += flops;
        for (int i = 0; i < graph.node(n).operand_count; ++i) {
            int operand = graph.operand(n, i);
            while (graph.role(operand) == op_role::alias) operand = graph.operand(operand, 0);
            if (graph.role(operand) != op_role::read) continue;
            counts.of_variable[static_cast<Index>(graph.word(operand, 0))] += flops;
            break;
        }
    }
}

/// The counts of `Graph` (a `graph_of`), at the extents of its value.
template <class Graph>
inline constexpr flop_counts<graph_parts::frozen_array<std::int64_t, Graph::counts.variables>> flops_of = [] {
    flop_counts<graph_parts::frozen_array<std::int64_t, Graph::counts.variables>> counts;
    count_flops(view_of(Graph::value, Graph::input_count), counts);
    return counts;
}();

}  // namespace ambit::plan_parts
