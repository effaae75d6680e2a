// SPDX-License-Identifier: BSL-1.0
// How long values live: which of them are stored at all, and the last moment at which each is read. The moments of a
// plan are the places of its groups in the order of execution; what lives beyond the call ends behind the last.
#pragma once

#include <ambit/plan/grouping.hpp>
#include <ambit/plan/needed.hpp>
#include <ambit/plan/slots.hpp>

#include <cstdint>

namespace AMBIT_NAMESPACE::plan_parts {

/// The computed values that anything outside of their group needs, among `needed` nodes and the chosen outputs. The
/// arrays are those of a grouping.
constexpr buffer<bool> stored_values(const graph_view& graph, const int* group_of, const int* base,
                                     const buffer<bool>& needed, std::uint64_t selected) {
    buffer<bool> stored;
    stored.resize(graph.node_count, false);
    const bool* const is_needed = needed.begin();
    bool* const is_stored = stored.begin();
    for (int n = 0; n < graph.node_count; ++n) {
        if (!is_needed[n]) continue;
        const int group = group_of[n];
        const frozen_node& node = graph.nodes[n];
        for (int i = 0; i < node.operand_count; ++i) {
            const int operand = graph.operands[node.first_operand + i];
            const int made_by = group_of[operand];
            if (made_by >= 0 && (made_by != group || graph.is_shared_by_iterations(operand))) is_stored[operand] = true;
        }
    }
    for (int k = 0; k < graph.output_count; ++k) {
        if (!is_selected(selected, k) || !is_value(graph, k)) continue;
        const int value = base[graph.outputs[k]];
        if (group_of[value] >= 0) stored[value] = true;
    }
    return stored;
}

/// When node `n` has used its operand `index`, which is `value`: what comes from outside of a loop is used to its end.
constexpr int time_of_use(const graph_view& graph, const grouping& all, const buffer<int>& time, int n, int index,
                          int value) {
    const auto end_of = [&](int body) { return time[all.group_of[graph.regions[body].end]]; };
    const op_role role = graph.role(n);
    int last = time[all.group_of[n]], region = graph.node(n).region;
    if (role == op_role::stacked || (role == op_role::carried && index == 1)) {
        region = graph.body_of(n);
        last = end_of(region);
    } else if (role == op_role::carried) {
        region = graph.regions[region].parent;
    }
    const int home = graph.home_of(value);
    for (; region > home; region = graph.regions[region].parent) last = end_of(region);
    return last;
}

/// For each node when it is read last; -1 for what nothing reads. What a variable was given, in memory of its own,
/// lives as long as any read of the variable could mean it.
constexpr buffer<int> last_uses(const graph_view& graph, const grouping& all, const assignment_history& history,
                                const buffer<int>& order) {
    const int end = all.groups.size();
    buffer<int> time;
    time.resize(end, 0);
    for (int i = 0; i < end; ++i) time[order[i]] = i;
    buffer<int> last;
    last.resize(graph.node_count, -1);
    // `when(value)` says when a value has been used; what a read means goes on living with it.
    const auto use = [&](int value, const auto& when) {
        for (int used = when(value); used > last[value]; used = when(value)) {
            last[value] = used;
            if (graph.role(value) != op_role::read || history.before[value] < 0) break;
            value = all.base[graph.operand(history.before[value], 0)];
        }
    };
    const int *const group_of = all.group_of.begin(), *const base = all.base.begin();
    const int *const times = time.begin(), *const before = history.before.begin();
    int* const lasts = last.begin();
    for (const int n : all.members) {
        const frozen_node& node = graph.nodes[n];
        const int now = times[group_of[n]];
        for (int i = 0; i < node.operand_count; ++i) {
            const int used = base[graph.operands[node.first_operand + i]];
            if (graph.has_loops() || before[used] >= 0)
                use(used, [&](int value) { return time_of_use(graph, all, time, n, i, value); });
            else if (now > lasts[used]) lasts[used] = now;  // as most are
        }
        if (graph.is_shared_by_iterations(n)) {
            const int ended = time[all.group_of[graph.regions[graph.body_of(n)].end]];
            if (ended > last[n]) last[n] = ended;
        }
    }
    for (int k = 0; k < graph.output_count; ++k)
        if (is_value(graph, k)) use(all.base[graph.outputs[k]], [&](int) { return end; });
    for (const int n : history.assignments) last[all.base[graph.operand(n, 0)]] = end;
    return last;
}

}  // namespace ambit::plan_parts
