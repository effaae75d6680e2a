// SPDX-License-Identifier: BSL-1.0
// Which steps of a plan run the same kernel, so that the compiler looks for each kernel once: unrolled steps and equal
// layers have few.
#pragma once

#include <ambit/plan/kernel_keys.hpp>
#include <ambit/plan/value_plan.hpp>

#include <cstdint>
#include <map>
#include <vector>

namespace AMBIT_NAMESPACE::freeze_parts {

/// The numbers of kernels: by kernel the first step that has it, by step its kernel.
struct kernel_numbers {
    buffer<std::int32_t> first;
    buffer<std::int32_t> number;
};

/// All that a kernel may depend on: two steps with equal words have one kernel.
class kernel_words {
public:
    kernel_words(const graph_view& graph, const plan_step& step, const std::int32_t* nodes, bool has_packed_weights)
        : graph_(graph) {
        add(step.kind, step.root_operands, step.ops, step.inputs, step.outputs, has_packed_weights);
        const bool is_loop = step.kind == step_kind::elementwise || step.kind == step_kind::reduction;
        const bool has_root = step.kind == step_kind::compute || step.kind == step_kind::reduction;
        if (step.root >= 0 && (has_root || step.kind == step_kind::copy)) add_node(step.root);
        if (!is_loop && !has_root) return;
        for (int i = 0; i < step.ops; ++i) add_node(nodes[i]);
        for (int i = 0; i < step.inputs; ++i) add_spec(nodes[step.ops + i]);
        const fused_program program = program_of(graph, step, nodes);
        add(program.has_accumulator, program.masks, program.immediates);
        for (int i = 0; i < program.immediates; ++i) add(program.immediate[i]);
        for (int i = 0; i < program.ops; ++i)
            for (int j = 0; j < program.op[i].operands; ++j) add(program.op[i].operand[j]);
        for (int i = 0; i < program.outputs; ++i) add(program.output[i]);
    }

    const std::vector<std::int64_t>& value() const { return words_; }

private:
    template <class... Words> void add(Words... words) { (words_.push_back(static_cast<std::int64_t>(words)), ...); }
    void add_spec(int node) {
        const tensor_spec& spec = graph_.node(node).result;
        add(spec.type, spec.extents.rank());
        for (int axis = 0; axis < spec.extents.rank(); ++axis) add(spec.extents[axis]);
    }
    void add_node(int id) {
        const frozen_node& node = graph_.node(id);
        add(node.op->id, node.operand_count);
        add_spec(id);
        for (int i = 0; i < node.operand_count; ++i) add_spec(graph_.operand(id, i));
        if (node.op->role == op_role::constant) return;  // a copy of one depends on its size alone
        add(node.word_count);
        for (int i = 0; i < node.word_count; ++i) add(graph_.word(id, i));
    }

    const graph_view& graph_;
    std::vector<std::int64_t> words_;
};

inline kernel_numbers kernels_of_steps(const graph_view& graph, const plan_parts::value_plan& plan) {
    const buffer<plan_step>& steps = plan.steps;
    kernel_numbers kernels;
    std::map<std::vector<std::int64_t>, std::int32_t> known;
    for (int s = 0; s < steps.size(); ++s) {
        const int operands = plan.operand_count(s);
        const bool has_packed_weights =
            operands > 0 && plan.operands[steps[s].first_operand + operands - 1].space == memory_space::packed;
        const kernel_words words(graph, steps[s], plan.nodes_of(steps[s]), has_packed_weights);
        const auto [place, is_new] = known.try_emplace(words.value(), kernels.first.size());
        if (is_new) kernels.first.push_back(s);
        kernels.number.push_back(place->second);
    }
    return kernels;
}

}  // namespace ambit::freeze_parts
