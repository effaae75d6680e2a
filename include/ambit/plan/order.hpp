// SPDX-License-Identifier: BSL-1.0
// The order in which groups run. It is the program's, but for updates of variables: each runs as soon as what it needs
// is there and whatever reads the variable's old value has run. So a gradient is consumed while it is in the cache, and
// its memory is free for the next one. What is computed of scalars alone moves along, and so do ops that begin what
// goes on beside the call (`op_info::early`). Nothing moves into a loop or out of one.
#pragma once

#include <ambit/plan/grouping.hpp>

namespace AMBIT_NAMESPACE::plan_parts {

/// Groups in order of execution. `variable_slot` says which nodes are written into variables.
constexpr buffer<int> order_of_groups(const graph_view& graph, const grouping& all, const assignment_history& history,
                                      const buffer<int>& variable_slot) {
    const int groups = all.groups.size();
    buffer<int> order;
    order.resize(groups, 0);
    for (int g = 0; g < groups; ++g) order[g] = g;
    if (history.assignments.empty()) return order;

    // A group that moves runs behind its anchor, the latest unmoved group that it has to wait for; -1 is the beginning.
    buffer<int> anchor, last_reader;
    anchor.resize(groups, 0);
    const auto last_reader_of = [&](std::int64_t v) -> int& {
        if (last_reader.size() <= v) last_reader.resize(static_cast<int>(v) + 1, -1);
        return last_reader[static_cast<int>(v)];
    };
    // What waits for a group of a loop waits for all of the loop.
    const int *const anchors = anchor.begin(), *const ends = all.finished.begin();
    const auto finished = [&](int group) { return anchors[group] < 0 ? -1 : ends[anchors[group]]; };
    given_times given(history);
    const auto time_of = [&](int n) { return all.group_of[n] >= 0 ? finished(all.group_of[n]) : -1; };
    const int *const first = all.first_member.begin(), *const members = all.members.begin();
    const int *const group_of = all.group_of.begin(), *const base = all.base.begin();
    const int *const slot = variable_slot.begin(), *const before = history.before.begin();
    for (int g = 0; g < groups; ++g) {
        const int root = all.groups[g].root;
        bool moves = all.finished[g] == g &&
                     (root >= 0 ? graph.nodes[root].op->early != 0 : graph.extents(all.groups[g].last).elements() == 1);
        int behind = -1;
        for (int i = first[g]; i < first[g + 1]; ++i) {
            const int n = members[i];
            if (slot[n] >= 0) {
                moves = true;
                if (last_reader_of(slot[n]) > behind) behind = last_reader_of(slot[n]);
            }
            const frozen_node& node = graph.nodes[n];
            for (int k = 0; k < node.operand_count; ++k) {
                const int value = base[graph.operands[node.first_operand + k]];
                const int made_by = group_of[value];
                if (made_by >= 0 && made_by != g && finished(made_by) > behind) behind = finished(made_by);
                if (before[value] < 0) continue;
                const int changed = given.of(graph, all.base, value, time_of);
                if (changed > behind) behind = changed;
            }
        }
        anchor[g] = moves ? behind : g;
        for (int i = first[g]; i < first[g + 1]; ++i) {
            const frozen_node& node = graph.nodes[members[i]];
            for (int k = 0; k < node.operand_count; ++k) {
                const int value = base[graph.operands[node.first_operand + k]];
                if (graph.nodes[value].op->role != op_role::read) continue;
                int& last = last_reader_of(graph.word(value, 0));
                if (finished(g) > last) last = finished(g);
            }
        }
    }

    // By anchor; at one anchor first the group itself, then those behind it in program order.
    buffer<int> start;
    start.resize(groups + 2, 0);
    int* const starts = start.begin();
    for (int g = 0; g < groups; ++g) ++starts[anchors[g] + 2];
    for (int a = 0; a <= groups; ++a) starts[a + 1] += starts[a];
    buffer<int> place = start;
    int *const next = place.begin(), *const ordered = order.begin();
    for (int g = 0; g < groups; ++g)
        if (anchors[g] == g) ordered[next[g + 1]++] = g;
    for (int g = 0; g < groups; ++g)
        if (anchors[g] != g) ordered[next[anchors[g] + 1]++] = g;
    return order;
}

}  // namespace ambit::plan_parts
