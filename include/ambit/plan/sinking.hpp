// SPDX-License-Identifier: BSL-1.0
// Moves loops to where their values are read: a fused loop whose values only one later loop reads runs as a part of it.
// So a value of the forward pass that only the gradient reads is computed where it is read, and `x - mean` beside the
// factor that a variance gave meanwhile; neither is stored. Each op is computed as before, from the same operands: the
// results are the same bits but where a product and a sum of both loops become one instruction.
#pragma once

#include <ambit/core/buffer.hpp>
#include <ambit/plan/graph_view.hpp>
#include <ambit/plan/node_group.hpp>

#include <cstdint>

namespace AMBIT_NAMESPACE::plan_parts {

/// The only group that reads what a group computes, each operand as it is; -1 where none does, -2 where there is no such
/// one. An assignment takes effect at the end of the call, but for reads that come behind it. The arrays are those of a
/// grouping.
constexpr buffer<int> only_readers(const graph_view& graph, const buffer<bool>& needed, const int* group_of,
                                   const int* base, int groups) {
    buffer<int> readers;
    readers.resize(groups, -1);
    int* const reader = readers.begin();
    buffer<bool> is_read_behind;  // by variable
    for (int n = graph.node_count - 1; n >= 0; --n) {
        if (!needed[n]) continue;
        const frozen_node& node = graph.nodes[n];
        const op_role role = node.op->role;
        if (role == op_role::read || role == op_role::assign) {
            const auto variable = static_cast<int>(graph.word(n, 0));
            if (variable >= is_read_behind.size()) is_read_behind.resize(variable + 1, false);
            if (role == op_role::read) is_read_behind[variable] = true;
            else if (!is_read_behind[variable]) continue;
        }
        for (int i = 0; i < node.operand_count; ++i) {
            const int operand = graph.operands[node.first_operand + i];
            const int made_by = group_of[base[operand]];
            if (made_by < 0 || made_by == group_of[n]) continue;
            const bool is_plain = role == op_role::elementwise && base[operand] == operand;
            if (!is_plain || (reader[made_by] != -1 && reader[made_by] != group_of[n])) reader[made_by] = -2;
            else reader[made_by] = group_of[n];
        }
    }
    return readers;
}

/// What `from` and `to`, which reads it, are as one loop, at the place of `to`; `fits` is false if they may not be one.
/// Operands of `from` live on until then: there are at most as many of them that would not anyway as values that need
/// no memory in exchange.
struct sunk_loop {
    node_group both;
    bool fits = false;

    constexpr sunk_loop(const graph_view& graph, const int* group_of, const int* base, const node_group& from,
                        int from_index, const node_group& to)
        : both(to) {
        const frozen_node &last = graph.nodes[to.last], &sunk = graph.nodes[from.last];
        if (from.root >= 0 || to.root >= 0 || last.region != sunk.region) return;
        if (last.result.extents != sunk.result.extents || from.ops + to.ops > max_fused_ops) return;
        if (from.numbers != dtype::none && to.numbers != dtype::none && from.numbers != to.numbers) return;
        if (both.numbers == dtype::none) both.numbers = from.numbers;
        both.ops += from.ops;
        both.is_heavy = both.is_heavy || from.is_heavy;
        if (from.last > both.last) both.last = from.last;
        int passed = 0, held = 0;
        both.input_count = 0;
        for (int i = 0; i < to.input_count; ++i) {
            if (group_of[to.inputs[i]] == from_index) ++passed;
            else both.inputs[both.input_count++] = to.inputs[i];
        }
        for (int i = 0; i < from.input_count; ++i) {
            if (holds(both.inputs, both.input_count, from.inputs[i])) continue;
            if (both.input_count == max_fused_inputs) return;
            const int whole = base[from.inputs[i]];
            bool lives_on = group_of[whole] < 0;
            for (int j = 0; j < both.input_count; ++j) lives_on = lives_on || base[both.inputs[j]] == whole;
            both.inputs[both.input_count++] = from.inputs[i];
            const bool is_large = graph.extents(from.inputs[i]).elements() == sunk.result.extents.elements();
            if (is_large && !lives_on) ++held;
        }
        for (int i = 0; i < from.immediate_count; ++i) {
            if (holds(both.immediates, both.immediate_count, from.immediates[i])) continue;
            if (both.immediate_count == max_fused_immediates) return;
            both.immediates[both.immediate_count++] = from.immediates[i];
        }
        fits = held <= passed;
    }
};

/// Takes away the groups that have become a part of another one, `into[g]` of group g. What is left keeps its order.
constexpr void leave_out(const buffer<int>& into, buffer<node_group>& groups, buffer<int>& groups_of_nodes) {
    const int count = groups.size(), nodes = groups_of_nodes.size();
    int* const group_of = groups_of_nodes.begin();
    buffer<int> place;  // of the groups that are left
    place.resize(count, -1);
    int kept = 0;
    for (int g = 0; g < count; ++g) {
        if (into[g] != g) continue;
        groups[kept] = groups[g];
        place[g] = kept++;
    }
    groups.truncate(kept);
    for (int n = 0; n < nodes; ++n)
        if (group_of[n] >= 0) group_of[n] = place[into[group_of[n]]];
}

/// Changes `groups` and `group_of`; what is left keeps its order.
constexpr void sink_loops(const graph_view& graph, const buffer<bool>& needed, const buffer<int>& bases,
                          buffer<node_group>& groups, buffer<int>& groups_of_nodes) {
    int* const group_of = groups_of_nodes.begin();
    const int* const base = bases.begin();
    const int count = groups.size();
    const buffer<int> readers = only_readers(graph, needed, group_of, base, count);
    buffer<int> into;  // the group that one has become a part of, itself if none
    into.resize(count, 0);
    int moved = 0;
    // Readers first: what they read then finds them where they have gone to.
    for (int g = count - 1; g >= 0; --g) {
        into[g] = g;
        if (readers[g] <= g) continue;
        const int to = into[readers[g]];
        const sunk_loop sunk(graph, group_of, base, groups[g], g, groups[to]);
        if (!sunk.fits) continue;
        groups[to] = sunk.both;
        into[g] = to;
        ++moved;
    }
    if (moved > 0) leave_out(into, groups, groups_of_nodes);
}

}  // namespace ambit::plan_parts
