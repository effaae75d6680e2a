// SPDX-License-Identifier: BSL-1.0
// Which values are written straight to where they end up: into the caller's memory of an output, or into the variable
// that they are assigned to, instead of being copied at the end of the call.
#pragma once

#include <ambit/plan/grouping.hpp>

#include <cstdint>

namespace AMBIT_NAMESPACE::plan_parts {

/// Whether an output is a value and no operation.
constexpr bool is_value(const graph_view& graph, int output) {
    return !is_operation(graph.role(graph.outputs[output]));
}

/// For each node the output whose memory it is written to, or -1. A value that is two outputs is copied for the second.
constexpr buffer<int> choose_output_slots(const graph_view& graph, const grouping& all) {
    buffer<int> slot;
    slot.resize(graph.node_count, -1);
    for (int k = 0; k < graph.output_count; ++k) {
        if (!is_value(graph, k)) continue;
        const int value = all.base[graph.outputs[k]];
        if (all.group_of[value] >= 0 && slot[value] < 0) slot[value] = k;
    }
    return slot;
}

/// For each node the variable that its memory is, or -1. A value may lie in a variable where nobody could tell: only
/// its own group sees it otherwise, it is the only thing assigned to the variable, and whatever reads the variable's
/// old value runs before, or is an elementwise op of that group and reads the very element that it writes, or the
/// kernel that writes the value over its operand (`op_info::in_variable`). (A kernel with an epilogue hands on each
/// finished element once, so a gradient can become an update without being stored.) `output_slot[n]` is the output that
/// node n is written to, or -1.
constexpr buffer<int> choose_variable_slots(const graph_view& graph, const grouping& all, const buffer<bool>& needed,
                                            const assignment_history& history, const buffer<int>& output_slot) {
    buffer<int> slot;
    slot.resize(graph.node_count, -1);
    if (history.assignments.empty()) return slot;

    // A check that fails lets no assignment of its call take effect: then only what checks find is written at once.
    bool is_checked = false;
    for (const int n : history.assignments) is_checked = is_checked || is_finding(graph, n);

    constexpr int none = -1, several = -2;
    buffer<int> assignment_of;  // by variable
    for (const int n : history.assignments) {
        const int v = static_cast<int>(graph.word(n, 0));
        if (assignment_of.size() <= v) assignment_of.resize(v + 1, none);
        assignment_of[v] = assignment_of[v] == none ? n : several;
    }
    const auto only_assignment = [&](std::int64_t v) {
        return v < assignment_of.size() ? assignment_of[static_cast<int>(v)] : none;
    };
    for (const int n : history.assignments) {
        const int value = graph.operand(n, 0);
        const int g = all.group_of[value];
        const bool is_computed = graph.role(value) == op_role::elementwise || graph.role(value) == op_role::compute;
        if (only_assignment(graph.word(n, 0)) != n || g < 0 || !is_computed || output_slot[value] >= 0) continue;
        if (is_checked && !is_finding(graph, n)) continue;
        slot[value] = static_cast<int>(graph.word(n, 0));
    }

    const bool* const is_needed = needed.begin();
    const int *const group_of = all.group_of.begin(), *const base = all.base.begin();
    int* const slot_of = slot.begin();
    for (int m = 0; m < graph.node_count; ++m) {
        if (!is_needed[m]) continue;
        const frozen_node& node = graph.nodes[m];
        for (int i = 0; i < node.operand_count; ++i) {
            const int operand = graph.operands[node.first_operand + i];
            const int own = slot_of[operand];
            if (own >= 0 && m != only_assignment(own) && group_of[m] != group_of[operand]) slot_of[operand] = -1;
            const int read = base[operand];
            if (group_of[m] < 0 || graph.nodes[read].op->role != op_role::read) continue;
            const int assignment = only_assignment(graph.word(read, 0));
            if (assignment < 0 || read > assignment) continue;
            const int value = graph.operand(assignment, 0);
            if (slot[value] != graph.word(read, 0)) continue;
            const int g = all.group_of[value];
            const bool reads_its_own =
                all.group_of[m] == g && (m == all.groups[g].root ? m == value && i == 0 && node.op->in_variable != 0
                                                                 : graph.extents(operand) == graph.extents(m));
            if (all.finished[all.group_of[m]] >= g && !reads_its_own) slot[value] = -1;
        }
    }
    return slot;
}

}  // namespace ambit::plan_parts
