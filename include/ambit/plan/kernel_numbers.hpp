// SPDX-License-Identifier: BSL-1.0
// Which steps of a plan run the same kernel, so that the compiler looks for each kernel once: unrolled steps and equal
// layers have few.
#pragma once

#include <ambit/core/buffer.hpp>
#include <ambit/core/hash.hpp>
#include <ambit/plan/kernel_keys.hpp>
#include <ambit/plan/plan.hpp>

#include <cstdint>

namespace AMBIT_NAMESPACE::plan_parts {

/// By kernel the first step that has it, by step its kernel.
template <int Kernels, int Steps> struct step_kernels {
    graph_parts::frozen_array<std::int32_t, Kernels> first;
    graph_parts::frozen_array<std::int32_t, Steps> number;
    int count = Kernels;
};

/// Numbers kernels in the order in which they are met. Two steps have one kernel if the words of all that a kernel may
/// depend on are equal.
class kernel_numbers {
public:
    constexpr kernel_numbers(const graph_view& graph, int steps) : graph_(graph) {
        int slots = 16;
        while (slots < 2 * steps) slots *= 2;
        slots_.resize(slots, -1);
        numbers_.resize(graph.node_count, -1);
        words_.reserve(1024);
        ends_.reserve(64);
    }

    /// The number of a step's kernel; `count()` before, if it is one that was not met yet.
    constexpr int of(const plan_step& step, const std::int32_t* nodes, bool has_packed_weights) {
        const int begin = words_.size();
        add_words(step, nodes, has_packed_weights);
        const int length = words_.size() - begin;
        const std::int64_t* const added = words_.begin() + begin;
        std::uint64_t hash = core_parts::fnv1a_of_nothing;
        for (int i = 0; i < length; ++i) hash = core_parts::fnv1a_with(hash, static_cast<std::uint64_t>(added[i]));
        int slot = static_cast<int>((hash ^ (hash >> 32)) & static_cast<std::uint64_t>(slots_.size() - 1));
        while (slots_[slot] >= 0) {
            const int known = slots_[slot];
            if (has_words(known, added, length)) {
                words_.truncate(begin);
                return known;
            }
            slot = slot + 1 < slots_.size() ? slot + 1 : 0;
        }
        slots_[slot] = count();
        ends_.push_back(words_.size());
        return slots_[slot];
    }
    constexpr int count() const { return ends_.size(); }

private:
    constexpr bool has_words(int kernel, const std::int64_t* words, int length) const {
        const int begin = kernel > 0 ? ends_[kernel - 1] : 0;
        if (ends_[kernel] - begin != length) return false;
        const std::int64_t* const known = words_.begin() + begin;
        for (int i = 0; i < length; ++i)
            if (known[i] != words[i]) return false;
        return true;
    }

