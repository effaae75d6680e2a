// SPDX-License-Identifier: BSL-1.0
// Which nodes of a graph run together as one kernel. An elementwise op joins the kernel that made one of its operands,
// a fused loop or the epilogue of a gemm or convolution; whatever else needs a value of the group finds it stored.
// (Gradients will read intermediates, so a rule "one consumer only" would fuse next to nothing.)
#pragma once

#include <ambit/core/buffer.hpp>
#include <ambit/plan/fused_program.hpp>

#include <cstdint>

namespace ambit {

/// A frozen graph without its type, so that the passes are compiled once.
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

private:
    constexpr int behind_aliases(int id) const {
        while (role(id) == op_role::alias) id = operand(id, 0);
        return id;
    }
};

template <graph_counts Counts> constexpr graph_view view_of(const frozen_graph<Counts>& graph, int inputs) {
    return {graph.nodes.elements,   graph.operands.elements, graph.words.elements, graph.outputs.elements,
            graph.regions.elements, Counts.nodes,            Counts.outputs,       inputs,
            Counts.regions};
}

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
/// n is: itself, or what it is an alias of.
struct grouping {
    buffer<node_group> groups;
    buffer<int> group_of;
    buffer<int> base;
    buffer<int> assignments;
    buffer<int> finished;  // the group itself, or of one that belongs to a loop the end of the outermost one

    constexpr bool is_loop(const graph_view& graph, int group) const {
        if (groups[group].root < 0) return false;
        const op_role role = graph.role(groups[group].root);
        return role == op_role::loop_begin || role == op_role::loop_test || role == op_role::loop_end;
    }
};

/// The assignments among some nodes, in program order.
constexpr buffer<int> assignments_of(const graph_view& graph, const buffer<bool>& needed) {
    buffer<int> found;
    for (int n = 0; n < graph.node_count; ++n)
        if (graph.role(n) == op_role::assign && needed[n]) found.push_back(n);
    return found;
}

/// Whether an assignment keeps what a check found.
constexpr bool is_finding(const graph_view& graph, int assignment) {
    return graph.node(assignment).op->id == detail::finding_info.id;
}

/// The value that a variable has where it is read: what the latest assignment before it, of those that happen, gave
/// it; -1 for what the variable held before the call.
constexpr int assigned_before(const graph_view& graph, const buffer<int>& assignments, int read) {
    int found = -1;
    for (int i = 0; i < assignments.size() && assignments[i] < read; ++i)
        if (graph.word(assignments[i], 0) == graph.word(read, 0)) found = graph.operand(assignments[i], 0);
    return found;
}

/// The nodes that the chosen outputs (bit k: output k) depend on.
constexpr buffer<bool> needed_nodes(const graph_view& graph, std::uint64_t selected) {
    buffer<bool> needed;
    needed.resize(graph.node_count, false);
    for (int k = 0; k < graph.output_count; ++k)
        if ((selected >> k & 1) != 0) needed[graph.outputs[k]] = true;
    // What a loop carries needs what it becomes, which stands behind it: then once more from the end.
    for (bool again = true; again;) {
        again = false;
        for (int n = graph.node_count - 1; n >= 0; --n) {
            if (!needed[n]) continue;
            for (int i = 0; i < graph.node(n).operand_count; ++i) {
                const int operand = graph.operand(n, i);
                again = again || (operand > n && !needed[operand]);
                needed[operand] = true;
            }
        }
    }
    return needed;
}

namespace detail {

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

/// The latest of the groups that compute anything a variable was given before it is read, by the time of each: which of
/// its assignments happen is for each call to say. -1 for all other values.
template <class Time>
constexpr int latest_assigned(const graph_view& graph, const grouping& all, int value, const Time& time_of) {
    int latest = -1;
    if (graph.role(value) != op_role::read) return latest;
    for (int i = 0; i < all.assignments.size() && all.assignments[i] < value; ++i) {
        const int n = all.assignments[i];
        if (graph.word(n, 0) != graph.word(value, 0)) continue;
        const int given = all.base[graph.operand(n, 0)];
        const int time = all.group_of[given] >= 0 ? time_of(all.group_of[given])
                                                  : latest_assigned(graph, all, given, time_of);
        if (time > latest) latest = time;
    }
    return latest;
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

}  // namespace detail

constexpr grouping group_nodes(const graph_view& graph, const buffer<bool>& needed) {
    grouping all;
    all.group_of.resize(graph.node_count, -1);
    all.base.resize(graph.node_count, -1);
    all.assignments = assignments_of(graph, needed);
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
                    const int assigned = detail::latest_assigned(graph, all, value, [](int group) { return group; });
                    if (assigned > behind) behind = assigned;
                }
                if (latest <= behind || !detail::may_join(graph, all, latest, n)) {
                    latest = all.groups.size();
                    all.groups.push_back({.last = n});
                }
                detail::join(graph, all, latest, n);
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
    return all;
}

}  // namespace ambit
