// SPDX-License-Identifier: BSL-1.0
// What a call needs: the nodes that its outputs depend on.
#pragma once

#include <ambit/core/buffer.hpp>
#include <ambit/plan/graph_view.hpp>

#include <cstdint>

namespace AMBIT_NAMESPACE::plan_parts {

/// A selection has a bit for each output. Of an array, which may have more of them, there is no selection but all.
inline constexpr std::uint64_t all_outputs = ~std::uint64_t{0};

constexpr bool is_selected(std::uint64_t selected, int output) {
    return selected == all_outputs || (selected >> output & 1) != 0;
}

/// The nodes that the chosen outputs depend on. One walk from the last node to the first; what a loop carries needs
/// what it becomes, which stands behind it, so whatever lies behind the walk is followed at once.
constexpr buffer<bool> needed_nodes(const graph_view& graph, std::uint64_t selected) {
    buffer<bool> needed;
    needed.resize(graph.node_count, false);
    for (int k = 0; k < graph.output_count; ++k)
        if (is_selected(selected, k)) needed[graph.outputs[k]] = true;
    buffer<int> behind;
    bool* const is_needed = needed.begin();
    for (int walk = graph.node_count - 1; walk >= 0; --walk) {
        if (!is_needed[walk]) continue;
        int n = walk;
        for (;;) {
            const frozen_node& node = graph.nodes[n];
            for (int i = 0; i < node.operand_count; ++i) {
                const int operand = graph.operands[node.first_operand + i];
                if (is_needed[operand]) continue;
                is_needed[operand] = true;
                if (operand > walk) behind.push_back(operand);
            }
            if (behind.empty()) break;
            n = behind.back();
            behind.pop_back();
        }
    }
    return needed;
}

}  // namespace ambit::plan_parts