    constexpr void add_words(const plan_step& step, const std::int32_t* nodes, bool has_packed_weights) {
        words_.push_back(packed(static_cast<int>(step.kind), step.ops, step.inputs, step.outputs));
        words_.push_back(packed(step.root_operands, has_packed_weights));
        const bool is_loop = step.kind == step_kind::elementwise || step.kind == step_kind::reduction;
        const bool has_root = step.kind == step_kind::compute || step.kind == step_kind::reduction;
        if (step.root >= 0 && (has_root || step.kind == step_kind::copy)) add_root(step.root);
        if (!is_loop && !has_root) return;
        // Ops and inputs are numbered by their places in the step, which `first_number_` leads to.
        const int listed = step.ops + step.inputs;
        for (int i = 0; i < listed; ++i) numbers_[nodes[i]] = first_number_ + i;
        for (int i = 0; i < step.ops; ++i) add_op(nodes[i], step.root);
        if (step.ops > 0) add_extents(graph_.extents(nodes[0]));
        for (int i = step.ops; i < listed; ++i) add_spec(graph_.node(nodes[i]).result);
        for (int i = listed; i < listed + step.outputs; ++i) words_.push_back(number_of(nodes[i], step.root));
        first_number_ += listed;
    }
    /// All of an op but its extents, which are those of its step.
    constexpr void add_op(int id, int root) {
        const frozen_node& node = graph_.node(id);
        words_.push_back(static_cast<std::int64_t>(node.op->id));
        words_.push_back(packed(static_cast<int>(node.result.type), node.operand_count));
        for (int i = 0; i < node.op->fused_words; ++i) words_.push_back(graph_.words[node.first_word + i]);
        for (int i = 0; i < node.operand_count; ++i) {
            const int operand = graph_.operands[node.first_operand + i];
            const int number = number_of(operand, root);
            words_.push_back(number);
            if (number != literal_) continue;
            words_.push_back(static_cast<std::int64_t>(graph_.type(operand)));
            words_.push_back(graph_.literal(operand));
        }
    }
    constexpr int number_of(int node, int root) const {
        if (node == root) return root_;
        return numbers_[node] >= first_number_ ? numbers_[node] - first_number_ : literal_;
    }
    constexpr void add_root(int id) {
        const frozen_node& node = graph_.node(id);
        words_.push_back(static_cast<std::int64_t>(node.op->id));
        words_.push_back(node.operand_count);
        add_spec(node.result);
        for (int i = 0; i < node.operand_count; ++i) add_spec(graph_.node(graph_.operand(id, i)).result);
        if (node.op->role == op_role::constant) return;  // a copy of one depends on its size alone
        words_.push_back(node.word_count);
        words_.append(graph_.words + node.first_word, node.word_count);
    }
    constexpr void add_spec(const tensor_spec& spec) {
        words_.push_back(static_cast<std::int64_t>(spec.type));
        add_extents(spec.extents);
    }
    constexpr void add_extents(const shape& extents) {
        words_.push_back(extents.rank());
        for (int axis = 0; axis < extents.rank(); ++axis) words_.push_back(extents[axis]);
    }
    static constexpr std::int64_t packed(int first, int second, int third = 0, int fourth = 0) {
        return (std::int64_t{first} << 48) | (std::int64_t{second} << 32) | (third << 16) | fourth;
    }

    static constexpr int root_ = -1, literal_ = -2;
    const graph_view& graph_;
    buffer<std::int64_t> words_;  // of the kernels, one behind the other
    buffer<std::int32_t> ends_;   // by kernel
    buffer<std::int32_t> slots_;  // a hash table of kernels
    buffer<int> numbers_;         // by node, less `first_number_`, where that is not negative
    int first_number_ = 0;
};

/// The lists of a plan that kernels depend on.
struct steps_view {
    const plan_step* steps;
    int count;
    const value_place* operands;
    int operand_count;
    const std::int32_t* nodes;
};

/// How many kernels a plan's steps have. `first` and `number` have room for one a step.
template <class Numbers>
constexpr int number_kernels(const graph_view& graph, const steps_view& plan, Numbers& first, Numbers& number) {
    kernel_numbers numbers(graph, plan.count);
    for (int s = 0; s < plan.count; ++s) {
        const plan_step& step = plan.steps[s];
        const int end = s + 1 < plan.count ? plan.steps[s + 1].first_operand : plan.operand_count;
        const bool has_packed_weights =
            end > step.first_operand && plan.operands[end - 1].space == memory_space::packed;
        const int known = numbers.count();
        number[s] = numbers.of(step, plan.nodes + step.first_node, has_packed_weights);
        if (number[s] == known) first[known] = s;
    }
    return numbers.count();
}

/// A plan that says itself which kernels its steps have.
template <class Plan>
concept numbers_kernels = requires { Plan::kernels; };

template <class Plan> struct kernels_evaluated {
    static constexpr int steps = Plan::counts.steps;
    static constexpr step_kernels<steps, steps> value = [] {
        graph_parts::refuse_run_time();
        step_kernels<steps, steps> kernels;
#ifdef AMBIT_NAMED_KERNELS
        for (int s = 0; s < steps; ++s) kernels.first[s] = kernels.number[s] = s;  // each has the name of its step
#else
        const auto& plan = Plan::value;
        kernels.count = number_kernels(Plan::view,
                                       {plan.steps.elements, steps, plan.operands.elements, Plan::counts.operands,
                                        plan.nodes.elements},
                                       kernels.first, kernels.number);
#endif
        return kernels;
    }();
};
template <numbers_kernels Plan> struct kernels_evaluated<Plan> {
    static constexpr const auto& value = Plan::kernels;
};
template <class Plan> inline constexpr const auto& kernel_numbers_of = kernels_evaluated<Plan>::value;

}  // namespace ambit::plan_parts
