// SPDX-License-Identifier: BSL-1.0
// Which values of a loop's body are written straight to where they are kept, instead of being copied there.
#pragma once

#include <ambit/plan/grouping.hpp>

namespace AMBIT_NAMESPACE::plan_parts {

/// For each node the one whose memory it is written to, or -1: a value of a body to an element of the stack that keeps
/// it, or to the carried value that it becomes. The latter where nobody could tell: whatever reads the old value in the
/// body runs before, or is an elementwise op of its own group and reads the very element that it writes.
constexpr buffer<int> choose_homes(const graph_view& graph, const grouping& all, const buffer<bool>& needed) {
    buffer<int> home;
    home.resize(graph.node_count, -1);
    if (!graph.has_loops()) return home;
    for (int n = 0; n < graph.node_count; ++n) {
        if (!needed[n] || graph.role(n) != op_role::stacked) continue;
        const int value = all.base[graph.operand(n, 0)];
        const op_role role = graph.role(value);
        const bool is_placed = all.group_of[value] >= 0 && role != op_role::slice && role != op_role::iteration;
        if (is_placed && graph.home_of(value) == graph.body_of(n) && home[value] < 0) home[value] = n;
    }
    for (int n = 0; n < graph.node_count; ++n) {
        if (!needed[n] || graph.role(n) != op_role::carried) continue;
        const int next = graph.operand(n, 1);
        bool is_computed = graph.role(next) == op_role::elementwise || graph.role(next) == op_role::compute;
        // The state stays what it is if the loop ends at its test.
        if (const int end = graph.regions[graph.node(n).region].end; graph.node(end).operand_count > 1)
            is_computed = is_computed && all.group_of[next] > all.group_of[graph.operand(end, 1)];
        if (is_computed && graph.node(next).region == graph.node(n).region && home[next] < 0) home[next] = n;
    }
    for (int m = 0; m < graph.node_count; ++m) {
        if (!needed[m] || all.group_of[m] < 0) continue;
        for (int i = 0; i < graph.node(m).operand_count; ++i) {
            const int read = all.base[graph.operand(m, i)];
            if (graph.role(read) != op_role::carried || m == read) continue;
            const int next = graph.operand(read, 1);
            // What is outside of the body reads the last value; a stack is written before the body runs.
            if (home[next] != read || !graph.is_within(graph.node(m).region, graph.node(read).region)) continue;
            const int g = all.group_of[next];
            const bool reads_its_own = all.group_of[m] == g && m != all.groups[g].root &&
                                       graph.extents(graph.operand(m, i)) == graph.extents(m);
            if (all.group_of[m] >= g && !reads_its_own) home[next] = -1;
        }
    }
    return home;
}

}  // namespace ambit::plan_parts
