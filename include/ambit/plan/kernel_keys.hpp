// SPDX-License-Identifier: BSL-1.0
// What a step's kernel is instantiated with: descriptors computed from graph and plan. They hold extents, ops and
// attributes, never offsets or step numbers, so equal layers share one instantiation.
#pragma once

#include <ambit/plan/plan.hpp>

#include <cstdint>
#include <type_traits>

namespace AMBIT_NAMESPACE::plan_parts {

template <class T> constexpr int index_of(const T* list, int count, const std::type_identity_t<T>& wanted) {
    int i = 0;
    while (i < count && list[i] != wanted) ++i;
    return i;
}

/// The elementwise part of a step. `nodes` are the plan's, from the step's first. In the place of a reduction's result
/// stands what it puts together.
constexpr fused_program program_of(const graph_view& graph, const plan_step& step, const std::int32_t* nodes) {
    fused_program program;
    program.has_accumulator = step.kind == step_kind::compute ? 1 : 0;
    program.inputs = step.inputs;
    program.ops = step.ops;
    program.outputs = step.outputs;
    for (int i = 0; i < step.ops; ++i) {
        for (int j = 0; j < graph.node(nodes[i]).operand_count; ++j) {
            const int operand = graph.operand(nodes[i], j);
            if (!graph.is_literal(operand)) continue;
            const int at = index_of(program.immediate, program.immediates, graph.literal(operand));
            if (at < program.immediates) continue;
            program.immediate[program.immediates++] = graph.literal(operand);
        }
    }
    const auto number_of = [&](int node) -> std::int32_t {
        if (node == step.root) {
            if (step.kind == step_kind::compute) return 0;
            node = graph.operand(node, 0);
        }
        if (graph.is_literal(node))
            return program.first_immediate() + index_of(program.immediate, program.immediates, graph.literal(node));
        if (const int op = index_of(nodes, step.ops, node); op < step.ops) return program.first_op() + op;
        return program.has_accumulator + index_of(nodes + step.ops, step.inputs, node);
    };
    for (int i = 0; i < step.ops; ++i) {
        const frozen_node& n = graph.node(nodes[i]);
        fused_op& op = program.op[i];
        op.op = n.op;
        op.operands = n.operand_count;
        for (int j = 0; j < n.op->fused_words; ++j) op.words[j] = graph.word(nodes[i], j);
        for (int j = 0; j < n.operand_count; ++j) op.operand[j] = number_of(graph.operand(nodes[i], j));
    }
    for (int i = 0; i < step.outputs; ++i) program.output[i] = number_of(nodes[step.ops + step.inputs + i]);
    for (int i = 0; i < step.ops + step.inputs; ++i)
        if (graph.type(nodes[i]) == dtype::boolean) program.masks |= 1 << number_of(nodes[i]);
    return program;
}

/// The dtype of the numbers in a fused loop; bool if there are none.
constexpr dtype loop_type(const graph_view& graph, const plan_step& step, const std::int32_t* nodes) {
    dtype numbers = dtype::none;
    for (int i = 0; i < step.ops; ++i) {
        agree(numbers, graph.type(nodes[i]));
        for (int j = 0; j < graph.node(nodes[i]).operand_count; ++j)
            agree(numbers, graph.type(graph.operand(nodes[i], j)));
    }
    return numbers == dtype::none ? dtype::boolean : numbers;
}

/// The iteration space of a fused loop: extents of 1 left out, neighbouring axes merged where all inputs allow it.
constexpr elementwise_geometry loop_geometry(const graph_view& graph, const plan_step& step,
                                             const std::int32_t* nodes) {
    const shape& result = graph.extents(nodes[0]);
    elementwise_geometry g;
    g.inputs = step.inputs;
    broadcast_strides strides[max_fused_inputs] = {};
    for (int i = 0; i < step.inputs; ++i) strides[i] = strides_in(graph.extents(nodes[step.ops + i]), result);
    for (int axis = 0; axis < result.rank(); ++axis) {
        if (result[axis] == 1) continue;
        bool merges = g.rank > 0;
        for (int i = 0; i < step.inputs && merges; ++i)
            merges = g.stride[i][g.rank - 1] == strides[i].axis[axis] * result[axis];
        if (merges) --g.rank;
        g.extent[g.rank] = merges ? g.extent[g.rank] * result[axis] : result[axis];
        for (int i = 0; i < step.inputs; ++i) g.stride[i][g.rank] = strides[i].axis[axis];
        ++g.rank;
    }
    return g;
}

/// How an epilogue reads its inputs.
constexpr epilogue_layout epilogue_layout_of(const graph_view& graph, const plan_step& step,
                                             const std::int32_t* nodes) {
    epilogue_layout layout;
    for (int i = 0; i < step.inputs; ++i) {
        const row_access access = rows_of(graph.extents(nodes[step.ops + i]), graph.extents(step.root));
        layout.row[i] = access.row;
        layout.column[i] = access.column;
    }
    return layout;
}

/// How a loop that ends in a reduction reads its inputs: rows are what is put together.
constexpr epilogue_layout rows_of_reduction(const graph_view& graph, const plan_step& step, const std::int32_t* nodes) {
    const frozen_node& root = graph.node(step.root);
    const tensor_spec& operand = graph.node(graph.operand(step.root, 0)).result;
    const std::int64_t row = root.op->reduced_row({&operand, 1, graph.words + root.first_word}, root.result);
    const int first = first_axis_of_row(operand.extents, row);
    epilogue_layout layout;
    for (int i = 0; i < step.inputs; ++i) {
        const row_access access = rows_of(graph.extents(nodes[step.ops + i]), operand.extents, first);
        layout.row[i] = access.row;
        layout.column[i] = access.column;
    }
    return layout;
}

/// Operands and words of a step's root, for the op's own `geometry`.
struct root_call {
    tensor_spec specs[graph_builder::max_operands] = {};
    int count = 0;
};
constexpr root_call call_of(const graph_view& graph, int root) {
    root_call call;
    call.count = graph.node(root).operand_count;
    for (int i = 0; i < call.count; ++i) call.specs[i] = graph.node(graph.operand(root, i)).result;
    return call;
}

}  // namespace ambit::plan_parts
