// SPDX-License-Identifier: BSL-1.0
// Which weights a model keeps as their kernel reads them, beside the row-major array that everybody sees: variables
// that no call of the model writes, where the cost model of the kernel says that a copy pays. A kernel packs them again
// when the variable's generation is another one than theirs.
//
//     packed_places places = pack_weights(graph, groups, history, weight_layout::packed);
#pragma once

#include <ambit/plan/arena.hpp>
#include <ambit/plan/assignments.hpp>
#include <ambit/plan/grouping.hpp>

#include <cstdint>

namespace AMBIT_NAMESPACE::plan_parts {

enum class weight_layout : std::int32_t { as_stored, packed };

/// What models of fixed shapes have. Kernels without vectors read weights as they are stored, and so do reproducible
/// builds, whose sums are the same without vectors: tiles of packed weights may add up in another order.
#if defined(AMBIT_SCALAR) || defined(AMBIT_REPRODUCIBLE)
inline constexpr weight_layout weights_in_static_models = weight_layout::as_stored;
#else
inline constexpr weight_layout weights_in_static_models = weight_layout::packed;
#endif

/// What begins packed weights: which value of their variable they are. They follow at the next multiple of 64 bytes.
struct packed_header {
    std::uint64_t generation;  ///< that of the variable when it was packed
    const std::uint64_t* current;  ///< the variable's own; null for a local one, which has none: it is packed each time
};
inline constexpr std::uint64_t never_packed = ~std::uint64_t{0};

/// Where packed weights lie, by group; -1 where there are none. `scratch`: bytes that a kernel with them needs.
struct packed_places {
    buffer<std::int64_t> offset, scratch;
    std::int64_t bytes = 0;
};

/// An op's operands and words, as its rules take them.
struct specs_of_operands {
    tensor_spec specs[graph_builder::max_operands] = {};
    int count = 0;
    const std::int64_t* words = nullptr;

    constexpr specs_of_operands(const graph_view& graph, int n)
        : count(graph.node(n).operand_count), words(graph.words + graph.node(n).first_word) {
        for (int i = 0; i < count; ++i) specs[i] = graph.node(graph.operand(n, i)).result;
    }
    constexpr op_call call() const { return {specs, count, words}; }
};

/// Whether two calls of one op pack what they read alike: a kernel's panels may depend on all extents, and what it
/// reads may be a part of the variable.
constexpr bool pack_alike(const graph_view& graph, const grouping& all, int a, int b) {
    const graph_parts::frozen_node &one = graph.node(a), &other = graph.node(b);
    if (one.op->id != other.op->id || one.word_count != other.word_count) return false;

    for (int i = 0; i < one.word_count; ++i)
        if (graph.word(a, i) != graph.word(b, i)) return false;
    for (int i = 0; i < 2; ++i)
        if (graph.node(graph.operand(a, i)).result != graph.node(graph.operand(b, i)).result) return false;
    const int* const base = all.base.begin();
    return begin_in_base(graph, base, graph.operand(a, 1)) == begin_in_base(graph, base, graph.operand(b, 1));
}

/// The variable whose packed value a group's root may read, or -1.
constexpr int weights_of(const graph_view& graph, const grouping& all, int root) {
    if (root < 0 || graph.role(root) != op_role::compute || graph.node(root).op->takes_packed_weights == 0) return -1;
    const int value = all.base[graph.operand(root, 1)];
    return graph.role(value) == op_role::read ? static_cast<int>(graph.word(value, 0)) : -1;
}

constexpr packed_places pack_weights(const graph_view& graph, const grouping& all, const assignment_history& history,
                                     weight_layout weights) {
    const int groups = all.groups.size();
    packed_places places;
    places.offset.resize(groups, -1);
    if (weights == weight_layout::as_stored) return places;
    places.scratch.resize(groups, 0);
    buffer<int> latest;  // by variable: the last group that packs it; -1 none, -2 a call writes it
    buffer<int> before;  // by group that packs: the one before it that packs its variable in another way, or -1
    const auto state_of = [&latest](int variable) -> int& {
        if (variable >= latest.size()) latest.resize(variable + 1, -1);
        return latest[variable];
    };
    for (const int n : history.assignments) state_of(static_cast<int>(graph.word(n, 0))) = -2;
    for (int g = 0; g < groups; ++g) {
        const int root = all.groups[g].root, variable = weights_of(graph, all, root);
        if (variable < 0 || state_of(variable) == -2) continue;
        const packed_memory needed =
            graph.node(root).op->packed(specs_of_operands(graph, root).call(), graph.node(root).result);
        if (needed.weights == 0) continue;
        places.scratch[g] = needed.scratch;
        int like = state_of(variable);
        while (like >= 0 && !pack_alike(graph, all, all.groups[like].root, root)) like = before[like];
        if (like >= 0) {
            places.offset[g] = places.offset[like];
            continue;
        }
        places.offset[g] = places.bytes;
        places.bytes += arena_alignment + aligned(needed.weights);
        if (before.size() <= g) before.resize(g + 1, -1);
        before[g] = state_of(variable);
        state_of(variable) = g;
    }
    return places;
}

}  // namespace ambit::plan_parts
