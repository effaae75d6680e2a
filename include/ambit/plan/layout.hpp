// SPDX-License-Identifier: BSL-1.0
// What a graph is laid out to, once for all calls: which nodes run together, in what order, and where every value lies.
// A call for some of the outputs leaves out steps and keeps all places, so one arena serves all calls of a model.
#pragma once

#include <ambit/plan/arena.hpp>
#include <ambit/plan/homes.hpp>
#include <ambit/plan/in_place.hpp>
#include <ambit/plan/lifetimes.hpp>
#include <ambit/plan/order.hpp>
#include <ambit/plan/packed_weights.hpp>
#include <ambit/plan/side_by_side.hpp>

#include <cstdint>

namespace AMBIT_NAMESPACE::plan_parts {

/// How a value that lies elsewhere comes into the variable it is assigned to: as a copy, or stored there, too, by the
/// loop that computes it.
enum class second_stores : std::int32_t { copied, in_loops };

/// Arrays of a layout, whatever owns them. By node: the group that computes it and the node whose memory it is (see
/// `grouping`), the latest assignment before a read or an assignment, the node of a loop it is written to, the output
/// or variable it is written to, and its offset in the arena, each -1 where there is none. By group: its root, its
/// first member, its scratch memory and its packed weights.
struct layout_view {
    const int* group_of = nullptr;
    const int* base = nullptr;
    const int* before = nullptr;
    const int* home = nullptr;
    const int* output_slot = nullptr;
    const int* variable_slot = nullptr;
    const std::int64_t* offset = nullptr;
    const int* root = nullptr;
    const int* first_member = nullptr;
    const std::int64_t* scratch = nullptr;
    const std::int64_t* packed = nullptr;
    const int* members = nullptr;
    const int* order = nullptr;
    const int* assignments = nullptr;
    const std::int64_t* input_offsets = nullptr;  // where an input is copied to if it must be
    const std::int64_t* output_offsets = nullptr;  // where an output lies between calls
    int group_count = 0;
    int assignment_count = 0;
    std::int64_t arena_bytes = 0;
    std::int64_t packed_bytes = 0;
    second_stores second = second_stores::copied;
};

/// Where values lie in the arena.
struct placement {
    buffer<std::int64_t> offset;  // by node
    buffer<std::int64_t> scratch;  // by group
    buffer<std::int64_t> input_offsets;
    buffer<std::int64_t> output_offsets;
    std::int64_t arena_bytes = 0;
};

constexpr std::int64_t scratch_bytes(const graph_view& graph, int root) {
    const specs_of_operands specs(graph, root);
    return graph.node(root).op->scratch(specs.call(), graph.node(root).result);
}
constexpr std::int64_t scratch_bytes(const graph_view& graph, const packed_places& packed, int group, int root) {
    return packed.offset[group] >= 0 ? packed.scratch[group] : scratch_bytes(graph, root);
}

/// Gives memory to outputs, to inputs that something reads, and step by step to what is stored and lies nowhere yet.
constexpr placement place_values(const graph_view& graph, const grouping& all, const buffer<int>& homes,
                                 const buffer<int>& output_slots, const buffer<int>& variable_slots,
                                 const buffer<int>& order, const buffer<bool>& stored, const buffer<int>& last_use,
                                 const buffer<int>& written_over, blocks_of_values& blocks,
                                 const packed_places& packed) {
    const int groups = all.groups.size();
    placement places;
    arena_allocator arena;
    places.output_offsets.resize(graph.output_count, 0);
    for (int k = 0; k < graph.output_count; ++k)
        if (is_value(graph, k))
            places.output_offsets[k] = arena.allocate(graph.node(graph.outputs[k]).result.bytes(), groups);
    places.input_offsets.resize(graph.input_count, 0);
    for (int n = 0; n < graph.node_count; ++n)
        if (graph.role(n) == op_role::input && last_use[n] >= 0)
            places.input_offsets[static_cast<int>(graph.word(n, 0))] =
                arena.allocate(graph.node(n).result.bytes(), last_use[n]);

    places.offset.resize(graph.node_count, -1);
    places.scratch.resize(groups, -1);
    const bool has_blocks = !blocks.empty();
    const bool* const is_stored = stored.begin();
    const int *const home = homes.begin(), *const output = output_slots.begin(), *const slot = variable_slots.begin();
    const int *const first = all.first_member.begin(), *const members = all.members.begin();
    const auto place = [&](int n) {
        const bool lies_elsewhere = home[n] >= 0 || output[n] >= 0 || slot[n] >= 0;
        if (lies_elsewhere || !is_stored[n] || graph.nodes[n].op->role == op_role::slice) return;
        const int over = n < written_over.size() ? written_over[n] : -1;
        if (has_blocks && blocks.holds(n)) places.offset[n] = blocks.place(n, arena);
        else if (over >= 0) places.offset[n] = places.offset[over];
        else places.offset[n] = arena.allocate(graph.nodes[n].result.bytes(), last_use[n]);
    };
    for (int i = 0; i < groups; ++i) {
        const int g = order[i], root = all.groups[g].root;
        arena.begin_step(i);
        if (root >= 0 && graph.role(root) == op_role::compute) {
            place(root);
            if (const std::int64_t bytes = scratch_bytes(graph, packed, g, root); bytes > 0)
                places.scratch[g] = arena.allocate(bytes, i);
        }
        for (int k = first[g]; k < first[g + 1]; ++k)
            if (members[k] != root && is_stored[members[k]]) place(members[k]);
    }
    places.arena_bytes = arena.size();
    return places;
}

/// A layout in arrays that grow.
struct layout {
    grouping groups;
    assignment_history history;
    buffer<int> homes, output_slots, variable_slots, order, roots, last_use;
    placement places;
    packed_places packed;
    int repeated = 0;  // ops whose steps are repeated
    second_stores second = second_stores::copied;

