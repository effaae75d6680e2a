// SPDX-License-Identifier: BSL-1.0
// The plan of a graph whose batch is known at run time only. Order, groups and what shares memory are settled by the
// compiler, at a batch that no extent meets by chance; where a value lies is settled for the largest batch, once, when
// a model takes its memory: smaller ones leave gaps. So the plan's offsets are numbers of slots.
//
//     arena_bytes_at<graph>(32)              // bytes of the arena, for batches of up to 32
//     batch_slots<graph>(32).offset[slot]    // where each value lies in it
#pragma once

#include <ambit/graph/any_batch.hpp>
#include <ambit/plan/plan.hpp>

#include <cstdint>
#include <memory>

namespace AMBIT_NAMESPACE::plan_parts {

/// A graph with any batch as its plan sees it: at a large prime that is none of the module's own extents.
template <class Graph> struct planned_graph {
    static constexpr graph_parts::graph_counts counts = Graph::counts;
    static constexpr int input_count = Graph::input_count;
    static constexpr std::string_view module_name() { return Graph::module_name(); }
    static constexpr std::int64_t batch = [] {
        for (const std::int64_t candidate : {1'000'003, 1'000'033, 1'000'037, 1'000'039, 1'000'081}) {
            bool is_met = false;
            for (int n = 0; n < counts.nodes; ++n)
                for (int axis = 0; axis < Graph::value.nodes[n].result.extents.rank(); ++axis)
                    is_met = is_met || Graph::value.nodes[n].result.extents[axis] == candidate;
            if (!is_met) return candidate;
        }
        return std::int64_t{1'000'099};
    }();
    static constexpr graph_parts::frozen_graph<counts> value = Graph::at(batch);
};

/// Slots of an arena: outputs, then inputs, then nodes, then scratch memory by group.
template <class Graph> struct slots_of {
    static constexpr int inputs = Graph::counts.outputs, nodes = inputs + Graph::input_count,
                         scratch = nodes + Graph::counts.nodes, count = scratch + Graph::counts.nodes;
};

/// Whether an op of the graph may need scratch memory at some batch.
constexpr bool may_need_scratch(const graph_view& graph, int root) {
    return root >= 0 && graph.role(root) == op_role::compute && graph.node(root).op->has_scratch != 0;
}

template <class Slots> constexpr layout laid_out_in_slots(const graph_view& graph) {
    layout all = lay_out(graph, {.views = views_in_place::of_variables});
    for (int k = 0; k < graph.output_count; ++k) all.places.output_offsets[k] = k;
    for (int i = 0; i < graph.input_count; ++i) all.places.input_offsets[i] = Slots::inputs + i;
    for (int n = 0; n < graph.node_count; ++n)
        if (all.places.offset[n] >= 0) all.places.offset[n] = Slots::nodes + n;
    for (int g = 0; g < all.groups.groups.size(); ++g)
        all.places.scratch[g] = may_need_scratch(graph, all.groups.groups[g].root) ? Slots::scratch + g : -1;
    return all;
}

template <int Nodes, int Inputs, int Outputs> struct frozen_batch_layout : frozen_layout<Nodes, Inputs, Outputs> {
    frozen_array<int, Nodes> last_use;
    constexpr frozen_batch_layout() = default;
    constexpr explicit frozen_batch_layout(const layout& from)
        : frozen_layout<Nodes, Inputs, Outputs>(frozen_layout<Nodes, Inputs, Outputs>::of(from)) {
        for (int n = 0; n < from.last_use.size(); ++n) last_use[n] = from.last_use[n];
    }
};

template <class Graph> struct layout_evaluated<planned_graph<Graph>> {
    using type = frozen_batch_layout<Graph::counts.nodes, Graph::input_count, Graph::counts.outputs>;
    static constexpr graph_view graph = view_of(planned_graph<Graph>::value, Graph::input_count);
    static constexpr type keep() {
        graph_parts::refuse_run_time();
        return type(laid_out_in_slots<slots_of<Graph>>(graph));
    }
};

/// Gives the slots of an arena their places, in the order in which a plan takes them, and answers the bytes of all.
/// `bytes_of(node)`, and `scratch_of(root)` for a group's.
template <class Slots>
constexpr std::int64_t place_slots(const graph_view& graph, const auto& all, int module_inputs, auto& offset,
                                   const auto& bytes_of, const auto& scratch_of) {
    arena_allocator arena;
    const auto allocate = [&](int slot, std::int64_t size, int last) { offset[slot] = arena.allocate(size, last); };
    for (int k = 0; k < graph.output_count; ++k)
        if (is_value(graph, k)) allocate(k, bytes_of(graph.outputs[k]), all.group_count);
    for (int n = 0; n < graph.node_count; ++n)
        if (graph.role(n) == op_role::input && all.last_use[n] >= 0 && graph.word(n, 0) < module_inputs)
            allocate(Slots::inputs + static_cast<int>(graph.word(n, 0)), bytes_of(n), all.last_use[n]);
    const auto lies_in_arena = [&](int n) { return all.offset[n] >= 0; };
    blocks_of_values blocks(graph, lies_in_arena, all.group_count, all.order, all.group_of, all.last_use, {});
    const auto place = [&](int n) {
        if (!blocks.empty() && blocks.holds(n)) offset[Slots::nodes + n] = blocks.place(n, arena);
        else if (lies_in_arena(n)) allocate(Slots::nodes + n, bytes_of(n), all.last_use[n]);
    };
    for (int i = 0; i < all.group_count; ++i) {
        const int g = all.order[i], root = all.root[g];
        arena.begin_step(i);
        if (root >= 0 && graph.role(root) == op_role::compute) {
            place(root);
            if (all.scratch[g] >= 0) allocate(Slots::scratch + g, scratch_of(root), i);
        }
        for (int k = all.first_member[g]; k < all.first_member[g + 1]; ++k)
            if (all.members[k] != root) place(all.members[k]);
    }
    return arena.size();
}

/// The most scratch memory that a kernel takes at any batch up to the largest: not always at that.
constexpr std::int64_t most_scratch_at(const graph_view& graph, int root, std::int64_t largest, const auto& spec_at,
                                       const auto& word_at) {
    constexpr int most_words = 64;
    std::int64_t most = 0;
    tensor_spec specs[graph_builder::max_operands] = {};
    std::int64_t words[most_words] = {};
    const frozen_node& node = graph.node(root);
    for (std::int64_t batch = 1; batch <= largest; ++batch) {
        for (int i = 0; i < node.operand_count; ++i) specs[i] = spec_at(graph.operand(root, i), batch);
        for (int i = 0; i < node.word_count && i < most_words; ++i) words[i] = word_at(root, i, batch);
        const std::int64_t bytes = node.op->scratch({specs, node.operand_count, words}, spec_at(root, batch));
        if (bytes > most) most = bytes;
    }
    return most;
}

/// Where the slots of an arena lie for batches of up to `largest`.
template <class Graph> struct batch_slots {
    frozen_array<std::int64_t, slots_of<Graph>::count> offset;
    std::int64_t bytes = 0;

    constexpr explicit batch_slots(std::int64_t largest) {
        constexpr const graph_view& graph = layout_of<planned_graph<Graph>>::graph;
        bytes = place_slots<slots_of<Graph>>(
            graph, layout_of<planned_graph<Graph>>::value, Graph::input_count - Graph::number_count, offset,
            [&](int n) { return Graph::spec_at(n, largest).bytes(); },
            [&](int root) { return most_scratch_at(graph, root, largest, &Graph::spec_at, &Graph::word_at); });
    }
};

template <class Graph> constexpr std::int64_t arena_bytes_at(std::int64_t largest) {
    return batch_slots<Graph>(largest).bytes;
}

}  // namespace ambit::plan_parts
