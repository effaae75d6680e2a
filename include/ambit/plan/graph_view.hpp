// SPDX-License-Identifier: BSL-1.0
// What the passes of the planner see of a graph: arrays, whatever owns them.
#pragma once

#include <ambit/graph/frozen_graph.hpp>

#include <cstdint>

namespace AMBIT_NAMESPACE::plan_parts {

/// A frozen graph without its type, so that the passes are compiled once. Loops over all nodes read the arrays
/// themselves, here and in what passes make: a call for each node and operand would be charged to the evaluation's
/// budget.
struct graph_view {
    const frozen_node* nodes = nullptr;
    const std::int32_t* operands = nullptr;
    const std::int64_t* words = nullptr;
    const int* outputs = nullptr;
    const region* regions = nullptr;
    int node_count = 0;
    int output_count = 0;
    int input_count = 0;
    int region_count = 1;

    constexpr const frozen_node& node(int id) const { return nodes[id]; }
    constexpr int operand(int id, int index) const { return operands[nodes[id].first_operand + index]; }
    constexpr std::int64_t word(int id, int index) const { return words[nodes[id].first_word + index]; }
    constexpr op_role role(int id) const { return nodes[id].op->role; }
    constexpr const shape& extents(int id) const { return nodes[id].result.extents; }
    constexpr dtype type(int id) const { return nodes[id].result.type; }

    /// Whether a value is one number, under whatever shape; `literal` is its word, the last of a constant's.
    constexpr bool is_literal(int id) const {
        const op_role kind = nodes[id].op->role;
        if (kind != op_role::constant && kind != op_role::alias) return false;
        return type(id) != dtype::boolean && extents(id).elements() == 1 &&
               role(behind_aliases(id)) == op_role::constant;
    }
    constexpr std::int64_t literal(int id) const {
        const int constant = behind_aliases(id);
        return word(constant, node(constant).word_count - 1);
    }

    constexpr bool has_loops() const { return region_count > 1; }

    /// Whether one region is another one or lies in it.
    constexpr bool is_within(int inner, int outer) const {
        while (inner > outer) inner = regions[inner].parent;
        return inner == outer;
    }

    /// The body that a node has to do with: that of its loop for a loop's parts and results.
    constexpr int body_of(int id) const {
        switch (role(id)) {
            case op_role::loop_begin:
            case op_role::loop_end: return static_cast<int>(word(id, 0));
            case op_role::stacked:
            case op_role::final: return static_cast<int>(word(operand(id, 1), 0));
            default: return nodes[id].region;
        }
    }

    /// The region in which a value gets its memory: that around the loop for what its iterations share.
    constexpr int home_of(int id) const {
        return role(id) == op_role::carried || role(id) == op_role::iteration ? regions[nodes[id].region].parent
                                                                              : nodes[id].region;
    }

    /// Whether a value of a loop lies at one place as long as the loop runs.
    constexpr bool is_shared_by_iterations(int id) const {
        const op_role r = role(id);
        return r == op_role::carried || r == op_role::iteration || r == op_role::stacked;
    }

    /// How many bytes into its operand the elements of a view lie side by side; -1 where they do not.
    constexpr std::int64_t begin_of_view(int id) const {
        const frozen_node& view = nodes[id];
        const tensor_spec& whole = nodes[operand(id, 0)].result;
        const std::int64_t begin = view.op->begins_at({&whole, 1, words + view.first_word}, view.result);
        return begin < 0 ? -1 : begin * size_of(view.result.type);
    }

private:
    constexpr int behind_aliases(int id) const {
        while (role(id) == op_role::alias) id = operand(id, 0);
        return id;
    }
};

template <graph_counts Counts> constexpr graph_view view_of(const frozen_graph<Counts>& graph, int inputs) {
    return {graph.nodes.elements,   graph.operands.elements,
            graph.words.elements,   graph.outputs.elements,
            graph.regions.elements, Counts.nodes,
            Counts.outputs,         inputs,
            Counts.regions};
}

}  // namespace ambit::plan_parts
