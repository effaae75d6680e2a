// SPDX-License-Identifier: BSL-1.0
// Which nodes of a graph run together as one kernel. An elementwise op joins the kernel that made one of its operands,
// a fused loop or the epilogue of a gemm or convolution; whatever else needs a value of the group finds it stored.
// (Gradients will read intermediates, so a rule "one consumer only" would fuse next to nothing.)
#pragma once

#include <ambit/core/buffer.hpp>
#include <ambit/plan/assignments.hpp>
#include <ambit/plan/fused_program.hpp>

#include <cstdint>

namespace AMBIT_NAMESPACE::plan_parts {

/// Nodes that run as one kernel, at the place of the first of them. Begin, test and end of a loop are groups, too; the
/// first has the values that the iterations share.
struct node_group {
    int root = -1;        // the gemm, convolution, … ; -1 for a fused loop
    int ops = 0;          // elementwise nodes so far
    int last = -1;        // the latest node of the group: all have its shape
    dtype numbers = dtype::none;  // of all its values but those of bool
    int input_count = 0;  // distinct values that the elementwise nodes read
    int inputs[max_fused_inputs] = {};
    int immediate_count = 0;  // distinct numbers, which they do not
    std::int64_t immediates[max_fused_immediates] = {};
};

/// `group_of[n]` is the group that computes node n, or -1 where nothing is computed. `base[n]` is the node whose memory
/// n is: itself, or what it is an alias of. The nodes of group g, in program order, are `members` from
/// `first_member[g]` to before `first_member[g + 1]`.
struct grouping {
    buffer<node_group> groups;
    buffer<int> group_of;
    buffer<int> base;
    buffer<int> first_member;
    buffer<int> members;
    buffer<int> finished;  // the group itself, or of one that belongs to a loop the end of the outermost one

