// SPDX-License-Identifier: BSL-1.0
// Reductions at the end of loops. One whose operand a fused loop computes runs in that loop, which puts every batch of
// elements together as soon as it has them: what nothing else reads of the operand is not stored, and the rest is not
// read back. The elements, and the order in which they are put together, are those of a reduction alone: the results
// are the same bits but where a product and the sum that follows become one instruction.
//
//     reduce_mean(square(x - y))        // one loop: sub, square, reduce_mean
#pragma once

#include <ambit/core/buffer.hpp>
#include <ambit/plan/assignments.hpp>
#include <ambit/plan/graph_view.hpp>
#include <ambit/plan/node_group.hpp>
#include <ambit/plan/sinking.hpp>

#include <cstdint>

namespace AMBIT_NAMESPACE::plan_parts {

/// Whether reductions may run in loops. Loops whose extents are known at run time only have none.
enum class reductions : std::int32_t { alone, in_loops };

/// A loop has one element after the other, whatever their rows; a reduction has a last batch of each row, which may be
/// mostly empty: one in 16 more at most in rows of so many elements, and none where rows are whole batches of any
/// width.
inline constexpr std::int64_t least_reduced_row = 256, widest_batch = 16;

/// Several threads share a loop, or rows, but no row: where elements take long, not to store them gains less than that.
inline constexpr std::int64_t longest_heavy_row = 16384;

/// Whether reduction `n` may run in the loop that computes its operand. Each input has to move along as one with what
/// is reduced, and as one with what is kept: rows then are what they would be for the reduction alone.
constexpr bool may_end_in(const graph_view& graph, const node_group& loop, int n) {
    const frozen_node& reduction = graph.nodes[n];
    const tensor_spec& operand = graph.nodes[graph.operand(n, 0)].result;
    if (!is_floating(operand.type) || reduction.region != graph.nodes[loop.last].region) return false;
    const std::int64_t row =
        reduction.op->reduced_row({&operand, 1, graph.words + reduction.first_word}, reduction.result);
    if (row < 2 || (loop.is_heavy && row > longest_heavy_row)) return false;
    if (row < least_reduced_row && row % widest_batch != 0 && row < operand.extents.elements()) return false;
    const int first = first_axis_of_row(operand.extents, row);
    for (int i = 0; i < loop.input_count; ++i)
        if (!rows_of(graph.extents(loop.inputs[i]), operand.extents, first).fits) return false;
    return true;
}

/// By group, whether a value of it may be written over what it is computed from, in its variable or as what a loop of
/// the program carries, so that it cannot be computed twice.
constexpr buffer<bool> groups_of_updates(const graph_view& graph, const assignment_history& history,
                                         const buffer<int>& bases, const buffer<int>& group_of, int groups) {
    buffer<bool> is_update;
    is_update.resize(groups, false);
    const auto note = [&](int value) {
        if (const int group = group_of[bases[value]]; group >= 0) is_update[group] = true;
    };
    for (const int n : history.assignments) note(graph.operand(n, 0));
    if (graph.has_loops())
        for (int n = 0; n < graph.node_count; ++n)
            if (graph.role(n) == op_role::carried && group_of[n] >= 0) note(graph.operand(n, 1));
    return is_update;
}

/// Changes `groups` and `groups_of_nodes`, which have no more elementwise ops to join them: the first reduction of what
/// a loop computes becomes its root. It needs nothing but its operand, so it may run where that does.
constexpr void end_loops_in_reductions(const graph_view& graph, const assignment_history& history,
                                       const buffer<int>& bases, buffer<node_group>& groups,
                                       buffer<int>& groups_of_nodes) {
    const int count = groups.size();
    const int *const group_of = groups_of_nodes.begin(), *const base = bases.begin();
    buffer<bool> is_update;  // known where a reduction asks for it
    buffer<int> into;        // the group that one has become a part of, itself if none; empty as long as all are
    for (int g = 0; g < count; ++g) {
        const int root = groups[g].root;
        if (root < 0 || graph.nodes[root].op->takes_loop == 0) continue;
        const int operand = graph.operand(root, 0), loop = group_of[operand];
        if (base[operand] != operand || loop < 0 || groups[loop].root >= 0) continue;
        if (!may_end_in(graph, groups[loop], root)) continue;
        if (graph.nodes[root].op->looks_again != 0) {
            if (is_update.empty()) is_update = groups_of_updates(graph, history, bases, groups_of_nodes, count);
            if (is_update[loop]) continue;
        }
        if (into.empty()) {
            into.resize(count, 0);
            for (int i = 0; i < count; ++i) into[i] = i;
        }
        groups[loop].root = root;
        into[g] = loop;
    }
    if (!into.empty()) leave_out(into, groups, groups_of_nodes);
}

}  // namespace ambit::plan_parts
