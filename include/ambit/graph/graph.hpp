// SPDX-License-Identifier: BSL-1.0
// A graph is a value: nodes in program order, each after its operands, with flat pools behind them. (Only a value that
// a loop carries has an operand behind it: what it becomes.)
#pragma once

#include <ambit/core/buffer.hpp>
#include <ambit/core/names.hpp>
#include <ambit/core/place.hpp>
#include <ambit/core/tensor_spec.hpp>
#include <ambit/graph/op_info.hpp>

#include <cstdint>

namespace AMBIT_NAMESPACE::graph_parts {

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
    place made;                          ///< of ops: the line that asked for it
};

/// A body: what a loop repeats. Its nodes stand in the graph's one list, between begin and end of the loop, and use
/// values of the regions around it. Inputs, constants and variables as they were read are the same in every iteration:
/// they always belong to the module.
struct region {
    std::int32_t parent = -1;
    std::int32_t begin = -1;  ///< the node where its loop begins, in the region around it
    std::int32_t end = -1;    ///< the node where its loop ends; -1 while the body is being built
};

struct graph {
    buffer<node> nodes;
    buffer<std::int32_t> operands;
    buffer<std::int64_t> words;
    buffer<region> regions;

    constexpr graph() { regions.push_back({}); }

    constexpr int operand(int node_id, int index) const { return operands[nodes[node_id].first_operand + index]; }
};

}  // namespace ambit::graph_parts
