// SPDX-License-Identifier: BSL-1.0
// Which nodes of a graph run together as one kernel. An elementwise op joins the kernel that made one of its operands,
// a fused loop or the epilogue of a gemm or convolution; whatever else needs a value of the group finds it stored. A
// reduction joins the loop of its operand at the end.
// (Gradients will read intermediates, so a rule "one consumer only" would fuse next to nothing.)
#pragma once

#include <ambit/core/buffer.hpp>
#include <ambit/plan/assignments.hpp>
#include <ambit/plan/fused_program.hpp>
#include <ambit/plan/node_group.hpp>
#include <ambit/plan/reducing_loops.hpp>
#include <ambit/plan/sinking.hpp>

#include <cstdint>

namespace AMBIT_NAMESPACE::plan_parts {

/// `group_of[n]` is the group that computes node n, or -1 where nothing is computed. `base[n]` is the node in whose
/// memory n lies: itself, or what it is an alias or a view of. The nodes of group g, in program order, are `members`
/// from `first_member[g]` to before `first_member[g + 1]`.
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
    const frozen_node &node = graph.nodes[n], &last = graph.nodes[group.last];
    const shape& extents = node.result.extents;
    if (group.ops >= max_fused_ops) return false;
    if (group.root >= 0 && graph.nodes[group.root].op->takes_epilogue == 0) return false;
    if (node.region != last.region) return false;
    if (extents != last.result.extents) return false;
    dtype numbers = group.numbers;
    if (!agree(numbers, node.result.type)) return false;
    // An epilogue sees its result as rows of the last axis.
    if (group.root >= 0 && extents.rank() == 0) return false;
    const int *const group_of = all.group_of.begin(), *const base = all.base.begin();
    int inputs = group.input_count, immediates = group.immediate_count;
    for (int i = 0; i < node.operand_count; ++i) {
        const int operand = graph.operands[node.first_operand + i];
        const tensor_spec& spec = graph.nodes[operand].result;
        if (!agree(numbers, spec.type)) return false;
        if (graph.is_literal(operand)) {
            if (!holds(group.immediates, group.immediate_count, graph.literal(operand)) &&
                ++immediates > max_fused_immediates)
                return false;
            continue;
        }
        if (group_of[base[operand]] == index) {
            // A value of the group is at hand element by element only as it is, not under another shape.
            if (base[operand] != operand || spec.extents != extents) return false;
            continue;
        }
        if (group.root >= 0 && !rows_of(spec.extents, extents).fits) return false;
        if (!holds(group.inputs, group.input_count, operand) && ++inputs > max_fused_inputs) return false;
    }
    return true;
}

