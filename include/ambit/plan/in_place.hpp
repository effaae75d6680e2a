// SPDX-License-Identifier: BSL-1.0
// Which results are written over an operand: those of ops that may do so (`op_info::in_place`), where nothing reads the
// operand later.
#pragma once

#include <ambit/plan/grouping.hpp>

namespace AMBIT_NAMESPACE::plan_parts {

/// For each node the one whose memory it takes over, or -1; empty if the graph has no op that may. What is taken over
/// lives as long as what takes it: `last_use` is made to say so.
template <class LiesInArena>
constexpr buffer<int> written_in_place(const graph_view& graph, const grouping& all, const buffer<int>& order,
                                       const LiesInArena& lies_in_arena, buffer<int>& last_use) {
    buffer<int> over, time;
    // From the last to the first: a value may be taken over by what is taken over itself.
    for (int n = graph.node_count - 1; n >= 0; --n) {
        const frozen_node& node = graph.nodes[n];
        if (node.op->in_place == 0 || all.group_of[n] < 0 || node.region != 0 || !lies_in_arena(n)) continue;
        if (over.empty()) {
            over.resize(graph.node_count, -1);
            time.resize(all.groups.size(), 0);
            for (int i = 0; i < order.size(); ++i) time[order[i]] = i;
        }
        const int value = all.base[graph.operand(n, 0)];
        const op_role role = graph.role(value);
        const bool is_computed = role == op_role::elementwise || role == op_role::compute;
        if (!is_computed || all.group_of[value] < 0 || graph.nodes[value].region != 0 || !lies_in_arena(value))
            continue;
        if (last_use[value] != time[all.group_of[n]] || graph.type(value) != graph.type(n)) continue;
        if (graph.extents(value).elements() != graph.extents(n).elements()) continue;
        bool is_read_beside = false;
        for (int i = 1; i < node.operand_count; ++i)
            is_read_beside = is_read_beside || all.base[graph.operand(n, i)] == value;
        if (is_read_beside) continue;
        over[n] = value;
        if (last_use[n] > last_use[value]) last_use[value] = last_use[n];
    }
    return over;
}

}  // namespace ambit::plan_parts