    constexpr bool is_loop(const graph_view& graph, int group) const {
        if (groups[group].root < 0) return false;
        const op_role role = graph.role(groups[group].root);
        return role == op_role::loop_begin || role == op_role::loop_test || role == op_role::loop_end;
    }
};

template <class T> constexpr bool holds(const T* list, int count, T wanted) {
    for (int i = 0; i < count; ++i)
        if (list[i] == wanted) return true;
    return false;
}

/// Whether a value of this type may stand beside numbers of that one; it makes the type if there are none yet.
constexpr bool agree(dtype& numbers, dtype type) {
    if (type == dtype::boolean || type == numbers) return true;
    if (numbers != dtype::none) return false;
    numbers = type;
    return true;
}

/// Whether node `n` may join `group`, which computes at least one of its operands.
constexpr bool may_join(const graph_view& graph, const grouping& all, int index, int n) {
    const node_group& group = all.groups[index];
    if (group.ops >= max_fused_ops) return false;
    if (group.root >= 0 && graph.node(group.root).op->takes_epilogue == 0) return false;
    if (graph.node(n).region != graph.node(group.last).region) return false;
    if (graph.extents(n) != graph.extents(group.last)) return false;
    dtype numbers = group.numbers;
    if (!agree(numbers, graph.type(n))) return false;
    // An epilogue sees its result as rows of the last axis.
    if (group.root >= 0 && graph.extents(n).rank() == 0) return false;
    int inputs = group.input_count, immediates = group.immediate_count;
    for (int i = 0; i < graph.node(n).operand_count; ++i) {
        const int operand = graph.operand(n, i);
        if (!agree(numbers, graph.type(operand))) return false;
        if (graph.is_literal(operand)) {
            if (!holds(group.immediates, group.immediate_count, graph.literal(operand)) &&
                ++immediates > max_fused_immediates)
                return false;
            continue;
        }
        if (all.group_of[all.base[operand]] == index) {
            // A value of the group is at hand element by element only as it is, not under another shape.
            if (all.base[operand] != operand || graph.extents(operand) != graph.extents(n)) return false;
            continue;
        }
        if (group.root >= 0 && !rows_of(graph.extents(operand), graph.extents(n)).fits) return false;
        if (!holds(group.inputs, group.input_count, operand) && ++inputs > max_fused_inputs) return false;
    }
    return true;
}

constexpr void join(const graph_view& graph, grouping& all, int index, int n) {
    node_group& group = all.groups[index];
    ++group.ops;
    group.last = n;
    agree(group.numbers, graph.type(n));
    all.group_of[n] = index;
    for (int i = 0; i < graph.node(n).operand_count; ++i) {
        const int operand = graph.operand(n, i);
        agree(group.numbers, graph.type(operand));
        if (all.group_of[all.base[operand]] == index) continue;
        if (graph.is_literal(operand)) {
            if (!holds(group.immediates, group.immediate_count, graph.literal(operand)))
                group.immediates[group.immediate_count++] = graph.literal(operand);
        } else if (!holds(group.inputs, group.input_count, operand)) {
            group.inputs[group.input_count++] = operand;
        }
    }
}

constexpr void list_members(const graph_view& graph, grouping& all) {
    const int groups = all.groups.size();
    all.first_member.resize(groups + 1, 0);
    for (int n = 0; n < graph.node_count; ++n)
        if (all.group_of[n] >= 0) ++all.first_member[all.group_of[n] + 1];
    for (int g = 0; g < groups; ++g) all.first_member[g + 1] += all.first_member[g];
    all.members.resize(all.first_member[groups], -1);
    buffer<int> next = all.first_member;
    for (int n = 0; n < graph.node_count; ++n)
        if (all.group_of[n] >= 0) all.members[next[all.group_of[n]]++] = n;
}

constexpr grouping group_nodes(const graph_view& graph, const buffer<bool>& needed, const assignment_history& history) {
    grouping all;
    all.group_of.resize(graph.node_count, -1);
    all.base.resize(graph.node_count, -1);
    given_times given(history);
    const auto group_that_computes = [&](int n) { return all.group_of[n]; };
    for (int n = 0; n < graph.node_count; ++n) {
        all.base[n] = n;
        if (!needed[n]) continue;
        switch (graph.role(n)) {
            case op_role::final:
            case op_role::alias: all.base[n] = all.base[graph.operand(n, 0)]; break;
            case op_role::carried:
            case op_role::slice:
            case op_role::iteration:
            case op_role::stacked: all.group_of[n] = all.group_of[graph.regions[graph.body_of(n)].begin]; break;
            case op_role::loop_begin:
            case op_role::loop_test:
            case op_role::loop_end:
            case op_role::compute:
                all.group_of[n] = all.groups.size();
                all.groups.push_back({.root = n, .last = n, .numbers = graph.type(n)});
                break;
            case op_role::elementwise: {
                // The latest group among the operands': all other operands are computed before it. A variable that
                // was assigned to is read from memory, behind the group that computes what it was given.
                int latest = -1, behind = -1;
                for (int i = 0; i < graph.node(n).operand_count; ++i) {
                    const int value = all.base[graph.operand(n, i)];
                    if (all.group_of[value] > latest) latest = all.group_of[value];
                    const int assigned = given.of(graph, all.base, value, group_that_computes);
                    if (assigned > behind) behind = assigned;
                }
                if (latest <= behind || !may_join(graph, all, latest, n)) {
                    latest = all.groups.size();
                    all.groups.push_back({.last = n});
                }
                join(graph, all, latest, n);
                break;
            }
            default: break;
        }
    }
    const int groups = all.groups.size();
    all.finished.resize(groups, 0);
    for (int g = 0; g < groups; ++g) {
        int body = graph.has_loops() ? graph.body_of(all.groups[g].last) : 0;
        if (body == 0) {
            all.finished[g] = g;
        } else {
            while (graph.regions[body].parent != 0) body = graph.regions[body].parent;
            all.finished[g] = all.group_of[graph.regions[body].end];
        }
    }
    list_members(graph, all);
    return all;
}

}  // namespace ambit::plan_parts