constexpr void join(const graph_view& graph, grouping& all, int index, int n) {
    node_group& group = all.groups[index];
    const frozen_node& node = graph.nodes[n];
    int* const group_of = all.group_of.begin();
    const int* const base = all.base.begin();
    ++group.ops;
    group.last = n;
    if (node.op->heavy != 0) group.is_heavy = true;
    agree(group.numbers, node.result.type);
    group_of[n] = index;
    for (int i = 0; i < node.operand_count; ++i) {
        const int operand = graph.operands[node.first_operand + i];
        agree(group.numbers, graph.nodes[operand].result.type);
        if (group_of[base[operand]] == index) continue;
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
    const int* const group_of = all.group_of.begin();
    all.first_member.resize(groups + 1, 0);
    int* const first = all.first_member.begin();
    for (int n = 0; n < graph.node_count; ++n)
        if (group_of[n] >= 0) ++first[group_of[n] + 1];
    for (int g = 0; g < groups; ++g) first[g + 1] += first[g];
    all.members.resize(first[groups], -1);
    buffer<int> placed = all.first_member;
    int *const members = all.members.begin(), *const next = placed.begin();
    for (int n = 0; n < graph.node_count; ++n)
        if (group_of[n] >= 0) members[next[group_of[n]]++] = n;
}

/// Which views are read where they lie, without a copy. Where offsets depend on a batch: those of variables that
/// nothing was assigned to before.
enum class views_in_place : std::int32_t { all, of_variables };

/// How many bytes into the memory of its base a value lies: where the views begin that are between them.
constexpr std::int64_t begin_in_base(const graph_view& graph, const int* base, int n) {
    std::int64_t begin = 0;
    for (; base[n] != n; n = graph.operand(n, 0))
        if (graph.node(n).op->is_view != 0) begin += graph.begin_of_view(n);
    return begin;
}

/// What is kept at the end of an iteration or of a call, and so no view of what may be another value by then.
constexpr buffer<bool> kept_values(const graph_view& graph, const buffer<bool>& needed) {
    buffer<bool> kept;
    kept.resize(graph.node_count, false);
    const bool* const is_needed = needed.begin();
    bool* const is_kept = kept.begin();
    for (int k = 0; k < graph.output_count; ++k) is_kept[graph.outputs[k]] = true;
    for (int n = graph.node_count - 1; n >= 0; --n) {
        if (!is_needed[n]) continue;
        const frozen_node& node = graph.nodes[n];
        const op_role role = node.op->role;
        if (role == op_role::elementwise || (role == op_role::compute && !(is_kept[n] && node.op->is_view != 0)))
            continue;
        if (role == op_role::alias && !is_kept[n]) continue;
        for (int i = 0; i < node.operand_count; ++i) is_kept[graph.operands[node.first_operand + i]] = true;
    }
    return kept;
}

/// Whether a view is read where it lies. A small part of a large array is copied, so that the array's memory is free.
constexpr bool is_read_in_place(const graph_view& graph, const grouping& all, const assignment_history& history, int n,
                                views_in_place views) {
    constexpr std::int64_t least_share = 8;
    const int whole = all.base[graph.operand(n, 0)];
    const op_role role = graph.role(whole);
    if (views == views_in_place::of_variables && (role != op_role::read || history.before[whole] >= 0)) return false;
    const bool has_memory = role == op_role::read || role == op_role::input || role == op_role::constant;
    if (!has_memory && graph.extents(whole).elements() > least_share * graph.extents(n).elements()) return false;
    return graph.begin_of_view(n) >= 0;
}

constexpr grouping group_nodes(const graph_view& graph, const buffer<bool>& needed, const assignment_history& history,
                               views_in_place views = views_in_place::all,
                               reductions ends = reductions::alone) {
    grouping all;
    buffer<bool> kept;  // known where there are views
    all.group_of.resize(graph.node_count, -1);
    all.base.resize(graph.node_count, -1);
    given_times given(history);
    const bool* const is_needed = needed.begin();
    const int* const before = history.before.begin();
    int *const group_of = all.group_of.begin(), *const base = all.base.begin();
    const auto group_that_computes = [&](int n) { return group_of[n]; };
    for (int n = 0; n < graph.node_count; ++n) {
        base[n] = n;
        if (!is_needed[n]) continue;
        const frozen_node& node = graph.nodes[n];
        const std::int32_t* const operands = graph.operands + node.first_operand;
        switch (node.op->role) {
            case op_role::final:
            case op_role::alias: base[n] = base[operands[0]]; break;
            case op_role::carried:
            case op_role::slice:
            case op_role::iteration:
            case op_role::stacked: group_of[n] = group_of[graph.regions[graph.body_of(n)].begin]; break;
            case op_role::loop_begin:
            case op_role::loop_test:
            case op_role::loop_end:
            case op_role::compute:
                if (node.op->is_view != 0) {
                    if (kept.empty()) kept = kept_values(graph, needed);
                    if (!kept[n] && is_read_in_place(graph, all, history, n, views)) {
                        base[n] = base[operands[0]];
                        break;
                    }
                }
                group_of[n] = all.groups.size();
                all.groups.push_back({.root = n, .last = n, .numbers = node.result.type});
                break;
            case op_role::elementwise: {
                // The latest group among the operands': all other operands are computed before it. A variable that
                // was assigned to is read from memory, behind the group that computes what it was given.
                int latest = -1, behind = -1;
                for (int i = 0; i < node.operand_count; ++i) {
                    const int value = base[operands[i]];
                    if (group_of[value] > latest) latest = group_of[value];
                    if (before[value] < 0) continue;
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
    sink_loops(graph, needed, all.base, all.groups, all.group_of);
    if (ends == reductions::in_loops) end_loops_in_reductions(graph, history, all.base, all.groups, all.group_of);
    const int groups = all.groups.size();
    all.finished.resize(groups, 0);
    int* const finished = all.finished.begin();
    for (int g = 0; g < groups; ++g) {
        int body = graph.has_loops() ? graph.body_of(all.groups[g].last) : 0;
        if (body == 0) {
            finished[g] = g;
        } else {
            while (graph.regions[body].parent != 0) body = graph.regions[body].parent;
            finished[g] = group_of[graph.regions[body].end];
        }
    }
    list_members(graph, all);
    return all;
}

}  // namespace ambit::plan_parts
