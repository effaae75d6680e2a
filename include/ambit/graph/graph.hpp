// SPDX-License-Identifier: BSL-1.0
// A graph is a value: nodes in program order, each after its operands, with flat pools behind them.
#pragma once

#include <ambit/core/buffer.hpp>
#include <ambit/core/names.hpp>
#include <ambit/core/tensor_spec.hpp>
#include <ambit/graph/op_info.hpp>

#include <cstdint>

namespace ambit {

/// One use of an op. Its operands are node ids in the graph's `operands`, its options words in the graph's `words`.
struct node {
    const op_info* op = nullptr;
    tensor_spec result;
    std::int32_t first_operand = 0;
    std::int32_t operand_count = 0;
    std::int32_t first_word = 0;
    std::int32_t word_count = 0;
    std::int32_t name = names::root;     ///< id of the op's name
    std::int32_t region = 0;             ///< the body it belongs to; 0 is the module itself
};

/// A body graph that a node owns, a loop's for example. Its nodes stand in the graph's one list, between those of
/// the region around it, and may use values from there.
struct region {
    std::int32_t parent = -1;
    std::int32_t owner = -1;  ///< the node that runs it
};

struct graph {
    buffer<node> nodes;
    buffer<std::int32_t> operands;
    buffer<std::int64_t> words;
    buffer<region> regions;

    constexpr graph() { regions.push_back({}); }

    constexpr int operand(int node_id, int index) const { return operands[nodes[node_id].first_operand + index]; }
};

}  // namespace ambit