    constexpr layout_view view() const {
        return {groups.group_of.begin(),
                groups.base.begin(),
                history.before.begin(),
                homes.begin(),
                output_slots.begin(),
                variable_slots.begin(),
                places.offset.begin(),
                roots.begin(),
                groups.first_member.begin(),
                places.scratch.begin(),
                packed.offset.begin(),
                groups.members.begin(),
                order.begin(),
                history.assignments.begin(),
                places.input_offsets.begin(),
                places.output_offsets.begin(),
                groups.groups.size(),
                history.assignments.size(),
                places.arena_bytes,
                packed.bytes,
                second};
    }
};

/// What a layout may do, for what runs its plans can do it.
struct layout_choices {
    weight_layout weights = weight_layout::as_stored;
    views_in_place views = views_in_place::all;
    reductions ends = reductions::alone;
    second_stores second = second_stores::copied;
};
inline constexpr layout_choices layout_in_static_models{
    .weights = weights_in_static_models, .ends = reductions::in_loops, .second = second_stores::in_loops};

constexpr layout lay_out(const graph_view& graph, const layout_choices& choices = {}) {
    layout all;
    all.second = choices.second;
    const buffer<bool> needed = needed_nodes(graph, all_outputs);
    all.history = history_of(graph, needed);
    all.groups = group_nodes(graph, needed, all.history, choices.views, choices.ends);
    all.homes = choose_homes(graph, all.groups, needed);
    all.output_slots = choose_output_slots(graph, all.groups);
    all.variable_slots = choose_variable_slots(graph, all.groups, needed, all.history, all.output_slots);
    all.order = order_of_groups(graph, all.groups, all.history, all.variable_slots);
    const buffer<bool> stored =
        stored_values(graph, all.groups.group_of.begin(), all.groups.base.begin(), needed, all_outputs);
    all.last_use = last_uses(graph, all.groups, all.history, all.order);
    const auto lies_in_arena = [&](int n) {
        return stored[n] && all.homes[n] < 0 && all.output_slots[n] < 0 && all.variable_slots[n] < 0;
    };
    all.packed = pack_weights(graph, all.groups, all.history, choices.weights);
    const buffer<int> written_over = written_in_place(graph, all.groups, all.order, lies_in_arena, all.last_use);
    blocks_of_values blocks;
    // Values that lie side by side are results of ops that may be written in place; repeated ops come with them.
    if (!written_over.empty()) {
        blocks = blocks_of_values(graph, lies_in_arena, all.groups.groups.size(), all.order, all.groups.group_of,
                                  all.last_use, written_over);
        for (int n = 0; n < graph.node_count; ++n) all.repeated += graph.nodes[n].op->repeated;
    }
    all.places = place_values(graph, all.groups, all.homes, all.output_slots, all.variable_slots, all.order, stored,
                              all.last_use, written_over, blocks, all.packed);
    all.roots.reserve(all.groups.groups.size());
    for (const node_group& group : all.groups.groups) all.roots.push_back(group.root);
    return all;
}

/// A layout in arrays of fixed size, so that the compiler can keep it. A graph has no more groups than nodes.
template <int Nodes, int Inputs, int Outputs> struct frozen_layout {
    frozen_array<int, Nodes> group_of, base, before, home, output_slot, variable_slot, root, members, order,
        assignments;
    frozen_array<int, Nodes + 1> first_member;
    frozen_array<std::int64_t, Nodes> offset, scratch, packed;
    frozen_array<std::int64_t, Inputs> input_offsets;
    frozen_array<std::int64_t, Outputs> output_offsets;
    int group_count = 0;
    int assignment_count = 0;
    int repeated = 0;
    second_stores second = second_stores::copied;
    std::int64_t arena_bytes = 0;
    std::int64_t packed_bytes = 0;

    static constexpr frozen_layout of(const layout& from) {
        frozen_layout all;
        const auto copy = [](auto& to, const auto& elements) {
            const auto* const first = elements.begin();
            const int size = elements.size();
            for (int i = 0; i < size; ++i) to.elements[i] = first[i];
        };
        copy(all.group_of, from.groups.group_of);
        copy(all.base, from.groups.base);
        copy(all.before, from.history.before);
        copy(all.home, from.homes);
        copy(all.output_slot, from.output_slots);
        copy(all.variable_slot, from.variable_slots);
        copy(all.root, from.roots);
        copy(all.members, from.groups.members);
        copy(all.order, from.order);
        copy(all.assignments, from.history.assignments);
        copy(all.first_member, from.groups.first_member);
        copy(all.offset, from.places.offset);
        copy(all.scratch, from.places.scratch);
        copy(all.packed, from.packed.offset);
        copy(all.input_offsets, from.places.input_offsets);
        copy(all.output_offsets, from.places.output_offsets);
        all.group_count = from.groups.groups.size();
        all.assignment_count = from.history.assignments.size();
        all.repeated = from.repeated;
        all.second = from.second;
        all.arena_bytes = from.places.arena_bytes;
        all.packed_bytes = from.packed.bytes;
        return all;
    }

    constexpr layout_view view() const {
        return {
            group_of.elements,       base.elements,    before.elements,  home.elements,         output_slot.elements,
            variable_slot.elements,  offset.elements,  root.elements,    first_member.elements, scratch.elements,
            packed.elements,         members.elements, order.elements,   assignments.elements,  input_offsets.elements,
            output_offsets.elements, group_count,      assignment_count, arena_bytes,           packed_bytes,
            second};
    }
};

}  // namespace ambit::plan_parts
