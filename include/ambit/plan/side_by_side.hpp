// SPDX-License-Identifier: BSL-1.0
// Values that lie side by side, so that what works on all of them sees one run of memory: results of ops that say so
// (`op_info::side_by_side`), each in a block and from a byte of it on. What such a result is written over lies there
// from the beginning. A block is there from its first value on until its last one was read.
#pragma once

#include <ambit/plan/arena.hpp>
#include <ambit/plan/graph_view.hpp>

#include <cstdint>

namespace AMBIT_NAMESPACE::plan_parts {

class blocks_of_values {
public:
    constexpr blocks_of_values() = default;
    /// Of the results that lie in the arena: nothing is asked of other nodes. The arrays are those of a layout of so
    /// many groups, and what `written_in_place` has found, or nothing.
    constexpr blocks_of_values(const graph_view& graph, const auto& lies_in_arena, int groups, const auto& order,
                               const auto& group_of, const auto& last_use, const buffer<int>& written_over) {
        buffer<int> time;
        for (int n = 0; n < graph.node_count; ++n) {
            if (graph.nodes[n].op->side_by_side == 0 || !lies_in_arena(n)) continue;
            const auto b = static_cast<int>(graph.word(n, 0));
            if (block_.empty()) {
                block_.resize(graph.node_count, -1);
                within_.resize(graph.node_count, 0);
                time.resize(groups, 0);
                for (int i = 0; i < groups; ++i) time[order[i]] = i;
            }
            if (b >= blocks_.size()) blocks_.resize(b + 1);
            const std::int64_t end = graph.word(n, 1) + aligned(graph.node(n).result.bytes());
            if (end > blocks_[b].bytes) blocks_[b].bytes = end;
            const int made = time[group_of[n]], last = last_use[n] < made ? made : last_use[n];
            if (last > blocks_[b].last_use) blocks_[b].last_use = last;
            for (int value = n; value >= 0; value = value < written_over.size() ? written_over[value] : -1) {
                block_[value] = b;
                within_[value] = graph.word(n, 1);
            }
        }
    }

    constexpr bool empty() const { return block_.empty(); }
    /// Whether a value lies in one of them; there are some.
    constexpr bool holds(int n) const { return block_[n] >= 0; }
    /// Where value `n` of a block lies. The block takes its memory when it is asked first.
    constexpr std::int64_t place(int n, arena_allocator& arena) {
        block& of = blocks_[block_[n]];
        if (of.offset < 0) of.offset = arena.allocate(of.bytes, of.last_use);
        return of.offset + within_[n];
    }

private:
    struct block {
        std::int64_t bytes = 0, offset = -1;
        int last_use = -1;
    };

    buffer<int> block_;            // by node; empty if there is none
    buffer<std::int64_t> within_;  // by node, bytes from the block's begin
    buffer<block> blocks_;
};

}  // namespace ambit::plan_parts
